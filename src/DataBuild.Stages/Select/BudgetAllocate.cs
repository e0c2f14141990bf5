using System.Globalization;
using DataBuild.Stages.Score.Selection;

namespace DataBuild.Stages.Select;

/// <summary>
/// Divides a budget of tokens (or bytes, or documents) over groups in proportion to their salience, no group above its size, and keeps the best documents of each group within its
/// share: HiRED's rule for sub-images (Arif et al. 2025), applied to sources. Documents are taken from the best on; one that does not fit whole is left out.
/// </summary>
[Stage("BudgetAllocate", Version = 1, Phase = StagePhase.Score, ColumnPrefix = "budget")]
public sealed partial record BudgetAllocate : CorpusStage<NoFigures, SelectionOutcome>
{
    /// <summary>Column of scores: they rank the documents of a group, and their sum, where above 0, is its salience.</summary>
    [Option(Required = true)]
    public string Column { get; init; } = "";

    /// <summary>Column that names a document's group.</summary>
    [Option(Required = true)]
    public string GroupColumn { get; init; } = "";

    /// <summary>Column of sizes, such as <c>tokens.count</c>; empty: a document is one unit.</summary>
    public string SizeColumn { get; init; } = "";

    /// <summary>Units to give out.</summary>
    [Option(Min = 1, Required = true)]
    public long? Budget { get; init; }

    /// <summary>Documents of the best scores whose groups share the budget, as a fraction of all: a group's salience is how many of them it has. 0: salience is the sum of scores.</summary>
    [Option(Min = 0, Max = 1, Unit = "fraction")]
    public double SalientShare { get; init; }

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => [Column];

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => SizeColumn.Length == 0 ? ["id", Column, GroupColumn] : ["id", Column, GroupColumn, SizeColumn];

    /// <inheritdoc />
    public override NoFigures Measure(Document document) => default;

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<SelectionOutcome> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(outcomes);
        ArgumentNullException.ThrowIfNull(context);
        Dictionary<long, long> sizeOf = [];
        SelectionRows rows = SelectionRows.Read(corpus, SizeColumn.Length == 0 ? [Column] : [Column, SizeColumn], GroupColumn, (batch, row, ordinal) =>
        {
            sizeOf[ordinal] = SizeColumn.Length == 0 ? 1 : (long)(SelectionRows.Number(batch, SizeColumn, row) ?? 0);
            return SelectionRows.Number(batch, Column, row);
        });
        var groups = rows.Rows.GroupBy(r => r.Group, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).ToArray();
        HashSet<long> salient = [.. rows.Rows.OrderByDescending(r => r.Value).Take((int)Math.Ceiling(SalientShare * rows.Rows.Count)).Select(r => r.Row)];
        double[] salience = [.. groups.Select(g => SalientShare > 0 ? g.Count(r => salient.Contains(r.Row)) : g.Sum(r => Math.Max(0, r.Value)))];
        long[] sizes = [.. groups.Select(g => g.Sum(r => sizeOf[r.Row]))];
        long[] shares = BudgetAllocation.Allocate(salience, sizes, Budget.GetValueOrDefault());
        SelectionOutcome[] all = new SelectionOutcome[rows.Count];
        for (int g = 0; g < groups.Length; g++)
        {
            long left = shares[g];
            int order = 0;
            foreach (var row in groups[g].OrderByDescending(r => r.Value).Where(r => sizeOf[r.Row] <= shares[g]))
            {
                if (sizeOf[row.Row] <= left)
                {
                    left -= sizeOf[row.Row];
                    all[row.Row] = new SelectionOutcome(++order);
                }
            }

            context.Report(new StageNote("DB4084", false, string.Create(
                CultureInfo.InvariantCulture, $"{groups[g].Key}: {order:N0} documents, {shares[g] - left:N0} of a share of {shares[g]:N0} (has {sizes[g]:N0})")));
        }

        foreach (SelectionOutcome outcome in all)
        {
            outcomes.Append(in outcome);
        }
    }

    /// <inheritdoc />
    public override Verdict Decide(in SelectionOutcome outcome) => Verdict.DropIf(outcome.Order is null, "over_budget");
}
