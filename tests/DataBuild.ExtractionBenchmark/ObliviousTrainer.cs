using DataBuild.Stages.Extract.Model;

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

/// <summary>Gradient boosting of oblivious trees on histograms, for logistic loss with soft labels.</summary>
internal static class ObliviousTrainer
{
    public sealed record Settings(int Trees, int Depth, double Rate, double Lambda, double ColumnShare, double RowShare, int Seed);

    /// <summary>Trains on the rows that <paramref name="use"/> marks and fills <paramref name="scores"/> for all rows.</summary>
    public static ObliviousEnsemble Train(TrainingData data, bool[] use, Settings settings, float[] scores, Action<int>? progress = null)
    {
        int leaves = 1 << settings.Depth;
        int[] rows = [.. Enumerable.Range(0, data.Rows).Where(i => use[i])];
        double positive = rows.Sum(i => (double)data.Weights[i] * data.Labels[i]);
        double total = rows.Sum(i => (double)data.Weights[i]);
        float bias = (float)Math.Log(positive / (total - positive));
        Array.Fill(scores, bias);
        ushort[] features = new ushort[settings.Trees * settings.Depth];
        float[] thresholds = new float[features.Length];
        float[] values = new float[settings.Trees * leaves];
        Random random = new(settings.Seed);
        byte[] allLeaf = new byte[data.Rows];
        List<(int Start, int End)> pages = [];
        for (int start = 0; start < data.Rows;)
        {
            int end = start;
            while (end < data.Rows && data.Groups[end] == data.Groups[start])
            {
                end++;
            }

            if (use[start])
            {
                pages.Add((start, end));
            }

            start = end;
        }

        for (int tree = 0; tree < settings.Trees; tree++)
        {
            // Whole pages are sampled: blocks of one page are too much alike. Their rows lie together.
            List<(int Start, int End)> runs = [];
            int size = 0;
            foreach ((int start, int end) in pages)
            {
                if (random.NextDouble() < settings.RowShare)
                {
                    runs.Add((start, end));
                    size += end - start;
                }
            }

            float[] gradient = new float[size];
            float[] hessian = new float[size];
            byte[] leaf = new byte[size];
            int at = 0;
            foreach ((int start, int end) in runs)
            {
                for (int i = start; i < end; i++, at++)
                {
                    float p = 1f / (1f + MathF.Exp(-scores[i]));
                    gradient[at] = data.Weights[i] * (data.Labels[i] - p);
                    hessian[at] = data.Weights[i] * Math.Max(p * (1 - p), 1e-4f);
                }
            }

            int[] columns = [.. Enumerable.Range(0, data.Columns).Where(c => data.Edges[c].Length > 0 && random.NextDouble() < settings.ColumnShare)];
            int[] chosen = new int[settings.Depth];
            int[] chosenBin = new int[settings.Depth];
            for (int level = 0; level < settings.Depth; level++)
            {
                (double Gain, int Column, int Bin) best = (double.MinValue, -1, 0);
                object gate = new();
                Parallel.ForEach(columns, column =>
                {
                    (double gain, int bin) = BestSplit(data.Binned[column], data.Edges[column].Length + 1, runs, gradient, hessian, leaf, 1 << level, settings.Lambda);
                    lock (gate)
                    {
                        if (gain > best.Gain || (gain == best.Gain && column < best.Column))
                        {
                            best = (gain, column, bin);
                        }
                    }
                });
                chosen[level] = best.Column;
                chosenBin[level] = best.Bin;
                byte[] binned = data.Binned[best.Column];
                byte bit = (byte)(1 << level);
                at = 0;
                foreach ((int start, int end) in runs)
                {
                    for (int i = start; i < end; i++, at++)
                    {
                        leaf[at] |= binned[i] > best.Bin ? bit : (byte)0;
                    }
                }

                features[(tree * settings.Depth) + level] = (ushort)best.Column;
                thresholds[(tree * settings.Depth) + level] = data.Edges[best.Column][best.Bin];
            }

            double[] g = new double[leaves];
            double[] h = new double[leaves];
            for (int i = 0; i < size; i++)
            {
                g[leaf[i]] += gradient[i];
                h[leaf[i]] += hessian[i];
            }

            for (int l = 0; l < leaves; l++)
            {
                values[(tree * leaves) + l] = (float)(Half)(float)(settings.Rate * g[l] / (h[l] + settings.Lambda));
            }

            Array.Clear(allLeaf);
            for (int level = 0; level < settings.Depth; level++)
            {
                byte[] binned = data.Binned[chosen[level]];
                int bin = chosenBin[level];
                byte bit = (byte)(1 << level);
                for (int i = 0; i < allLeaf.Length; i++)
                {
                    allLeaf[i] |= binned[i] > bin ? bit : (byte)0;
                }
            }

            for (int i = 0; i < allLeaf.Length; i++)
            {
                scores[i] += values[(tree * leaves) + allLeaf[i]];
            }

            progress?.Invoke(tree + 1);
        }

        return new ObliviousEnsemble(data.Columns, settings.Depth, bias, features, thresholds, values);
    }

    private static (double Gain, int Bin) BestSplit(byte[] binned, int bins, List<(int Start, int End)> runs, float[] gradient, float[] hessian, byte[] leaf, int leaves, double lambda)
    {
        Span<float> g = stackalloc float[leaves * TrainingData.Bins];
        Span<float> h = stackalloc float[leaves * TrainingData.Bins];
        int row = 0;
        foreach ((int start, int end) in runs)
        {
            ReadOnlySpan<byte> values = binned.AsSpan(start, end - start);
            ReadOnlySpan<float> gs = gradient.AsSpan(row, values.Length);
            ReadOnlySpan<float> hs = hessian.AsSpan(row, values.Length);
            ReadOnlySpan<byte> ls = leaf.AsSpan(row, values.Length);
            for (int i = 0; i < values.Length; i++)
            {
                int at = (ls[i] * TrainingData.Bins) + values[i];
                g[at] += gs[i];
                h[at] += hs[i];
            }

            row += values.Length;
        }

        Span<double> gain = stackalloc double[TrainingData.Bins];
        for (int l = 0; l < leaves; l++)
        {
            double gTotal = 0;
            double hTotal = 0;
            for (int b = 0; b < bins; b++)
            {
                gTotal += g[(l * TrainingData.Bins) + b];
                hTotal += h[(l * TrainingData.Bins) + b];
            }

            double gLeft = 0;
            double hLeft = 0;
            for (int b = 0; b + 1 < bins; b++)
            {
                gLeft += g[(l * TrainingData.Bins) + b];
                hLeft += h[(l * TrainingData.Bins) + b];
                double gRight = gTotal - gLeft;
                double hRight = hTotal - hLeft;
                gain[b] += (gLeft * gLeft / (hLeft + lambda)) + (gRight * gRight / (hRight + lambda));
            }
        }

        int best = 0;
        for (int b = 1; b + 1 < bins; b++)
        {
            if (gain[b] > gain[best])
            {
                best = b;
            }
        }

        return (gain[best], best);
    }
}
