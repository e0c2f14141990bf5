using System.Globalization;
using DataBuild.Stages.Score.Selection;

namespace DataBuild.Stages.Select;

/// <summary>
/// Selects documents whose embeddings lie far from each other, by farthest-point traversal: with the most isolated document first it is the max-min selection of DivPrune
/// (Alvar et al. 2025), with any other first the k-centre selection of ToDRE (Li et al. 2025). One more document can change the whole selection; embeddings are not computed again.
/// </summary>
[Stage("DiversitySelect", Version = 2, Phase = StagePhase.Score, ColumnPrefix = "diversity")]
public sealed partial record DiversitySelect : CorpusStage<NoFigures, SelectionOutcome>
{
    /// <summary>Column of embeddings.</summary>
    public string Embedding { get; init; } = "embedding.vector";

    /// <summary>Column that divides the documents; empty for one group.</summary>
    public string GroupColumn { get; init; } = "";

    /// <summary>Documents to select from each group.</summary>
    [Option(Min = 1)]
    public int Count { get; init; } = int.MaxValue;

    /// <summary>Share of each group to select, rounded up; the smaller of both holds.</summary>
    [Option(Min = 0, Max = 1, Unit = "fraction")]
    public double Share { get; init; } = 1;

    /// <summary>Distance between embeddings. The guarantee of half the best diversity holds for Euclidean and Angular, which are metrics.</summary>
    public EmbeddingDistance Distance { get; init; } = EmbeddingDistance.Angular;

    /// <summary>The document to begin with.</summary>
    public SelectionStart Start { get; init; } = SelectionStart.MostIsolated;

    /// <summary>Documents among which the most isolated one is looked for where a group has more: the search takes time quadratic in them. Chosen by seed and id.</summary>
    [Option(Min = 2, Max = 1000000)]
    public int StartSample { get; init; } = 20_000;

    /// <summary>Seed of that sample.</summary>
    [Option(Min = 0)]
    public long Seed { get; init; }

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => [Embedding];

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => GroupColumn.Length == 0 ? ["id", Embedding] : ["id", Embedding, GroupColumn];

    /// <inheritdoc />
    public override NoFigures Measure(Document document) => default;

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<SelectionOutcome> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(outcomes);
        ArgumentNullException.ThrowIfNull(context);
        SelectionRows rows = SelectionRows.Read(corpus, [Embedding], GroupColumn, (batch, row, _) => batch.Find(Embedding) is ListColumn<float> vectors && vectors[row].Length > 0 ? 1 : null);
        SelectionOutcome[] all = new SelectionOutcome[rows.Count];
        foreach (var group in rows.Rows.GroupBy(r => r.Group, StringComparer.Ordinal))
        {
            int[] members = [.. group.Select(r => checked((int)r.Row))];
            byte[][] ids = [.. group.Select(r => System.Text.Encoding.UTF8.GetBytes(r.Id))];
            float[][] vectors = SelectionRows.Vectors(corpus, Embedding, members);
            float[] flat = [.. vectors.SelectMany(v => v)];
            int count = (int)Math.Min(Count, Math.Ceiling(Share * members.Length));
            Selection selection;
            try
            {
                selection = FarthestPoint.Select(flat, vectors[0].Length, count, Distance, Start, Sample(ids), context.Cancellation);
            }
            catch (ArgumentException error)
            {
                throw new StageException("DB4081", $"the stage '{Name}' cannot select by the column '{Embedding}': {error.Message.Split(" (Parameter", StringSplitOptions.None)[0]}", null, error);
            }

            for (int i = 0; i < selection.Items.Count; i++)
            {
                all[members[selection.Items[i]]] = new SelectionOutcome(i + 1);
            }

            string sampled = Start == SelectionStart.MostIsolated && members.Length > StartSample ? $", start from a sample of {StartSample.ToString("N0", CultureInfo.InvariantCulture)}" : "";
            context.Report(new StageNote("DB4082", false, string.Create(
                CultureInfo.InvariantCulture, $"{(group.Key.Length == 0 ? "" : group.Key + ": ")}{selection.Items.Count:N0} of {members.Length:N0}; smallest distance {selection.Diversity:0.####}, radius {selection.Radius:0.####}{sampled}")));
        }

        foreach (SelectionOutcome outcome in all)
        {
            outcomes.Append(in outcome);
        }
    }

    /// <inheritdoc />
    public override Verdict Decide(in SelectionOutcome outcome) => Verdict.DropIf(outcome.Order is null, "not_selected");

    // Ordinals of the items that the start is looked for among; all where they are few.
    private int[]? Sample(byte[][] ids) => ids.Length <= StartSample ? null :
    [
        .. Enumerable.Range(0, ids.Length).OrderBy(i => Tokenize.SeededOrder.Key((ulong)Seed, ids[i])).ThenBy(i => i).Take(StartSample).Order(),
    ];
}
