using DataBuild.Stages.Extract.Model;

namespace DataBuild.ExtractionBenchmark;

/// <summary>
/// Gradient boosting of oblivious trees on histograms, for logistic loss with soft labels. Each tree sees a sample of whole pages, and of their rows
/// those that still have something to say: a row is drawn with a probability proportional to its gradient's size and weighs its inverse
/// (Ibragimov and Gusev 2019, "Minimal variance sampling in stochastic gradient boosting").
/// </summary>
internal static class ObliviousTrainer
{
    /// <param name="Trees">Number of trees.</param>
    /// <param name="Depth">Questions a tree, 1 to 8.</param>
    /// <param name="Rate">Learning rate.</param>
    /// <param name="Lambda">Added to a leaf's second derivative.</param>
    /// <param name="ColumnShare">Share of the features that a tree may ask of.</param>
    /// <param name="PageShare">Share of the pages that a tree sees.</param>
    /// <param name="RowShare">Share of those pages' rows that are drawn.</param>
    /// <param name="Seed">Seed of all draws.</param>
    public sealed record Settings(int Trees, int Depth, double Rate, double Lambda, double ColumnShare, double PageShare, double RowShare, int Seed);

    /// <summary>Trains on the rows that <paramref name="use"/> marks and fills <paramref name="scores"/> for all rows.</summary>
    public static ObliviousEnsemble Train(TrainingData data, bool[] use, Settings settings, float[] scores)
    {
        int leaves = 1 << settings.Depth;
        double positive = 0;
        double total = 0;
        for (int i = 0; i < data.Rows; i++)
        {
            if (use[i])
            {
                positive += (double)data.Weights[i] * data.Labels[i];
                total += data.Weights[i];
            }
        }

        float bias = (float)Math.Log(positive / (total - positive));
        Array.Fill(scores, bias);
        ushort[] features = new ushort[settings.Trees * settings.Depth];
        float[] thresholds = new float[features.Length];
        float[] values = new float[settings.Trees * leaves];
        Random random = new(settings.Seed);
        Sample sample = new(data, use, settings);
        byte[] leafOfAll = new byte[data.Rows];
        for (int tree = 0; tree < settings.Trees; tree++)
        {
            sample.Draw(random, scores);
            int[] columns = [.. Enumerable.Range(0, data.Columns).Where(c => data.Edges[c].Length > 0 && random.NextDouble() < settings.ColumnShare)];
            int[] chosen = new int[settings.Depth];
            int[] chosenBin = new int[settings.Depth];
            for (int level = 0; level < settings.Depth; level++)
            {
                (double Gain, int Bin)[] splits = new (double, int)[columns.Length];
                int depth = level;
                Parallel.For(0, columns.Length, c =>
                    splits[c] = BestSplit(data.Binned[columns[c]], data.Edges[columns[c]].Length + 1, sample, 1 << depth, settings.Lambda));
                int best = 0;
                for (int c = 1; c < splits.Length; c++)
                {
                    best = splits[c].Gain > splits[best].Gain ? c : best;
                }

                chosen[level] = columns[best];
                chosenBin[level] = splits[best].Bin;
                sample.Split(data.Binned[chosen[level]], chosenBin[level], level);
                features[(tree * settings.Depth) + level] = (ushort)chosen[level];
                thresholds[(tree * settings.Depth) + level] = data.Edges[chosen[level]][chosenBin[level]];
            }

            (double[] g, double[] h) = sample.Leaves(leaves);
            for (int l = 0; l < leaves; l++)
            {
                values[(tree * leaves) + l] = (float)(Half)(float)(settings.Rate * g[l] / (h[l] + settings.Lambda));
            }

            AddTree(data, chosen, chosenBin, leafOfAll, values.AsSpan(tree * leaves, leaves), scores);
        }

        return new ObliviousEnsemble(data.Columns, settings.Depth, bias, features, thresholds, values);
    }

    private static void AddTree(TrainingData data, int[] columns, int[] bins, byte[] leaf, ReadOnlySpan<float> values, float[] scores)
    {
        Array.Clear(leaf);
        for (int level = 0; level < columns.Length; level++)
        {
            byte[] binned = data.Binned[columns[level]];
            int bin = bins[level];
            byte bit = (byte)(1 << level);
            for (int i = 0; i < leaf.Length; i++)
            {
                leaf[i] |= binned[i] > bin ? bit : (byte)0;
            }
        }

        for (int i = 0; i < leaf.Length; i++)
        {
            scores[i] += values[leaf[i]];
        }
    }

    private static (double Gain, int Bin) BestSplit(byte[] binned, int bins, Sample sample, int leaves, double lambda)
    {
        Span<float> sums = stackalloc float[leaves * TrainingData.Bins * 2];
        ReadOnlySpan<int> rows = sample.Rows;
        ReadOnlySpan<float> gradients = sample.Gradients;
        ReadOnlySpan<float> hessians = sample.Hessians;
        ReadOnlySpan<byte> leaf = sample.Leaf;
        for (int i = 0; i < rows.Length; i++)
        {
            int at = ((leaf[i] * TrainingData.Bins) + binned[rows[i]]) * 2;
            sums[at] += gradients[i];
            sums[at + 1] += hessians[i];
        }

        Span<double> gain = stackalloc double[TrainingData.Bins];
        for (int l = 0; l < leaves; l++)
        {
            Span<float> own = sums.Slice(l * TrainingData.Bins * 2, TrainingData.Bins * 2);
            double gTotal = 0;
            double hTotal = 0;
            for (int b = 0; b < bins; b++)
            {
                gTotal += own[b * 2];
                hTotal += own[(b * 2) + 1];
            }

            double gLeft = 0;
            double hLeft = 0;
            for (int b = 0; b + 1 < bins; b++)
            {
                gLeft += own[b * 2];
                hLeft += own[(b * 2) + 1];
                double gRight = gTotal - gLeft;
                double hRight = hTotal - hLeft;
                gain[b] += (gLeft * gLeft / (hLeft + lambda)) + (gRight * gRight / (hRight + lambda));
            }
        }

        int best = 0;
        for (int b = 1; b + 1 < bins; b++)
        {
            best = gain[b] > gain[best] ? b : best;
        }

        return (gain[best], best);
    }

    // The rows that one tree sees.
    private sealed class Sample
    {
        private readonly TrainingData _data;
        private readonly Settings _settings;
        private readonly List<int[]> _pages = [];
        private readonly float[] _gradient;
        private readonly float[] _hessian;
        private readonly int[] _rows;
        private readonly byte[] _leaf;
        private int _count;

        public Sample(TrainingData data, bool[] use, Settings settings)
        {
            _data = data;
            _settings = settings;
            int all = 0;
            List<int> page = [];
            for (int i = 0; i < data.Rows; i++)
            {
                if (use[i] && data.Weights[i] > 0)
                {
                    page.Add(i);
                    all++;
                }

                if (page.Count > 0 && (i + 1 == data.Rows || data.Groups[i + 1] != data.Groups[i]))
                {
                    _pages.Add([.. page]);
                    page.Clear();
                }
            }

            _gradient = new float[all];
            _hessian = new float[all];
            _rows = new int[all];
            _leaf = new byte[all];
        }

        public ReadOnlySpan<int> Rows => _rows.AsSpan(0, _count);

        public ReadOnlySpan<float> Gradients => _gradient.AsSpan(0, _count);

        public ReadOnlySpan<float> Hessians => _hessian.AsSpan(0, _count);

        public ReadOnlySpan<byte> Leaf => _leaf.AsSpan(0, _count);

        public void Draw(Random random, float[] scores)
        {
            int n = 0;
            double size = 0;
            foreach (int[] page in _pages)
            {
                if (random.NextDouble() >= _settings.PageShare)
                {
                    continue;
                }

                foreach (int i in page)
                {
                    float p = 1f / (1f + MathF.Exp(-scores[i]));
                    _rows[n] = i;
                    _gradient[n] = _data.Weights[i] * (_data.Labels[i] - p);
                    _hessian[n] = _data.Weights[i] * Math.Max(p * (1 - p), 1e-4f);
                    size += MathF.Abs(_gradient[n]) + _hessian[n];
                    n++;
                }
            }

            // Rows above the mean for the sample's size are always drawn.
            float unit = (float)(size / Math.Max(1, n * _settings.RowShare));
            _count = 0;
            for (int k = 0; k < n; k++)
            {
                float chance = (MathF.Abs(_gradient[k]) + _hessian[k]) / unit;
                if (chance < 1 && random.NextSingle() >= chance)
                {
                    continue;
                }

                float factor = Math.Max(1, 1 / chance);
                _rows[_count] = _rows[k];
                _gradient[_count] = _gradient[k] * factor;
                _hessian[_count] = _hessian[k] * factor;
                _count++;
            }

            Array.Clear(_leaf, 0, _count);
        }

        public void Split(byte[] binned, int bin, int level)
        {
            byte bit = (byte)(1 << level);
            for (int i = 0; i < _count; i++)
            {
                _leaf[i] |= binned[_rows[i]] > bin ? bit : (byte)0;
            }
        }

        public (double[] Gradients, double[] Hessians) Leaves(int leaves)
        {
            double[] g = new double[leaves];
            double[] h = new double[leaves];
            for (int i = 0; i < _count; i++)
            {
                g[_leaf[i]] += _gradient[i];
                h[_leaf[i]] += _hessian[i];
            }

            return (g, h);
        }
    }
}
