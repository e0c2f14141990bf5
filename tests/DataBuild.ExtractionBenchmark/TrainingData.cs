namespace DataBuild.ExtractionBenchmark;

/// <summary>Rows to train on: binned features column by column, soft labels, weights.</summary>
internal sealed class TrainingData(int rows, int columns)
{
    public const int Bins = 64;

    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    public byte[][] Binned { get; } = new byte[columns][];

    /// <summary>Per column the thresholds between bins: bin k holds values above threshold k-1 and not above threshold k.</summary>
    public float[][] Edges { get; } = new float[columns][];

    public float[] Labels { get; } = new float[rows];

    public float[] Weights { get; } = new float[rows];

    public int[] Groups { get; } = new int[rows];

    public void SetColumn(int column, float[] values)
    {
        float[] sorted = [.. values];
        Array.Sort(sorted);
        List<float> edges = [];
        for (int k = 1; k < Bins; k++)
        {
            int at = (int)((long)k * sorted.Length / Bins);
            float value = sorted[Math.Max(0, at - 1)];
            if ((edges.Count == 0 || value > edges[^1]) && value < sorted[^1])
            {
                edges.Add(value);
            }
        }

        // Rare values at both ends would share a bin: room that ties left over goes to them.
        if (edges.Count < Bins / 2)
        {
            List<float> distinct = [.. sorted.Distinct()];
            int step = Math.Max(1, distinct.Count / (Bins - edges.Count));
            for (int k = 0; k + 1 < distinct.Count && edges.Count < Bins - 1; k += step)
            {
                if (!edges.Contains(distinct[k]))
                {
                    edges.Add(distinct[k]);
                }
            }

            edges.Sort();
        }

        Edges[column] = [.. edges];
        byte[] binned = new byte[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int at = Array.BinarySearch(Edges[column], values[i]);
            binned[i] = (byte)(at < 0 ? ~at : at);
        }

        Binned[column] = binned;
    }
}
