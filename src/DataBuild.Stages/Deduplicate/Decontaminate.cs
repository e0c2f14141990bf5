namespace DataBuild.Stages.Deduplicate;

/// <summary>Figures of <see cref="Decontaminate"/>.</summary>
/// <param name="Hits">N-grams of the text that stand in a benchmark.</param>
/// <param name="Coverage">Share of the text's words that such n-grams cover.</param>
/// <param name="Benchmark">The benchmark text with most hits, as file:line; null when there is none.</param>
[Figures]
public readonly partial record struct DecontaminateFigures(int Hits, double Coverage, string? Benchmark);

/// <summary>
/// Drops documents that hold n-grams of benchmark texts (Brown et al. 2020, appendix C: 13-grams of words, lower case, without punctuation).
/// Benchmark texts of fewer words than an n-gram cannot be found this way and are counted in a message.
/// </summary>
[Stage("Decontaminate", Phase = StagePhase.Deduplicate, ColumnPrefix = "contamination")]
public sealed partial record Decontaminate : BenchmarkStage<DecontaminateFigures>
{
    /// <summary>Least number of hits that drops a document.</summary>
    [Option(Min = 1, Max = 1000000), Threshold]
    public int MinHits { get; init; } = 1;

    /// <summary>Least share of the words covered that drops a document.</summary>
    [Option(Min = 0, Max = 1, Unit = "fraction"), Threshold]
    public double MinCoverage { get; init; }

    /// <inheritdoc />
    public override DecontaminateFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        BenchmarkHits hits = Find(document);
        return new DecontaminateFigures(hits.Count, hits.Coverage, hits.BestItem);
    }

    /// <inheritdoc />
    public override Verdict Decide(in DecontaminateFigures figures) =>
        Verdict.DropIf(figures.Hits >= MinHits && figures.Coverage >= MinCoverage, "contaminated");
}
