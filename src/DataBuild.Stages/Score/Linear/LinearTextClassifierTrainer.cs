namespace DataBuild.Stages.Score.Linear;

/// <summary>A text with the label that it should get.</summary>
/// <param name="Text">The text.</param>
/// <param name="Label">The label.</param>
public readonly record struct LabeledText(string Text, string Label);

/// <summary>
/// Trains a linear classifier over hashed n-grams: multinomial logistic regression by stochastic gradient descent with a step size a weight
/// (AdaGrad; Duchi, Hazan and Singer 2011). The same examples, in whatever number of threads, give the same model to the bit.
/// </summary>
public sealed record LinearTextClassifierTrainer
{
    private const int ChunkSize = 128;

    /// <summary>How texts are read.</summary>
    public NGramFeaturizerOptions Featurizer { get; init; } = new();

    /// <summary>Passes over the examples.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Size of a weight's first step; falls linearly to 0 over the passes.</summary>
    public double LearningRate { get; init; } = 0.5;

    /// <summary>Strength of the pull to zero on weights that an example touches.</summary>
    public double L2 { get; init; } = 1e-4;

    /// <summary>Gives every label the same total weight, however many examples it has.</summary>
    public bool BalanceLabels { get; init; } = true;

    /// <summary>Seed of the order of examples.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads that read texts; without effect on the model.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Trains a classifier.</summary>
    /// <param name="examples">Labelled texts; their order takes part in the result.</param>
    /// <param name="labels">The labels in the order of the probabilities, with the value of each for the score.</param>
    /// <param name="cancellation">Ends training.</param>
    /// <exception cref="ArgumentException">Fewer than two labels, a label without an example, or an example with another label.</exception>
    public LinearTextClassifier Train(IReadOnlyList<LabeledText> examples, IReadOnlyList<(string Label, double Value)> labels, CancellationToken cancellation = default)
    {
        (int[] targets, double[] importance) = Prepare(examples, labels);
        int columns = labels.Count == 2 ? 1 : labels.Count;
        float[] weights = new float[Featurizer.Buckets * columns];
        float[] squares = new float[weights.Length];
        double[] bias = new double[columns];
        double[] biasSquares = new double[columns];
        double[] errors = new double[columns];
        int[] order = [.. Enumerable.Range(0, examples.Count)];
        FeatureList[] chunk = [.. Enumerable.Range(0, Math.Min(ChunkSize, examples.Count)).Select(_ => new FeatureList())];
        using ThreadLocal<NGramFeaturizer> featurizers = new(() => new NGramFeaturizer(Featurizer));
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Math.Max(1, Threads), CancellationToken = cancellation };
        ulong random = Seed;
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            Shuffle(order, ref random);
            for (int start = 0; start < order.Length; start += chunk.Length)
            {
                int count = Math.Min(chunk.Length, order.Length - start);
                Parallel.For(0, count, parallel, i => featurizers.Value!.Featurize(examples[order[start + i]].Text, chunk[i]));
                double rate = LearningRate * (1 - ((epoch * (double)order.Length) + start) / (Epochs * (double)order.Length));
                for (int i = 0; i < count; i++)
                {
                    int example = order[start + i];
                    Step(chunk[i], targets[example], importance[example], rate, weights, squares, bias, biasSquares, errors);
                }
            }
        }

        return new LinearTextClassifier(
            Featurizer,
            [.. labels.Select(l => l.Label)],
            [.. labels.Select(l => l.Value)],
            Array.ConvertAll(weights, w => (Half)w),
            Array.ConvertAll(bias, b => (float)b));
    }

    private (int[] Targets, double[] Importance) Prepare(IReadOnlyList<LabeledText> examples, IReadOnlyList<(string Label, double Value)> labels)
    {
        if (labels.Count < 2)
        {
            throw new ArgumentException($"{labels.Count} labels; expected at least 2", nameof(labels));
        }

        Dictionary<string, int> indexOf = new(StringComparer.Ordinal);
        for (int k = 0; k < labels.Count; k++)
        {
            indexOf.Add(labels[k].Label, k);
        }

        int[] targets = new int[examples.Count];
        int[] counts = new int[labels.Count];
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] = indexOf.TryGetValue(examples[i].Label, out int k)
                ? k
                : throw new ArgumentException($"example {i} has the label '{examples[i].Label}'; expected one of {string.Join(", ", indexOf.Keys)}", nameof(examples));
            counts[k]++;
        }

        int missing = Array.IndexOf(counts, 0);
        if (missing >= 0)
        {
            throw new ArgumentException($"no example has the label '{labels[missing].Label}'", nameof(examples));
        }

        double[] importance = Array.ConvertAll(targets, k => BalanceLabels ? examples.Count / ((double)labels.Count * counts[k]) : 1);
        return (targets, importance);
    }

    private void Step(
        FeatureList features, int target, double importance, double rate,
        float[] weights, float[] squares, double[] bias, double[] biasSquares, double[] errors)
    {
        int columns = errors.Length;
        ReadOnlySpan<int> ids = features.Ids;
        ReadOnlySpan<float> values = features.Weights;
        bias.CopyTo(errors, 0);
        for (int i = 0; i < ids.Length; i++)
        {
            int row = ids[i] * columns;
            for (int k = 0; k < columns; k++)
            {
                errors[k] += values[i] * (double)weights[row + k];
            }
        }

        ToErrors(errors, target, importance);
        for (int k = 0; k < columns; k++)
        {
            biasSquares[k] += errors[k] * errors[k];
            bias[k] -= rate * errors[k] / Math.Sqrt(biasSquares[k] + 1e-12);
        }

        for (int i = 0; i < ids.Length; i++)
        {
            int row = ids[i] * columns;
            for (int k = 0; k < columns; k++)
            {
                ref float weight = ref weights[row + k];
                float gradient = (float)((errors[k] * values[i]) + (L2 * weight));
                ref float square = ref squares[row + k];
                square += gradient * gradient;
                weight -= (float)rate * gradient / MathF.Sqrt(square + 1e-12f);
            }
        }
    }

    // From logits to the derivative of the log loss by each logit.
    private static void ToErrors(double[] logits, int target, double importance)
    {
        if (logits.Length == 1)
        {
            logits[0] = importance * ((1 / (1 + Math.Exp(-logits[0]))) - target);
            return;
        }

        double max = logits.Max();
        double sum = 0;
        foreach (ref double logit in logits.AsSpan())
        {
            logit = Math.Exp(logit - max);
            sum += logit;
        }

        for (int k = 0; k < logits.Length; k++)
        {
            logits[k] = importance * ((logits[k] / sum) - (k == target ? 1 : 0));
        }
    }

    private static void Shuffle(int[] order, ref ulong state)
    {
        for (int i = order.Length - 1; i > 0; i--)
        {
            // SplitMix64 (Steele, Lea and Flood 2014).
            ulong z = state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            int j = (int)((z ^ (z >> 31)) % (ulong)(i + 1));
            (order[i], order[j]) = (order[j], order[i]);
        }
    }
}
