namespace DataBuild.Stages.Select;

/// <summary>Outcome of <see cref="TopK"/>.</summary>
/// <param name="Rank">Place of the document in its group, from 1; none without a value.</param>
/// <param name="Of">Documents of the group that have a value.</param>
[Figures]
public readonly partial record struct TopKOutcome(long? Rank, long Of);

/// <summary>
/// Keeps the documents with the best values of a column, a number or a share of them, over the dataset or in each group. Standing before a costly stage it is SpAtten's cascade
/// of top-k filters (Wang, Zhang and Han 2021): what a cheap score ranks low is never scored by the costly model.
/// </summary>
[Stage("TopK", Version = 1, Phase = StagePhase.Score, ColumnPrefix = "topK")]
public sealed partial record TopK : CorpusStage<NoFigures, TopKOutcome>
{
    /// <summary>Column of numbers, such as <c>score.value</c>.</summary>
    [Option(Required = true)]
    public string Column { get; init; } = "";

    /// <summary>Column that divides the documents, such as <c>language.code</c>; empty for one group.</summary>
    public string GroupColumn { get; init; } = "";

    /// <summary>Small values are the best.</summary>
    public bool Ascending { get; init; }

    /// <summary>Most documents of a group that are kept.</summary>
    [Threshold, Option(Min = 0)]
    public long Count { get; init; } = long.MaxValue;

    /// <summary>Largest share of a group's documents that is kept, rounded up.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double Share { get; init; } = 1;

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => [Column];

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => GroupColumn.Length == 0 ? ["id", Column] : ["id", Column, GroupColumn];

    /// <inheritdoc />
    public override NoFigures Measure(Document document) => default;

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<TopKOutcome> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(outcomes);
        SelectionRows rows = SelectionRows.Read(corpus, [Column], GroupColumn, (batch, row, _) => SelectionRows.Number(batch, Column, row));
        TopKOutcome[] all = new TopKOutcome[rows.Count];
        foreach (var group in rows.Rows.GroupBy(r => r.Group, StringComparer.Ordinal))
        {
            // Stable: of equal values the smaller id comes first.
            var ordered = Ascending ? group.OrderBy(r => r.Value) : group.OrderByDescending(r => r.Value);
            long rank = 0;
            long of = group.LongCount();
            foreach (var row in ordered)
            {
                all[row.Row] = new TopKOutcome(++rank, of);
            }
        }

        foreach (TopKOutcome outcome in all)
        {
            outcomes.Append(in outcome);
        }
    }

    /// <inheritdoc />
    public override Verdict Decide(in TopKOutcome outcome) =>
        outcome.Rank is not { } rank ? Verdict.Drop("no_value") : Verdict.DropIf(rank > Count || rank > Math.Ceiling(Share * outcome.Of), "below_top");
}
