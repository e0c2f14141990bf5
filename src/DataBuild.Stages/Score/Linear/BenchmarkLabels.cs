using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Score.Linear;

/// <summary>Figures of <see cref="BenchmarkLabels"/>.</summary>
/// <param name="Similarity">Cosine similarity to the nearest benchmark text, from 0 (nothing in common) to 1.</param>
[Figures]
public readonly partial record struct BenchmarkLabelsFigures(double Similarity);

/// <summary>The label of a document.</summary>
/// <param name="Label"><c>benchmark</c> for the documents nearest to the benchmarks, <c>other</c> for the rest.</param>
[Figures]
public readonly partial record struct BenchmarkLabelsOutcome(string? Label);

/// <summary>
/// Labels documents by their nearness to benchmark texts, for a classifier of the kind that BETR trains (Benchmark-Targeted Ranking, arXiv 2507.12466): the nearest share is
/// one label, the rest the other; TrainClassifier learns to tell them apart. Nearness is the cosine of tf-idf vectors of words and word pairs (ours: BETR embeds texts with a
/// model). Use the training parts of benchmarks, and Decontaminate afterwards. Drops nothing.
/// </summary>
[Stage("BenchmarkLabels", Version = 1, Phase = StagePhase.Score, ColumnPrefix = "betr")]
public sealed partial record BenchmarkLabels : CorpusStage<BenchmarkLabelsFigures, BenchmarkLabelsOutcome>
{
    [ThreadStatic]
    private static double[]? _products;

    private BenchmarkVectors? _vectors;

    /// <summary>Files of benchmark texts: a text a line, or JSON Lines.</summary>
    [Option(Required = true)]
    public IReadOnlyList<InputFile> Benchmarks { get; init; } = [];

    /// <summary>Fields of JSON Lines to read; none reads all strings.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>Share of the documents, the nearest ones, that are labelled <c>benchmark</c>.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double TopShare { get; init; } = 0.1;

    /// <summary>Memory for sorting.</summary>
    [Option(Min = 1, Max = 1048576, Unit = "MiB"), WithoutEffectOnOutput]
    public int SortMemory { get; init; } = 256;

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.Kept;

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => ["id"];

    /// <inheritdoc />
    /// <exception cref="StageException">A benchmark file cannot be read.</exception>
    public override void Initialize(StageContext context) => _vectors = new BenchmarkVectors(BenchmarkIndex.ReadTexts(Benchmarks, Fields).ConvertAll(t => t.Text));

    /// <inheritdoc />
    public override BenchmarkLabelsFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        BenchmarkVectors vectors = _vectors ?? throw new InvalidOperationException($"stage '{Name}' was not initialized");
        return new BenchmarkLabelsFigures(vectors.Nearest(document.Analyze<SimplifiedText>(), ref _products));
    }

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<BenchmarkLabelsOutcome> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(outcomes);
        ArgumentNullException.ThrowIfNull(context);
        int[] ranks = DocumentRanks.Compute(corpus, DocumentPriority.Parse($"{Name}.similarity desc"), "", _ => true, context, SortMemory * 1048576L);
        int top = (int)Math.Ceiling(TopShare * ranks.Count(r => r >= 0));
        foreach (int rank in ranks)
        {
            outcomes.Append(rank < 0 ? default : new BenchmarkLabelsOutcome(rank < top ? "benchmark" : "other"));
        }
    }

    /// <inheritdoc />
    public override Verdict Decide(in BenchmarkLabelsOutcome outcome) => Verdict.Keep;
}
