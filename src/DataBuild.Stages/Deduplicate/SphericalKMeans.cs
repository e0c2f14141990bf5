namespace DataBuild.Stages.Deduplicate;

/// <summary>The embeddings of a corpus, made unit length as they are read.</summary>
internal sealed class EmbeddingSource(Corpus corpus, string column, StageContext context)
{
    private float[] _vector = [];

    /// <summary>Length of a vector; 0 before the first was read.</summary>
    public int Dimension { get; private set; }

    /// <summary>Calls back for every row that has a vector other than zero. The span is valid during the call.</summary>
    public void ForEach(Func<int, bool> isChosen, VectorAction action)
    {
        foreach (CorpusBatch batch in corpus.Read(column))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (batch.Documents[column] is not ListColumn<float> vectors)
            {
                throw new StageException("DB4107", $"column '{column}' holds {batch.Documents[column].Type}; expected lists of 32-bit floating point numbers");
            }

            for (int row = 0; row < batch.Count; row++)
            {
                ReadOnlySpan<float> vector = vectors[row];
                int ordinal = (int)batch.FirstRow + row;
                if (vector.IsEmpty || !batch.Alive.Span[row] || !isChosen(ordinal))
                {
                    continue;
                }

                if (Dimension == 0)
                {
                    Dimension = vector.Length;
                    _vector = new float[Dimension];
                }

                if (vector.Length != Dimension)
                {
                    throw new StageException("DB4107", $"column '{column}' holds a vector of {vector.Length} numbers in row {ordinal}; expected {Dimension} as in the rows before");
                }

                if (FixedOrderMath.TryNormalize(vector, _vector))
                {
                    action(ordinal, _vector);
                }
            }
        }
    }

    /// <summary>The vectors of some rows.</summary>
    public Dictionary<int, float[]> Load(ReadOnlySpan<int> rows)
    {
        Dictionary<int, float[]> vectors = new(rows.Length);
        HashSet<int> wanted = [.. rows];
        ForEach(wanted.Contains, (row, vector) => vectors.Add(row, vector.ToArray()));
        return vectors;
    }

    /// <summary>Receives a vector.</summary>
    public delegate void VectorAction(int row, ReadOnlySpan<float> vector);
}

/// <summary>
/// k-means on the unit sphere (Dhillon and Modha 2001). The first centroids are the documents whose seeded hash of their vector is least; sums are kept
/// in fixed point, where addition has no order; a tie goes to the lower cluster. So the result does not depend on the order of the rows.
/// </summary>
internal sealed class SphericalKMeans(EmbeddingSource source, int clusters, int iterations, int seed)
{
    // Components are at most 1, so sums of 2^31 of them stay below 2^63.
    private const double FixedPoint = 1L << 31;

    /// <summary>Cluster of each row; -1 for rows that have rank -1 or no vector.</summary>
    public int[] Assign(int[] ranks)
    {
        int[] clusterOf = new int[ranks.Length];
        Array.Fill(clusterOf, -1);
        float[][] centroids = FirstCentroids(ranks);
        for (int iteration = 0; iteration < iterations && centroids.Length > 0; iteration++)
        {
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
