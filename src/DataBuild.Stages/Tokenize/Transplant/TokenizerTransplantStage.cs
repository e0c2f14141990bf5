using System.Globalization;
using System.Text.Json;
using DataBuild.Formats.Tensors;
using DataBuild.Stages.Score;

namespace DataBuild.Stages.Tokenize.Transplant;

/// <summary>
/// Makes the embedding matrix with which a model goes on under another tokenizer: <c>embedding-init.safetensors</c> and a report of where its rows come from. The heuristics
/// are TokenAdapt's (see <see cref="TokenTransplant"/>). Drops nothing.
/// </summary>
[Stage("TokenizerTransplant", Version = 3, Phase = StagePhase.Tokenize, ColumnPrefix = "transplant")]
public sealed partial record TokenizerTransplantStage : CorpusStage<NoFigures, NoFigures>, IFileMakingStage
{
    /// <summary>The new tokenizer: a file, or <c>@name</c> for what a stage trained.</summary>
    [Option(Names = "o200k_base|cl100k_base|p50k_base|r50k_base", Required = true)]
    public InputFile? Tokenizer { get; init; }

    /// <summary>Tokenizer of the model that there is.</summary>
    [Option(Names = "o200k_base|cl100k_base|p50k_base|r50k_base", Required = true)]
    public InputFile? OldTokenizer { get; init; }

    /// <summary>The model's weights: a safetensors file.</summary>
    [Option(Required = true)]
    public InputFile? Weights { get; init; }

    /// <summary>Name of the embedding matrix in it, such as <c>model.embed_tokens.weight</c>; without it the only matrix.</summary>
    public string EmbeddingTensor { get; init; } = "";

    /// <summary>Name of the output matrix, where it is not the same: <c>lm_head.weight</c>.</summary>
    public string OutputTensor { get; init; } = "";

    /// <summary>An ONNX text encoder for the similarity of tokens; without it the tokens' own characters stand in.</summary>
    public InputFile? EmbeddingModel { get; init; }

    /// <summary>Tokenizer of that encoder.</summary>
    [Option(Names = "o200k_base|cl100k_base|p50k_base|r50k_base")]
    public InputFile? EmbeddingTokenizer { get; init; }

    /// <summary>Temperature of the weights.</summary>
    [Option(Min = 0.001, Max = 1000)]
    public double Temperature { get; init; } = 0.3;

    /// <summary>Old tokens that the global heuristic takes.</summary>
    [Option(Min = 0, Max = 1000, Unit = "tokens")]
    public int Neighbours { get; init; } = 3;

    /// <summary>Weight of the global heuristic beside the local one.</summary>
    [Option(Min = 0, Max = 1, Unit = "fraction")]
    public double GlobalWeight { get; init; } = 0.3;

    /// <summary>Least cosine of a global neighbour.</summary>
    [Option(Min = -1, Max = 1)]
    public double MinSimilarity { get; init; } = 0.6;

    /// <summary>Whether a token that differs from an old one by case alone takes its row.</summary>
    public bool IgnoreCase { get; init; }

    /// <summary>Rows are filled up to a multiple of this.</summary>
    [Option(Min = 1, Max = 65536, Unit = "rows")]
    public int PadToMultipleOf { get; init; } = 128;

    /// <summary>Seed of the rows of which nothing is known.</summary>
    [Option(Min = 0)]
    public long Seed { get; init; }

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.Kept;

    /// <inheritdoc />
    [NotAnOption]
    public IReadOnlyList<string> MadeFiles => ["embedding-init.safetensors", "report.json"];

    /// <inheritdoc />
    public override NoFigures Measure(Document document) => default;

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<NoFigures> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(outcomes);
        ArgumentNullException.ThrowIfNull(context);
        TextTokenizer old = StageTokenizer.Load(OldTokenizer!);
        TextTokenizer tokenizer = StageTokenizer.Load(Tokenizer!);
        string[] names = OutputTensor.Length == 0 ? [EmbeddingTensor] : [EmbeddingTensor, OutputTensor];
        (int Rows, int Columns, float[] Values)[] matrices = [.. names.Select(Read)];
        if (matrices[0].Columns != matrices[^1].Columns || matrices.Any(m => m.Rows < old.VocabularySize - PadToMultipleOf || m.Rows == 0))
        {
            throw new StageException("DB4270", $"the stage '{Name}': the matrices have {string.Join(" and ", matrices.Select(m => $"{m.Rows} x {m.Columns}"))} values; expected a row for each of the old tokenizer's {old.VocabularySize} tokens, and rows of one length", Weights!.Path);
        }

        int rows = (tokenizer.VocabularySize + PadToMultipleOf - 1) / PadToMultipleOf * PadToMultipleOf;
        TokenTransplantOptions options = new(Temperature, Neighbours, GlobalWeight, MinSimilarity, IgnoreCase, (ulong)Seed);
        (float[][] made, TransplantCounts counts) = new TokenTransplant(old, Embedder(context), options)
            .Run(tokenizer, rows, matrices[0].Columns, [.. matrices.Select(m => m.Values)], context.Threads, context.Cancellation);
        using (FileStream stream = File.Create(Path.Combine(context.FilesDirectory, MadeFiles[0])))
        {
            SafetensorsFile.Write(stream, [.. made.Select((values, i) => (names[i].Length > 0 ? names[i] : "embedding", rows, matrices[0].Columns, values))]);
        }

        WriteReport(Path.Combine(context.FilesDirectory, MadeFiles[1]), rows, counts);
        context.Report(new StageNote("DB4271", false, string.Create(
            CultureInfo.InvariantCulture,
            $"{rows:N0} rows: {counts.Copied:N0} copied, {counts.Both:N0} local and global, {counts.Local:N0} local, {counts.Global:N0} global, {counts.Random:N0} drawn")));
        CorpusRows.KeepAll(corpus, outcomes);
    }

    /// <inheritdoc />
    public override Verdict Decide(in NoFigures outcome) => Verdict.Keep;

    private (int Rows, int Columns, float[] Values) Read(string tensor)
    {
        try
        {
            return SafetensorsFile.ReadMatrix(Weights!.PathOrName, tensor);
        }
        catch (Exception error) when (error is SafetensorsFormatException or IOException or UnauthorizedAccessException)
        {
            throw new StageException("DB4270", $"the stage '{Name}': {error.Message}", Weights!.Path, error);
        }
    }

    private Func<IReadOnlyList<string>, float[][]> Embedder(StageContext context)
    {
        if (EmbeddingModel is not { } model)
        {
            return CharacterVectors.Of;
        }

        EmbedStage stage = new() { Name = Name, Model = model, Tokenizer = EmbeddingTokenizer };
        stage.Initialize(context);
        return texts =>
        {
            EmbedFigures[] figures = new EmbedFigures[texts.Count];
            stage.Measure([.. texts.Select(t => Document.Create(t))], figures);
            int width = figures.Length == 0 ? 0 : figures.Max(f => f.Vector.Length);
            return [.. figures.Select(f => f.Vector.Length == width ? f.Vector.ToArray() : new float[width])];
        };
    }

    private static void WriteReport(string path, int rows, TransplantCounts counts)
    {
        using FileStream stream = File.Create(path);
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteNumber("rows", rows);
        json.WriteNumber("copied", counts.Copied);
        json.WriteNumber("localAndGlobal", counts.Both);
        json.WriteNumber("local", counts.Local);
        json.WriteNumber("global", counts.Global);
        json.WriteNumber("drawn", counts.Random);
        json.WriteEndObject();
    }
}
