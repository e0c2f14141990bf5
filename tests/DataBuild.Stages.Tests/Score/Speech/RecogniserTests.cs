using System.Text;
using System.Text.Json;
using DataBuild.Stages.Extract.Audio;
using DataBuild.Stages.Generate.Speech;
using DataBuild.Stages.Score.Onnx;
using DataBuild.Stages.Score.Speech;
using DataBuild.Tests.Generate;

namespace DataBuild.Tests.Score.Speech;

/// <summary>Recognisers behind an endpoint and in process, a voice detector with a state, and what two transcripts have in common.</summary>
public sealed class RecogniserTests : IDisposable
{
    private const int Rate = 8000;
    private const int Window = 80;
    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-speech-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("kitten", "sitting", 3.0 / 6)]
    [InlineData("Hello, world!", "hello world", 0)]
    [InlineData("", "", 0)]
    [InlineData("", "a", 1)]
    [InlineData("a", "", 1)]
    [InlineData("一二三四", "一二四", 0.25)]
    [InlineData("don't", "dont", 0)]
    public void CharacterErrorsAreEditsOverTheReference(string reference, string text, double expected) => Assert.Equal(expected, ErrorRate.OfCharacters(reference, text), 12);

    [Theory]
    [InlineData("the cat sat", "The cat sat.", 0)]
    [InlineData("the cat sat", "the cat", 1.0 / 3)]
    [InlineData("the cat sat on", "a cat sat on on", 0.5)]
    [InlineData("well-known", "well known", 0)]
    public void WordErrorsAreEditsOverTheReference(string reference, string text, double expected) => Assert.Equal(expected, ErrorRate.OfWords(reference, text), 12);

    [Fact]
    public void RepeatsAreOneSymbolAndBlanksAreNone()
    {
        string[] symbols = ["<pad>", "a", "b", "|", "<s>"];
        int[] path = [0, 1, 1, 0, 1, 2, 2, 3, 3, 4, 2, 0];
        float[] logits = [.. path.SelectMany(best => symbols.Select((_, i) => i == best ? 1f : 0f))];
        Assert.Equal("aab b", CtcDecoder.Decode(logits, symbols, 0));
    }

    [Fact]
    public void ARecogniserInProcessReadsTones()
    {
        // Two tones of a second each, the first one twice with a pause.
        float[] samples = [.. Tone(400, 0.4), .. new float[Rate / 10], .. Tone(400, 0.4), .. Tone(1000, 0.4), .. new float[Rate / 10]];
        string model = Write("tones.onnx", Tones(400, 1000));
        string vocabulary = Write("vocab.json", Encoding.UTF8.GetBytes("""{"<pad>": 0, "a": 1, "b": 2}"""));
        TranscribeCtcStage stage = new() { Name = "t", Model = InputFile.FromPath(model), Vocabulary = InputFile.FromPath(vocabulary), Rate = Rate, Normalize = false };
        StageResult result = Assert.Single(StageRun.On(stage, [Recording(samples, (0, 1400), (0, 400))]));
        Assert.Equal("""["aab","a"]""", result.Columns[".texts"]);
    }

    [Fact]
    public void AVocabularyThatDoesNotFitIsSaid()
    {
        string model = Write("tones.onnx", Tones(400, 1000));
        foreach ((string text, string expected) in (ReadOnlySpan<(string, string)>)[("a\nb\n<pad>\nd\n", "4 symbols"), ("a\nb\n", "no symbol '<pad>'"), ("{\"<pad>\": 1}", "0, 1, 2"), ("{", "cannot be read")])
        {
            TranscribeCtcStage stage = new() { Name = "t", Model = InputFile.FromPath(model), Vocabulary = InputFile.FromPath(Write("vocab", Encoding.UTF8.GetBytes(text))), Rate = Rate };
            StageException error = Assert.Throws<StageException>(() => StageRun.On(stage, [Recording(new float[Rate], (0, 500))]));
            Assert.Equal("DB4021", error.Code);
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AServerIsSentEachSegmentOnceAsAFile()
    {
        float[] samples = [.. Tone(400, 1), .. Tone(1000, 1)];
        using ScriptedServer server = new((number, _) => number == 0 ? new ScriptedReply("busy", 503) : new ScriptedReply(JsonSerializer.Serialize(new { text = $" said {number} " })));
        TranscribeStage stage = new() { Name = "t", Endpoint = server.Address.ToString(), EndpointModel = "whisper", Language = "en", EndpointConcurrency = 1 };
        Document[] documents = [Recording(samples, (0, 1000), (1000, 2000))];
        StageResult result = Assert.Single(StageRun.On(stage, documents, new StageContext(_folder, _folder)));
        Assert.Equal("""["said 1","said 2"]""", result.Columns[".texts"]);
        Assert.Equal(3, server.Requests.Count); // the first one was sent again
        Assert.All(server.Requests, r =>
        {
            Assert.StartsWith("POST /v1/audio/transcriptions", r.Head, StringComparison.Ordinal);
            Assert.Contains("RIFF", r.Body, StringComparison.Ordinal);
            Assert.Contains("whisper", r.Body, StringComparison.Ordinal);
            Assert.Contains("name=language", r.Body, StringComparison.Ordinal);
        });

        StageRun.On(stage with { }, documents, new StageContext(_folder, _folder));
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public void AnAnswerThatIsNoTranscriptIsSaid()
    {
        using ScriptedServer server = new((_, _) => new ScriptedReply("{\"words\": []}"));
        TranscribeStage stage = new() { Name = "t", Endpoint = server.Address.ToString(), EndpointModel = "whisper", EndpointAttempts = 1 };
        StageException error = Assert.Throws<StageException>(() => StageRun.On(stage, [Recording(Tone(400, 1), (0, 1000))], new StageContext(_folder, _folder)));
        Assert.Equal("DB4056", error.Code);
        Assert.Contains("no transcript", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ADetectorsStateGoesFromWindowToWindow()
    {
        // The state adds up loudness: the third loud window is the first above the threshold.
        string model = Write("vad.onnx", new OnnxModelBuilder("detector")
            .Input("input", OnnxElementType.Single, "1", "samples").Input("state", OnnxElementType.Single, "2", "1", "1").Input("sr", OnnxElementType.Int64)
            .Output("output", OnnxElementType.Single, "1", "1").Output("stateN", OnnxElementType.Single, "2", "1", "1")
            .Constant<float>("third", [0.3f], 1)
            .Node("Abs", ["input"], "loud").Node("ReduceMean", ["loud"], "mean", "axes", [1]).Node("Mul", ["mean", "third"], "part")
            .Node("Add", ["state", "part"], "stateN").Node("ReduceMean", ["stateN"], "flat", "axes", [0]).Node("Add", ["flat", "part"], "sum")
            .Constant<long>("one", [1, 1], 2).Node("Reshape", ["sum", "one"], "output").Build());
        using OnnxVad vad = new(model, Rate);
        float[] probabilities = vad.Run([.. Enumerable.Repeat(1f, 250)], 100, 0);
        Assert.Equal([0.6f, 0.9f, 0.6f + 0.15f + 0.15f], probabilities, (a, b) => MathF.Abs(a - b) < 1e-5f);
        Assert.Equal([0.3f * 2 * 100 / 110], vad.Run([.. Enumerable.Repeat(1f, 100)], 100, 10), (a, b) => MathF.Abs(a - b) < 1e-5f); // silence before the first
    }

    [Fact]
    public void SegmentsByADetectorAreThoseOfItsWindows()
    {
        string model = Write("loud.onnx", new OnnxModelBuilder("loudness")
            .Input("input", OnnxElementType.Single, "1", "samples").Output("output", OnnxElementType.Single, "1", "1")
            .Node("Abs", ["input"], "loud").Node("ReduceMean", ["loud"], "output", "axes", [1]).Build());
        float[] samples = [.. new float[Rate], .. Enumerable.Repeat(0.9f, 3 * Rate), .. new float[2 * Rate]];
        VoiceSegmentsStage stage = new() { Name = "voice", Model = InputFile.FromPath(model), ModelRate = Rate, ModelWindow = Window, ModelContext = 0 };
        StageResult result = Assert.Single(StageRun.On(stage, [Recording(samples)]));
        Assert.Equal(("[900]", "[4100]"), (result.Columns[".starts"], result.Columns[".ends"]));
    }

    [Fact]
    public void BoundsThatLeaveNoRoomAreRefused() => Assert.Equal(
        "DB4020", Assert.Throws<StageException>(() => StageRun.On(new VoiceSegmentsStage { Name = "voice", MinSeconds = 2, MaxSeconds = 3 }, [Recording(new float[10])])).Code);

    [Theory]
    [InlineData("""["a b c","one two"]""", """["a b c.","one too"]""", 0.05, double.PositiveInfinity, "a b c", 1)]
    [InlineData("""["a b c","one two"]""", """["a b c.","one too"]""", 0.2, double.PositiveInfinity, "a b c\none two", 2)]
    [InlineData("""["a b c","one two"]""", """["a b c.","one too"]""", 0.2, 0.4, "a b c", 1)]
    [InlineData("""["","..."]""", """["",null]""", 1, double.PositiveInfinity, "", 0)]
    public void SegmentsThatAgreeAreKept(string first, string second, double maxCer, double maxWer, string text, int kept)
    {
        TranscriptAgreementStage stage = new() { Name = "agreement", First = "a", Second = "b", MaxCer = maxCer, MaxWer = maxWer };
        StageResult result = Assert.Single(StageRun.On(stage, [Recording([], (0, 2000), (3000, 5500)).With(("a.texts", first), ("b.texts", second))]));
        Assert.Equal((text, kept == 0 ? "no_agreement" : null), (result.Columns["text"], result.Verdict.Reason));
        Assert.Equal(kept.ToString(System.Globalization.CultureInfo.InvariantCulture), result.Columns[".kept"]);
    }

    private static float[] Tone(double frequency, double seconds) => [.. Enumerable.Range(0, (int)(Rate * seconds)).Select(i => (float)Math.Sin(2 * Math.PI * frequency * i / Rate))];

    private static SpeechDocument Recording(float[] samples, params (int Start, int End)[] segments) => new(WavFile.Encode(samples, Rate), segments);

    // Frames of ten milliseconds, correlated with each tone's sine and cosine; the blank's value lies between silence and a tone.
    private static byte[] Tones(params double[] frequencies)
    {
        int tones = frequencies.Length;
        float[] weights = new float[Window * 2 * tones];
        for (int i = 0; i < Window; i++)
        {
            for (int t = 0; t < tones; t++)
            {
                weights[(i * 2 * tones) + t] = (float)(Math.Sin(2 * Math.PI * frequencies[t] * i / Rate) / Window);
                weights[(i * 2 * tones) + tones + t] = (float)(Math.Cos(2 * Math.PI * frequencies[t] * i / Rate) / Window);
            }
        }

        float[] sums = new float[2 * tones * (tones + 1)];
        for (int i = 0; i < 2 * tones; i++)
        {
            sums[(i * (tones + 1)) + 1 + (i % tones)] = 1;
        }

        return new OnnxModelBuilder("tones")
            .Input("input_values", OnnxElementType.Single, "1", "samples").Output("logits", OnnxElementType.Single, "1", "frames", $"{tones + 1}")
            .Constant<long>("frames", [1, -1, Window], 3)
            .Constant<float>("weights", weights, Window, 2 * tones)
            .Constant<float>("sums", sums, 2 * tones, tones + 1)
            .Constant<float>("bias", [0.05f, .. new float[tones]], tones + 1)
            .Node("Reshape", ["input_values", "frames"], "split").Node("MatMul", ["split", "weights"], "parts").Node("Mul", ["parts", "parts"], "powers")
            .Node("MatMul", ["powers", "sums"], "tone_powers").Node("Add", ["tone_powers", "bias"], "logits")
            .Build();
    }

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>A document with a recording, its segments and further columns.</summary>
    private sealed record SpeechDocument(byte[] Content, (int Start, int End)[] Segments)
    {
        private (string Name, string Value)[] _texts = [];

        public SpeechDocument With(params (string Name, string Value)[] texts) => this with { _texts = texts };

        public static implicit operator Document(SpeechDocument document)
        {
            StringColumnBuilder content = new(ColumnType.Binary);
            content.Append(document.Content);
            ListColumnBuilder<int> starts = new();
            starts.Append([.. document.Segments.Select(s => s.Start)]);
            ListColumnBuilder<int> ends = new();
            ends.Append([.. document.Segments.Select(s => s.End)]);
            List<(string, Column)> columns = [("audio.content", content.Build()), ("voice.starts", starts.Build()), ("voice.ends", ends.Build())];
            foreach ((string name, string value) in document._texts)
            {
                StringColumnBuilder text = new();
                text.Append(value);
                columns.Add((name, text.Build()));
            }

            return Document.Create("", id: "r", columns: columns.ToArray());
        }
    }
}
