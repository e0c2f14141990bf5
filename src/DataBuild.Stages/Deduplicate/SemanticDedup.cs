namespace DataBuild.Stages.Deduplicate;

/// <summary>
/// Removes documents whose embedding is close to that of a better document (SemDeDup: Abbas et al. 2023): k-means divides the corpus, and within a
/// cluster, never across two, a document goes when its cosine similarity to a kept one of better priority reaches <see cref="MinCosine"/>. Near documents in different clusters
/// both stay: only one cluster finds every pair. Everything is seeded and exact in its sums, so the result depends on the documents alone.
/// </summary>
[Stage("SemanticDedup", Phase = StagePhase.Deduplicate, ColumnPrefix = "semantic")]
public sealed partial record SemanticDedup : CorpusStage<NoFigures, DuplicateOutcome>
{
    /// <summary>Column of embeddings (lists of 32-bit floats of one length).</summary>
    [Option(Required = true)]
    public string Embedding { get; init; } = "";

    /// <summary>Number of k-means clusters; near documents in different ones both stay, 1 compares all; 0 takes the square root of the number of documents.</summary>
    [Option(Min = 0, Max = 1000000), Threshold]
    public int Clusters { get; init; }

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
        int[] clusterOf = new SphericalKMeans(source, Clusters, Iterations, Seed).Assign(ranks);
        int[] keptFor = NearestKept(source, ranks, clusterOf, memory);
        Write(corpus, keptFor, outcomes, context);
    }

    /// <inheritdoc />
    public override Verdict Decide(in DuplicateOutcome outcome) => Verdict.DropIf(outcome.DuplicateOf is not null, "semantic_duplicate");

    /// <summary>For each row the kept row that stands for it: itself, or that of the best rank within reach; -1 where it took no part.</summary>
    private int[] NearestKept(EmbeddingSource source, int[] ranks, int[] clusterOf, long memory)
    {
        int[] keptFor = new int[ranks.Length];
        int[] byCluster = [.. Enumerable.Range(0, ranks.Length).Where(r => clusterOf[r] >= 0)];
        Array.Sort(byCluster, (a, b) => clusterOf[a] != clusterOf[b] ? clusterOf[a].CompareTo(clusterOf[b]) : ranks[a].CompareTo(ranks[b]));
        for (int row = 0; row < keptFor.Length; row++)
        {
            keptFor[row] = ranks[row] < 0 ? -1 : row;
        }

        long capacity = Math.Max(1, memory / 2 / Math.Max(1, source.Dimension * sizeof(float)));
        for (int start = 0; start < byCluster.Length;)
        {
            // Whole clusters, as many as fit; a cluster that does not fit alone is held alone.
            int end = start;
            while (end < byCluster.Length)
            {
                int next = end;
                while (next < byCluster.Length && clusterOf[byCluster[next]] == clusterOf[byCluster[end]])
                {
                    next++;
                }

                if (end > start && next - start > capacity)
                {
                    break;
                }

                end = next;
            }

            Dictionary<int, float[]> vectors = source.Load(byCluster.AsSpan(start, end - start));
            List<int> kept = [];
            for (int i = start; i < end; i++)
            {
                int row = byCluster[i];
                if (i == start || clusterOf[row] != clusterOf[byCluster[i - 1]])
                {
                    kept.Clear();
                }

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

            start = end;
        }

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
