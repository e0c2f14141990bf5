using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using DataBuild.Stages.Score.Onnx;

namespace DataBuild.Stages.Score.Linear;

/// <summary>
/// A trained linear classifier over hashed n-grams: logits are weighted sums of table rows. With two labels the table has one column, the logit of
/// the second label; otherwise one a label. Weights are held in the 16-bit precision in which they are exported.
/// </summary>
public sealed class LinearTextClassifier
{
    private readonly Half[] _table;
    private readonly float[] _bias;
    private readonly Lazy<float[]> _weights;

    internal LinearTextClassifier(NGramFeaturizerOptions featurizer, IReadOnlyList<string> labels, IReadOnlyList<double> labelValues, Half[] table, float[] bias)
    {
        Featurizer = featurizer;
        Labels = labels;
        LabelValues = labelValues;
        _table = table;
        _bias = bias;
        _weights = new Lazy<float[]>(() =>
        {
            float[] weights = new float[table.Length];
            TensorPrimitives.ConvertToSingle(table, weights);
            return weights;
        });
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
        for (int k = 0; k < columns; k++)
        {
            logits[k] = _bias[k];
        }

        float[] table = _weights.Value;
        ReadOnlySpan<int> ids = features.Ids;
        ReadOnlySpan<float> values = features.Weights;
        for (int i = 0; i < ids.Length; i++)
        {
            ReadOnlySpan<float> row = table.AsSpan(ids[i] * columns, columns);
            double value = values[i];
            for (int k = 0; k < row.Length; k++)
            {
                logits[k] += value * row[k];
            }
        }

        if (columns == 1)
        {
            double second = 1 / (1 + Math.Exp(-logits[0]));
            return [1 - second, second];
        }

        double max = logits.Max();
        double sum = logits.Sum(x => Math.Exp(x - max));
        return [.. logits.Select(x => Math.Exp(x - max) / sum)];
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
