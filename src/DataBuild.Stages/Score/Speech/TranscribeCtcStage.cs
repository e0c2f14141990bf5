using System.Text.Json;
using DataBuild.Stages.Extract.Audio;
using DataBuild.Stages.Generate.Speech;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DataBuild.Stages.Score.Speech;

/// <summary>
/// Transcribes the segments of recordings by a recogniser as ONNX, in process: input samples [1, samples], output [1, frames, symbols] of one trained by connectionist temporal classification
/// (wav2vec 2.0, HuBERT, MMS). Segments are run one at a time, so that none depends on those beside it.
/// </summary>
[Stage("TranscribeCtc", Version = 2, Phase = StagePhase.Score, ColumnPrefix = "transcript")]
public sealed partial record TranscribeCtcStage : BatchStage<TranscriptFigures>
{
    private InferenceSession? _session;
    private string[] _symbols = [];
    private int _blank;

    /// <summary>The recogniser as ONNX.</summary>
    [Option(Required = true)]
    public InputFile? Model { get; init; }

    /// <summary>Its symbols: <c>vocab.json</c>, an object of symbols and numbers, or a text with a symbol a line.</summary>
    [Option(Required = true)]
    public InputFile? Vocabulary { get; init; }

    /// <summary>The symbol that stands for none.</summary>
    public string Blank { get; init; } = "<pad>";

    /// <summary>Column of the recordings' bytes.</summary>
    public string Column { get; init; } = "audio.content";

    /// <summary>Name of the VoiceSegments stage whose segments are transcribed.</summary>
    public string Segments { get; init; } = "voice";

    /// <summary>Samples a second that the model expects.</summary>
    [Option(Min = 1000, Max = 192000, Unit = "samples a second")]
    public int Rate { get; init; } = 16000;

    /// <summary>Whether a segment's samples are brought to a mean of 0 and a variance of 1, as wav2vec 2.0 expects.</summary>
    public bool Normalize { get; init; } = true;

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => [Column, Segments + ".starts", Segments + ".ends"];

    /// <inheritdoc />
    public override bool ReuseByText => false;

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        string path = Model?.PathOrName ?? throw new StageException("DB4001", "the stage TranscribeCtc names no model (option Model)");
        _symbols = ReadSymbols(Vocabulary?.PathOrName ?? throw new StageException("DB4021", "the stage TranscribeCtc names no vocabulary (option Vocabulary)"));
        _blank = Array.IndexOf(_symbols, Blank);
        if (_blank < 0)
        {
            throw new StageException("DB4021", $"the vocabulary '{Vocabulary.Value}' has no symbol '{Blank}' (option Blank)", Vocabulary.Path);
        }

        using SessionOptions options = new() { IntraOpNumThreads = Math.Max(1, context.Threads) };
        _session = OnnxModelSession.Open(path, OnnxModelSession.Read(path), options);
        if (_session.InputMetadata.Count != 1 || _session.InputMetadata.First().Value is not { ElementDataType: TensorElementType.Float, Dimensions.Length: 2 })
        {
            throw new StageException("DB4003", $"the model '{path}' has the inputs {string.Join(", ", _session.InputMetadata.Keys)}; expected one, float [1, samples]", path);
        }
    }

    /// <inheritdoc />
    public override void Measure(IReadOnlyList<Document> documents, Span<TranscriptFigures> figures)
    {
        ArgumentNullException.ThrowIfNull(documents);
        for (int i = 0; i < documents.Count; i++)
        {
            AudioSignal audio = AudioColumn.Read(documents[i], Column);
            figures[i] = new TranscriptFigures(
                Transcripts.Write([.. AudioColumn.Segments(documents[i], Segments).Select(s => Transcribe(Resampler.Resample(audio.Between(s.Start, s.End).Span, audio.SampleRate, Rate)))]), 0);
        }
    }

    private string Transcribe(float[] samples)
    {
        InferenceSession session = _session ?? throw new InvalidOperationException("Initialize was not called");
        if (Normalize)
        {
            double mean = samples.Length == 0 ? 0 : samples.Average(s => (double)s);
            double variance = samples.Length == 0 ? 0 : samples.Average(s => (s - mean) * (s - mean));
            double scale = 1 / Math.Sqrt(variance + 1e-7);
            samples = [.. samples.Select(s => (float)((s - mean) * scale))];
        }

        using OrtValue input = OrtValue.CreateTensorValueFromMemory(samples, [1, samples.Length]);
        using RunOptions options = new();
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, [session.InputNames[0]], [input], [session.OutputNames[0]]);
            long[] shape = outputs[0].GetTensorTypeAndShape().Shape;
            return shape.Length == 3 && shape[2] == _symbols.Length
                ? CtcDecoder.Decode(outputs[0].GetTensorDataAsSpan<float>(), _symbols, _blank)
                : throw new StageException("DB4021", $"the model '{Model!.Value}' gives [{string.Join(", ", shape)}] and the vocabulary has {_symbols.Length} symbols; expected [1, frames, symbols]", Model.Path);
        }
        catch (OnnxRuntimeException e)
        {
            throw new StageException("DB4003", $"the model '{Model!.Value}' does not take {samples.Length} samples: {e.Message.ReplaceLineEndings(" ").Trim()}", Model.Path, e);
        }
    }

    private static string[] ReadSymbols(string path)
    {
        try
        {
            string text = File.ReadAllText(path);
            if (!text.AsSpan().TrimStart().StartsWith("{"))
            {
                return [.. text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n')];
            }

            using JsonDocument json = JsonDocument.Parse(text);
            (string Symbol, int Number)[] symbols = [.. json.RootElement.EnumerateObject().Select(p => (p.Name, p.Value.GetInt32())).OrderBy(s => s.Item2)];
            return symbols.Select((s, i) => s.Number == i).All(same => same)
                ? [.. symbols.Select(s => s.Symbol)]
                : throw new FormatException("its numbers are not 0, 1, 2 and so on");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException or InvalidOperationException)
        {
            throw new StageException("DB4021", $"the vocabulary cannot be read: {e.Message}; expected an object of symbols and numbers, or a symbol a line", path, e);
        }
    }
}
