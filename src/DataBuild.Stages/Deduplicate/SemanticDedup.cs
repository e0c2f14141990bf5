namespace DataBuild.Stages.Deduplicate;

/// <summary>
/// Removes documents whose embedding is close to that of a better document (SemDeDup: Abbas et al. 2023): k-means divides the corpus, and a document goes when its cosine
/// similarity to a kept one of better priority, compared with it in a cluster, reaches <see cref="MinCosine"/>. Documents are compared in their own cluster, or in the
/// <see cref="NearestClusters"/> nearest; one cluster finds every pair. Everything is seeded and exact in its sums, so the result depends on the documents alone.
/// </summary>
[Stage("SemanticDedup", Phase = StagePhase.Deduplicate, ColumnPrefix = "semantic")]
public sealed partial record SemanticDedup : CorpusStage<NoFigures, DuplicateOutcome>
{
    /// <summary>Column of embeddings (lists of 32-bit floats of one length).</summary>
    [Option(Required = true)]
    public string Embedding { get; init; } = "";

    /// <summary>Number of k-means clusters; 1 compares all documents; 0 takes the square root of the number of documents.</summary>
    [Option(Min = 0, Max = 1000000), Threshold]
    public int Clusters { get; init; }

    /// <summary>Clusters that each document is compared in, those with the nearest centroids: 1 is its own alone, as published; more find pairs that k-means parts, at that many times the work. As many as there are clusters find every pair.</summary>
    [Option(Min = 1, Max = 1000), Threshold]
    public int NearestClusters { get; init; } = 1;

    /// <summary>Rounds of k-means.</summary>
    [Option(Min = 1, Max = 1000), Threshold]
    public int Iterations { get; init; } = 10;

    /// <summary>Least cosine similarity of duplicates.</summary>
    [Option(Min = -1, Max = 1), Threshold]
    public double MinCosine { get; init; } = 0.95;

    /// <summary>Seed of the first centroids.</summary>
    [Threshold]
    public int Seed { get; init; } = 1;

    /// <summary>Which document is kept: columns with <c>asc</c> or <c>desc</c>, separated by ';'. The id decides last.</summary>
    [Threshold]
    public string Priority { get; init; } = "";

    /// <summary>Memory for sorting and for the embeddings of a group of clusters.</summary>
    [Option(Min = 1, Max = 1048576, Unit = "MiB"), WithoutEffectOnOutput]
    public int Memory { get; init; } = 512;

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => [Embedding];

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => [.. DedupColumns.Merge(Priority), Embedding];

    /// <inheritdoc />
    public override NoFigures Measure(Document document) => default;

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<DuplicateOutcome> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(context);
        long memory = Memory * 1048576L;
        int[] ranks = DocumentRanks.Compute(corpus, DocumentPriority.Parse(Priority), "", _ => true, context, memory / 4);
        EmbeddingSource source = new(corpus, Embedding, context);
        SphericalKMeans means = new(source, Clusters, Iterations, Seed);
        int[] clusterOf = means.Assign(ranks);
        int nearest = Math.Min(NearestClusters, means.Count);
        int[] keptFor = nearest > 1
            ? new OverlappingClusters(new ClusterWalk(source, ranks, means.AssignNearest(clusterOf, nearest), nearest, memory / 4), ranks, MinCosine).NearestKept(context, memory / 4)
            : NearestKept(new ClusterWalk(source, ranks, clusterOf, 1, memory / 2), ranks);
        Write(corpus, keptFor, outcomes, context);
    }

    /// <inheritdoc />
    public override Verdict Decide(in DuplicateOutcome outcome) => Verdict.DropIf(outcome.DuplicateOf is not null, "semantic_duplicate");

    /// <summary>For each row the kept row that stands for it: itself, or that of the best rank within reach; -1 where it took no part.</summary>
    private int[] NearestKept(ClusterWalk clusters, int[] ranks)
    {
        int[] keptFor = [.. ranks.Select((rank, row) => rank < 0 ? -1 : row)];
        List<int> kept = [];
        clusters.ForEach((rows, vectors) =>
        {
            kept.Clear();
            foreach (int row in rows)
            {
                foreach (int better in kept)
                {
                    if (FixedOrderMath.Dot(vectors[better], vectors[row]) >= MinCosine)
                    {
                        keptFor[row] = better;
                        break;
                    }
                }

                if (keptFor[row] == row)
                {
                    kept.Add(row);
                }
            }
        });
        return keptFor;
    }

    private static void Write(Corpus corpus, int[] keptFor, OutcomeWriter<DuplicateOutcome> outcomes, StageContext context)
    {
        int[] sizes = new int[keptFor.Length];
        foreach (int kept in keptFor)
        {
            if (kept >= 0)
            {
                sizes[kept]++;
            }
        }

        TextTable ids = new();
        Dictionary<int, int> idOf = [];
        foreach (CorpusBatch batch in corpus.Read("id"))
        {
            StringColumn column = (StringColumn)batch.Documents["id"];
            for (int row = 0; row < batch.Count; row++)
            {
                if (sizes[(int)batch.FirstRow + row] > 1)
                {
                    idOf.Add((int)batch.FirstRow + row, ids.Add(column[row]));
                }
            }
        }

        for (int row = 0; row < keptFor.Length; row++)
        {
            if (row % 65536 == 0)
            {
                context.Cancellation.ThrowIfCancellationRequested();
            }

            int kept = keptFor[row];
            string? id = kept >= 0 && sizes[kept] > 1 ? ids.Get(idOf[kept]) : null;
            outcomes.Append(kept < 0 ? default : new DuplicateOutcome(id, sizes[kept], kept == row ? null : id));
        }
    }
}
