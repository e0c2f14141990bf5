using DataBuild.Stages.Score.Selection;

namespace DataBuild.Stages.Select;

/// <summary>Outcome of <see cref="GraphRankStage"/>.</summary>
/// <param name="Rank">Share of a random walk's time that is spent at the document, times the number of documents: 1 on average. None for what takes no part.</param>
[Figures]
public readonly partial record struct GraphRankOutcome(double? Rank);

/// <summary>
/// Ranks documents by weighted PageRank over their links or over similarity of their embeddings (the ranking of Zero-TPrune, Wang et al. 2024, with a damping for graphs that are
/// not connected). TopK on <c>graphRank.rank</c> keeps the best.
/// </summary>
[Stage("GraphRank", Version = 2, Phase = StagePhase.Score, ColumnPrefix = "graphRank")]
public sealed partial record GraphRankStage : CorpusStage<NoFigures, GraphRankOutcome>
{
    /// <summary>Column of embeddings whose nearest neighbours are linked; empty ranks by the links of the texts (<c>Extract</c> with <c>Links</c>).</summary>
    public string Embedding { get; init; } = "";

    /// <summary>Neighbours that a document is linked to.</summary>
    [Option(Min = 1, Max = 1000)]
    public int Neighbors { get; init; } = 10;

    /// <summary>Least cosine similarity of neighbours.</summary>
    [Option(Min = 0.0001, Max = 1)]
    public double MinSimilarity { get; init; } = 0.1;

    /// <summary>Probability of following a link; below 1 there always is an answer.</summary>
    [Option(Min = 0.01, Max = 1, Unit = "fraction")]
    public double Damping { get; init; } = 0.85;

    /// <summary>Smallest rank that is kept.</summary>
    [Threshold, Option(Min = 0)]
    public double MinRank { get; init; }

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => [Source];

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => Embedding.Length > 0 ? ["id", Embedding] : ["id", "url", "text"];

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".rank"];

    private string Source => Embedding.Length > 0 ? Embedding : "text";

    /// <inheritdoc />
    public override NoFigures Measure(Document document) => default;

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<GraphRankOutcome> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(outcomes);
        ArgumentNullException.ThrowIfNull(context);
        SelectionRows rows = SelectionRows.Read(corpus, [Source], "", (batch, row, _) => batch.Find(Source) is ListColumn<float> vectors ? vectors[row].Length > 0 ? 1 : null : 1);
        GraphRankOutcome[] all = new GraphRankOutcome[rows.Count];
        if (rows.Rows.Count > 0)
        {
            int[] members = [.. rows.Rows.Select(r => checked((int)r.Row))];
            List<GraphEdge> edges = Embedding.Length > 0 ? Similar(corpus, members, context) : Linked(corpus, members);
            double[] ranks;
            try
            {
                ranks = GraphRank.Rank(members.Length, edges, Damping);
            }
            catch (InvalidOperationException error)
            {
                throw new StageException("DB4083", $"the stage '{Name}': {error.Message}", null, error);
            }

            for (int i = 0; i < members.Length; i++)
            {
                all[members[i]] = new GraphRankOutcome(Math.Round(ranks[i] * members.Length, 9));
            }
        }

        foreach (GraphRankOutcome outcome in all)
        {
            outcomes.Append(in outcome);
        }
    }

    /// <inheritdoc />
    public override Verdict Decide(in GraphRankOutcome outcome) =>
        outcome.Rank is { } rank ? Verdict.DropIf(rank < MinRank, "rank_too_low") : Verdict.DropIf(MinRank > 0, "no_rank");

    private List<GraphEdge> Similar(Corpus corpus, int[] members, StageContext context) =>
        GraphEdges.Nearest(SelectionRows.Vectors(corpus, Embedding, members), Neighbors, MinSimilarity, context.Cancellation);

    // Of several documents of one address the first by id is the one that links mean. A link of a document to itself counts for nothing.
    private static List<GraphEdge> Linked(Corpus corpus, int[] members)
    {
        Dictionary<long, int> nodeOf = members.Select((row, node) => (row, node)).ToDictionary(m => (long)m.row, m => m.node);
        Dictionary<int, string[]> links = [];
        string[] addresses = new string[members.Length];
        foreach (CorpusBatch batch in corpus.Read("url", "text"))
        {
            for (int row = 0; row < batch.Count; row++)
            {
                if (nodeOf.TryGetValue(batch.FirstRow + row, out int node))
                {
                    addresses[node] = GraphEdges.Address(((StringColumn)batch.Documents["url"]).GetString(row) ?? "");
                    links[node] = [.. GraphEdges.Links((batch.Documents.Find("text") as StringColumn)?.GetString(row) ?? "").Select(GraphEdges.Address)];
                }
            }
        }

        Dictionary<string, int> nodeAt = new(StringComparer.Ordinal);
        for (int node = 0; node < addresses.Length; node++)
        {
            nodeAt.TryAdd(addresses[node], node);
        }

        List<GraphEdge> edges = [];
        for (int node = 0; node < members.Length; node++)
        {
            foreach (string link in links[node])
            {
                if (nodeAt.TryGetValue(link, out int target) && target != node)
                {
                    edges.Add(new GraphEdge(node, target));
                }
            }
        }

        return edges;
    }
}
