namespace DataBuild.Stages.Deduplicate;

/// <summary>
/// k-means on the unit sphere (Dhillon and Modha 2001). The first centroids are the documents whose seeded hash of their vector is least; sums are kept
/// in fixed point, where addition has no order; a tie goes to the lower cluster. So the result does not depend on the order of the rows.
/// </summary>
internal sealed class SphericalKMeans(EmbeddingSource source, int clusters, int iterations, int seed)
{
    // Components are at most 1, so sums of 2^31 of them stay below 2^63.
    private const double FixedPoint = 1L << 31;

    private float[][] _centroids = [];

    /// <summary>Clusters that were made.</summary>
    public int Count => _centroids.Length;

    /// <summary>Cluster of each row; -1 for rows that have rank -1 or no vector.</summary>
    public int[] Assign(int[] ranks)
    {
        int[] clusterOf = new int[ranks.Length];
        Array.Fill(clusterOf, -1);
        float[][] centroids = FirstCentroids(ranks);
        for (int iteration = 0; iteration < iterations && centroids.Length > 0; iteration++)
        {
            _centroids = [.. centroids];
            long[][] sums = [.. centroids.Select(_ => new long[source.Dimension])];
            bool hasChanged = false;
            source.ForEach(row => ranks[row] >= 0, (row, vector) =>
            {
                int nearest = Nearest(centroids, vector);
                hasChanged |= clusterOf[row] != nearest;
                clusterOf[row] = nearest;
                long[] sum = sums[nearest];
                for (int i = 0; i < vector.Length; i++)
                {
                    sum[i] += (long)Math.Round(vector[i] * FixedPoint);
                }
            });
            if (!hasChanged)
            {
                break;
            }

            for (int c = 0; c < centroids.Length; c++)
            {
                centroids[c] = Centroid(sums[c]) ?? centroids[c];
            }
        }

        return clusterOf;
    }

    /// <summary>
    /// The clusters of each row whose centroids are nearest, its own first: <paramref name="count"/> numbers a row, -1 as in <see cref="Assign"/>. After <see cref="Assign"/> only.
    /// </summary>
    /// <param name="clusterOf">What <see cref="Assign"/> returned.</param>
    /// <param name="count">Clusters a row; at most <see cref="Count"/>.</param>
    public int[] AssignNearest(int[] clusterOf, int count)
    {
        int[] nearest = new int[clusterOf.Length * count];
        Array.Fill(nearest, -1);
        float[] distances = new float[_centroids.Length];
        int[] order = new int[_centroids.Length];
        source.ForEach(row => clusterOf[row] >= 0, (row, vector) =>
        {
            for (int c = 0; c < order.Length; c++)
            {
                order[c] = c;
                distances[c] = -FixedOrderMath.Dot(_centroids[c], vector);
            }

            Array.Sort(order, (a, b) => distances[a] != distances[b] ? distances[a].CompareTo(distances[b]) : a.CompareTo(b));
            order.AsSpan(0, count).CopyTo(nearest.AsSpan(row * count));
        });
        return nearest;
    }

    private static int Nearest(float[][] centroids, ReadOnlySpan<float> vector)
    {
        int nearest = 0;
        float best = float.NegativeInfinity;
        for (int c = 0; c < centroids.Length; c++)
        {
            float similarity = FixedOrderMath.Dot(centroids[c], vector);
            if (similarity > best)
            {
                best = similarity;
                nearest = c;
            }
        }

        return nearest;
    }

    private static float[]? Centroid(long[] sum)
    {
        double norm = Math.Sqrt(sum.Sum(s => (double)s * s));
        return norm == 0 ? null : [.. sum.Select(s => (float)(s / norm))];
    }

    private float[][] FirstCentroids(int[] ranks)
    {
        // Keyed by the hash of the vector: equal vectors make one centroid.
        SortedDictionary<ulong, float[]> least = [];
        long documents = 0;
        source.ForEach(row => ranks[row] >= 0, (_, _) => documents++);
        int count = (int)Math.Min(documents, clusters > 0 ? clusters : (long)Math.Ceiling(Math.Sqrt(documents)));
        ulong worst = ulong.MaxValue;
        source.ForEach(row => ranks[row] >= 0, (_, vector) =>
        {
            ulong key = StableHash.Mix((ulong)seed);
            foreach (float value in vector)
            {
                key = StableHash.Combine(key, BitConverter.SingleToUInt32Bits(value));
            }

            if ((least.Count < count || key < worst) && count > 0)
            {
                least[key] = vector.ToArray();
                if (least.Count > count)
                {
                    least.Remove(worst);
                }

                worst = least.Count == count ? least.Keys.Last() : ulong.MaxValue;
            }
        });
        return [.. least.Values];
    }
}
