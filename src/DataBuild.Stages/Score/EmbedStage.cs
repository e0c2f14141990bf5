using DataBuild.Stages.Tokenize;

namespace DataBuild.Stages.Score;

/// <summary>Figures of <see cref="EmbedStage"/>.</summary>
/// <param name="Vector">The embedding; none for a text without tokens.</param>
/// <param name="Covered">Fraction of the text that the model read, in [0, 1].</param>
/// <param name="Windows">Windows that the text was read in.</param>
[Figures]
public readonly partial record struct EmbedFigures(ReadOnlyMemory<float> Vector, double Covered, int Windows);

/// <summary>
/// Embeds documents with an ONNX encoder: its output of one vector a text, or the mean of its vectors of tokens, over one window or all of them. SemanticDedup,
/// DiversitySelect and GraphRank read the column <c>embedding.vector</c>.
/// </summary>
[Stage("Embed", Version = 2, Phase = StagePhase.Score, ColumnPrefix = "embedding")]
public sealed partial record EmbedStage : OnnxWindowStage<EmbedFigures>
{
    private OnnxTextScorer? _encoder;

    /// <summary>Scales vectors to Euclidean length 1.</summary>
    public bool Normalize { get; init; } = true;

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".vector"];

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        string path = PathOf(Model, nameof(Model));
        if (Window == WindowPolicy.Max)
        {
            throw new StageException("DB4074", $"Embed.Window is Max; vectors are averaged over windows or those of the first one: expected Truncate or Mean");
        }

        TextTokenizer? tokenizer = LoadTokenizer(Tokenizer);
        _encoder = OnnxTextScorer.Load(path, WindowOptions(context, tokenizer, Tokenizer) with { OutputDimensions = 3 }, TokenTextEncoder.IdsOf(tokenizer), context.Report);
        ReportProvider(context, Model!, _encoder.Provider);
    }

    /// <inheritdoc />
    public override void Measure(IReadOnlyList<Document> documents, Span<EmbedFigures> figures)
    {
        ArgumentNullException.ThrowIfNull(documents);
        float[][] vectors = new float[documents.Count][];
        TextScore[] read = (_encoder ?? throw new InvalidOperationException("Initialize was not called"))
            .Embed([.. documents.Select(d => d.TextMemory)], vectors, Normalize);
        for (int i = 0; i < vectors.Length; i++)
        {
            figures[i] = new EmbedFigures(vectors[i], read[i].Covered, read[i].Windows);
        }
    }
}
