using System.Globalization;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text.Json;
using DataBuild.Stages.Score.Onnx;

namespace DataBuild.Stages.Score.Linear;

/// <summary>
/// A trained linear classifier over hashed n-grams: logits are weighted sums of table rows. With two labels the table has one column, the logit of
/// the second label; otherwise one a label. Weights are held in the 16-bit precision in which they are exported.
/// </summary>
public sealed class LinearTextClassifier
{
    private const int Lanes = 8;

    private readonly Half[] _table;
    private readonly float[] _bias;

    /// <summary>Makes a classifier.</summary>
    /// <param name="featurizer">How texts are read.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="labelValues">What each is worth.</param>
    /// <param name="table">A row of weights for each bucket, a column for each logit.</param>
    /// <param name="bias">A number for each logit.</param>
    internal LinearTextClassifier(NGramFeaturizerOptions featurizer, IReadOnlyList<string> labels, IReadOnlyList<double> labelValues, Half[] table, float[] bias)
    {
        Featurizer = featurizer;
        Labels = labels;
        LabelValues = labelValues;
        _table = table;
        _bias = bias;
    }

    /// <summary>How texts are read.</summary>
    public NGramFeaturizerOptions Featurizer { get; }

    /// <summary>The labels, in the order of the probabilities.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>What each label is worth; the score of a text is the expected value.</summary>
    public IReadOnlyList<double> LabelValues { get; }

    /// <summary>Probabilities of the labels, without a runtime; for checks and small uses.</summary>
    /// <param name="features">Features made with <see cref="Featurizer"/>.</param>
    public double[] Predict(FeatureList features)
    {
        int columns = _bias.Length;
        double[] logits = new double[columns];
        Sum(features, logits);

        if (columns == 1)
        {
            double second = 1 / (1 + Math.Exp(-logits[0]));
            return [1 - second, second];
        }

        double max = logits.Max();
        double sum = logits.Sum(x => Math.Exp(x - max));
        return [.. logits.Select(x => Math.Exp(x - max) / sum)];
    }

    // Eight columns at a time; each is summed in the order of the features, whatever the processor's vectors. Rows lie all over a table that no cache holds, so
    // they are asked for well before they are needed. A vector may reach into the row after its own: those lanes are not used.
    private unsafe void Sum(FeatureList features, Span<double> logits)
    {
        const int Ahead = 24;
        int columns = logits.Length;
        ReadOnlySpan<int> ids = features.Ids;
        ReadOnlySpan<float> values = features.Weights;
        ushort* last = stackalloc ushort[Lanes];
        fixed (Half* table = _table)
        {
            for (int column = 0; column < columns; column += Lanes)
            {
                int lanes = Math.Min(Lanes, columns - column);
                ushort* start = (ushort*)table + column;
                ushort* end = (ushort*)table + _table.Length - Lanes;
                Vector256<double> low = BiasOf(column);
                Vector256<double> high = BiasOf(column + 4);
                for (int i = 0; i < ids.Length; i++)
                {
                    if (Sse.IsSupported && i + Ahead < ids.Length)
                    {
                        Sse.Prefetch0(start + ((long)ids[i + Ahead] * columns));
                    }

                    ushort* row = start + ((long)ids[i] * columns);
                    if (row > end)
                    {
                        // The table ends within this vector.
                        new ReadOnlySpan<ushort>(row, lanes).CopyTo(new Span<ushort>(last, lanes));
                        row = last;
                    }

                    Vector256<double> value = Vector256.Create((double)values[i]);
                    (Vector128<uint> first, Vector128<uint> second) = Vector128.Widen(Vector128.Load(row));
                    low += value * ToDouble(first);
                    high += value * ToDouble(second);
                }

                for (int k = 0; k < lanes; k++)
                {
                    logits[column + k] = k < 4 ? low[k] : high[k - 4];
                }
            }
        }
    }

    private Vector256<double> BiasOf(int column)
    {
        Span<double> bias = stackalloc double[4];
        for (int k = 0; k < 4 && column + k < _bias.Length; k++)
        {
            bias[k] = _bias[column + k];
        }

        return Vector256.Create<double>(bias);
    }

    // Bits of 16-bit floating point numbers, subnormal ones too: exponent and fraction moved to their places in 32 bits, and the difference of the exponents' biases, 112, made good by a product.
    private static Vector256<double> ToDouble(Vector128<uint> half)
    {
        Vector128<uint> magnitude = (((half & Vector128.Create(0x7FFFu)) << 13).AsSingle() * Vector128.Create(5.192296858534828e33f)).AsUInt32();
        (Vector128<double> low, Vector128<double> high) = Vector128.Widen((magnitude | ((half & Vector128.Create(0x8000u)) << 16)).AsSingle());
        return Vector256.Create(low, high);
    }

    /// <summary>Expected label value.</summary>
    /// <param name="features">Features made with <see cref="Featurizer"/>.</param>
    public double Score(FeatureList features)
    {
        double[] probabilities = Predict(features);
        double score = 0;
        for (int k = 0; k < probabilities.Length; k++)
        {
            score += probabilities[k] * LabelValues[k];
        }

        return score;
    }

    /// <summary>
    /// The model as an ONNX file: inputs <c>ids</c> (int32) and <c>weights</c> (float), both [documents, features], padded with weight 0; outputs
    /// <c>probabilities</c> [documents, labels] and <c>score</c> [documents]. How inputs are made stands in the metadata.
    /// </summary>
    public byte[] ToOnnx()
    {
        int columns = _bias.Length;
        int labels = Labels.Count;
        OnnxModelBuilder model = new OnnxModelBuilder("linear text classifier")
            .Input("ids", OnnxElementType.Int32, "documents", "features")
            .Input("weights", OnnxElementType.Single, "documents", "features")
            .Output("probabilities", OnnxElementType.Single, "documents", labels.ToString(CultureInfo.InvariantCulture))
            .Output("score", OnnxElementType.Single, "documents")
            .Constant<Half>("table", _table, Featurizer.Buckets, columns)
            .Constant<float>("bias", _bias, columns)
            .Constant<float>("values", LabelValues.Select(v => (float)v).ToArray(), labels, 1)
            .Constant<long>("axis_1", [1], 1)
            .Node("Gather", ["table", "ids"], "rows_16")
            .Node("Cast", ["rows_16"], "rows", ("to", (long)OnnxElementType.Single))
            .Node("Unsqueeze", ["weights", "axis_1"], "weights_3d")
            .Node("MatMul", ["weights_3d", "rows"], "sums_3d")
            .Node("Squeeze", ["sums_3d", "axis_1"], "sums")
            .Node("Add", ["sums", "bias"], "logits");
        if (columns == 1)
        {
            model.Constant<float>("one", [1f], 1)
                .Node("Sigmoid", ["logits"], "second")
                .Node("Sub", ["one", "second"], "first")
                .Node("Concat", ["first", "second"], "probabilities", ("axis", 1));
        }
        else
        {
            model.Node("Softmax", ["logits"], "probabilities", ("axis", 1));
        }

        model.Node("MatMul", ["probabilities", "values"], "score_2d").Node("Squeeze", ["score_2d", "axis_1"], "score");
        foreach ((string name, string value) in Featurizer.ToMetadata())
        {
            model.Metadata(name, value);
        }

        return model
            .Metadata("databuild.labels", JsonSerializer.Serialize(Labels, ModelMetadataJson.Default.IReadOnlyListString))
            .Metadata("databuild.label_values", JsonSerializer.Serialize(LabelValues, ModelMetadataJson.Default.IReadOnlyListDouble))
            .Build();
    }
}
