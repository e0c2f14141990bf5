using System.Text;
using System.Text.Json;
using DataBuild.Stages.Extract.Audio;
using DataBuild.Stages.Score.Speech;

namespace DataBuild.Tests.Score.Speech;

/// <summary>The recordings and recognisers of the example TouchTts.Tones are those that are made and trained here.</summary>
public sealed class TonesExampleTests : IDisposable
{
    private const int RecordedRate = 8000;
    private const string AllLetters = "aeilmnost  ";
    private const string WithoutT = "aeilmnos  ";

    private static readonly string Folder = Path.Combine(TestPaths.RepositoryRoot, "example-datasets/TouchTts.Tones");
    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-tones-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_example_hears_the_recordings_that_are_made_here()
    {
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal)
        {
            ["crawl/one.wav"] = new ToneSpeech(RecordedRate, 11).Silence(0.4).Say("amelia sees an animal").Silence(0.4).ToWav(),
            ["crawl/two.wav"] = new ToneSpeech(RecordedRate, 12).Silence(0.4).Say("leo is on a salmon").Silence(1.5).Say("ten tents list a tale").Silence(0.4).ToWav(),
            ["crawl/unlike.wav"] = new ToneSpeech(RecordedRate, 13).Silence(0.4).Say("ten tents to a state").Silence(0.4).ToWav(),
            ["models/first.onnx"] = ToneRecogniser.Train(1, AllLetters),
            ["models/second.onnx"] = ToneRecogniser.Train(1000, WithoutT),
            ["models/vocab.json"] = Encoding.UTF8.GetBytes($"{{{string.Join(", ", ToneSpeech.Symbols.Select((s, i) => $"\"{s}\": {i}"))}}}\n"),
        };
        foreach ((string name, byte[] content) in files)
        {
            string path = Path.Combine(Folder, name);
            if (Environment.GetEnvironmentVariable("DATABUILD_UPDATE_DOCS") == "1")
            {
                File.WriteAllBytes(path, content);
            }

            Assert.Equal(content, File.ReadAllBytes(path));
        }
    }

    [Fact]
    public void A_trained_recogniser_writes_down_what_is_said()
    {
        // Speech that it was not trained on, at another rate.
        string said = "a small animal eats nine lemons at noon";
        Assert.Equal(said, Hear("first.onnx", said));
        Assert.NotEqual(said, Hear("second.onnx", said));
        Assert.Equal("a small lemon is in a mill", Hear("second.onnx", "a small lemon is in a mill"));
    }

    private string Hear(string model, string text)
    {
        ToneSpeech speech = new ToneSpeech(RecordedRate, 99).Silence(0.2).Say(text).Silence(0.2);
        TranscribeCtcStage stage = new() { Name = "t", Model = InputFile.FromPath(Path.Combine(Folder, "models", model)), Vocabulary = InputFile.FromPath(Path.Combine(Folder, "models/vocab.json")) };
        StringColumnBuilder content = new(ColumnType.Binary);
        content.Append(WavFile.Encode([.. speech.Samples], RecordedRate));
        Document document = Document.Create("", "", "d", ("audio.content", content.Build()), ("voice.starts", List(0)), ("voice.ends", List(60_000)));
        return JsonElement.Parse(Assert.Single(StageRun.On(stage, [document], new StageContext(_folder, _folder))).Columns[".texts"]!)[0].GetString()!;
    }

    private static Column List(int value)
    {
        ListColumnBuilder<int> list = new();
        list.Append([value]);
        return list.Build();
    }
}
