namespace DataBuild.Stages.Deduplicate;

/// <summary>
/// Elects documents where each is compared in several clusters: from the best rank to the worst, one goes when a kept one is near it in any of its clusters. Whether that one is
/// kept may be decided in another cluster, so near pairs are written down first and the election follows their order.
/// </summary>
internal sealed class OverlappingClusters(ClusterWalk clusters, int[] ranks, double minCosine)
{
    /// <summary>For each row the kept row that stands for it: itself, or that of the best rank within reach; -1 where it took no part.</summary>
    /// <param name="context">Scratch folder and cancellation.</param>
    /// <param name="memoryBytes">Memory for sorting the pairs.</param>
    public int[] NearestKept(StageContext context, long memoryBytes)
    {
        bool[] hasBetter = FindThoseWithBetter();
        using RunSorter<KeyedRow> pairs = new(context.ScratchDirectory, "semantic", memoryBytes, context.Cancellation);
        clusters.ForEach((rows, vectors) =>
        {
            for (int i = 1; i < rows.Length; i++)
            {
                // The first of those near that has no better one itself stays for certain: what comes after it decides nothing.
                for (int better = 0; hasBetter[rows[i]] && better < i; better++)
                {
                    if (FixedOrderMath.Dot(vectors[rows[better]], vectors[rows[i]]) >= minCosine)
                    {
                        pairs.Add(new KeyedRow(((ulong)(uint)ranks[rows[i]] << 32) | (uint)ranks[rows[better]], 0));
                        if (!hasBetter[rows[better]])
                        {
                            break;
                        }
                    }
                }
            }
        });

        int[] keptFor = [.. ranks.Select((rank, row) => rank < 0 ? -1 : row)];
        using SortedRecords<KeyedRow> sorted = pairs.Sort();
        while (sorted.TryRead(out KeyedRow pair))
        {
            int row = clusters.RowOfRank[(int)(pair.Key >> 32)];
            int better = clusters.RowOfRank[(int)(uint)pair.Key];
            if (keptFor[row] == row && keptFor[better] == better)
            {
                keptFor[row] = better;
            }
        }

        return keptFor;
    }

    private bool[] FindThoseWithBetter()
    {
        bool[] hasBetter = new bool[ranks.Length];
        clusters.ForEach((rows, vectors) =>
        {
            for (int i = 1; i < rows.Length; i++)
            {
                for (int better = 0; !hasBetter[rows[i]] && better < i; better++)
                {
                    hasBetter[rows[i]] = FixedOrderMath.Dot(vectors[rows[better]], vectors[rows[i]]) >= minCosine;
                }
            }
        });
        return hasBetter;
    }
}
