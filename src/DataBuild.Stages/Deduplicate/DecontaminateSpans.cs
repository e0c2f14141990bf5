namespace DataBuild.Stages.Deduplicate;

/// <summary>Figures of <see cref="DecontaminateSpans"/>.</summary>
/// <param name="Hits">N-grams of the text that stand in a benchmark.</param>
/// <param name="Coverage">Share of the text's words that such n-grams cover.</param>
/// <param name="Benchmark">The benchmark text with most hits, as file:line; null when there is none.</param>
/// <param name="Removed">Spans removed.</param>
/// <param name="KeptLength">Characters (UTF-16 units) left.</param>
/// <param name="Text">The text without the spans.</param>
[Figures]
public readonly partial record struct DecontaminateSpansFigures(
    int Hits, double Coverage, string? Benchmark, int Removed, int KeptLength, [Column("text")] ReadOnlyMemory<char> Text);

/// <summary>
/// Cuts benchmark texts out of documents: the words of every n-gram that stands in a benchmark, and a margin around them
/// (Brown et al. 2020, appendix C: 13-grams and 200 characters to each side). A document in too many pieces goes.
/// </summary>
[Stage("DecontaminateSpans", Phase = StagePhase.Deduplicate, ColumnPrefix = "contaminationSpans")]
public sealed partial record DecontaminateSpans : BenchmarkStage<DecontaminateSpansFigures>
{
    /// <summary>Characters removed to each side of a hit.</summary>
    [Option(Min = 0, Max = 100000, Unit = "characters")]
    public int Margin { get; init; }

    /// <summary>A document with more spans removed goes; the paper's limit is 10.</summary>
    [Option(Min = 0, Max = 1000000, Unit = "spans"), Threshold]
    public int MaxSpans { get; init; } = 10;

    /// <summary>A document with less text left goes.</summary>
    [Option(Min = 0, Max = 1000000000, Unit = "characters"), Threshold]
    public int MinKeptLength { get; init; } = 1;

    /// <inheritdoc />
    public override DecontaminateSpansFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        BenchmarkHits hits = Find(document);
        ReadOnlySpan<char> text = document.Text;
        TextBuilder kept = document.RentTextBuilder();
        int copied = 0;
        int removed = 0;
        foreach ((int start, int end) in hits.Spans)
        {
            int from = Math.Max(copied, start - Margin);
            int to = Math.Min(text.Length, end + Margin);
            from += from > 0 && from < text.Length && char.IsLowSurrogate(text[from]) ? 1 : 0;
            to -= to > 0 && to < text.Length && char.IsLowSurrogate(text[to]) ? 1 : 0;

            // Spans that touch once their margins are counted are one span.
            removed += removed == 0 || from > copied ? 1 : 0;
            kept.Append(text[copied..Math.Max(copied, from)]);
            copied = Math.Max(copied, to);
        }

        kept.Append(text[copied..]);
        return new DecontaminateSpansFigures(hits.Count, hits.Coverage, hits.BestItem, removed, kept.Length, kept.Memory);
    }

    /// <inheritdoc />
    public override Verdict Decide(in DecontaminateSpansFigures figures) =>
        figures.Removed > MaxSpans ? Verdict.Drop("too_many_contaminated_spans")
        : Verdict.DropIf(figures.Removed > 0 && figures.KeptLength < MinKeptLength, "contaminated");
}
