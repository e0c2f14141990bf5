using System.Runtime.InteropServices;

namespace DataBuild.Stages.Score.Onnx;

/// <summary>Element types of ONNX tensors (<c>TensorProto.DataType</c> in onnx.proto).</summary>
public enum OnnxElementType
{
    /// <summary>32-bit float.</summary>
    Single = 1,

    /// <summary>8-bit signed integer.</summary>
    SByte = 3,

    /// <summary>32-bit integer.</summary>
    Int32 = 6,

    /// <summary>64-bit integer.</summary>
    Int64 = 7,

    /// <summary>True or false.</summary>
    Boolean = 9,

    /// <summary>16-bit float.</summary>
    Half = 10,
}

/// <summary>
/// Builds an ONNX model file, for models that are trained here. Nodes must be added in an order in which every input exists.
/// Field numbers are those of onnx.proto (github.com/onnx/onnx), IR version 8.
/// </summary>
public sealed class OnnxModelBuilder
{
    private readonly ProtobufWriter _graph = new();
    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly string _producerVersion;
    private int _nodes;

    /// <summary>Creates an empty graph.</summary>
    /// <param name="name">Name of the graph.</param>
    /// <param name="producerVersion">Version of whatever trained the model; part of the file.</param>
    public OnnxModelBuilder(string name, string producerVersion = "1")
    {
        _graph.Text(2, name);
        _producerVersion = producerVersion;
    }

    /// <summary>Declares an input. A dimension is a number, or the name of a free one.</summary>
    public OnnxModelBuilder Input(string name, OnnxElementType type, params ReadOnlySpan<string> shape)
    {
        _graph.Message(11, ValueInfo(name, type, shape));
        return this;
    }

    /// <summary>Declares an output; see <see cref="Input"/>.</summary>
    public OnnxModelBuilder Output(string name, OnnxElementType type, params ReadOnlySpan<string> shape)
    {
        _graph.Message(12, ValueInfo(name, type, shape));
        return this;
    }

    /// <summary>Adds constant values.</summary>
    /// <exception cref="NotSupportedException">The type of the values is none of <see cref="OnnxElementType"/>.</exception>
    public OnnxModelBuilder Constant<T>(string name, ReadOnlySpan<T> values, params ReadOnlySpan<long> shape) where T : unmanaged
    {
        OnnxElementType type = typeof(T) == typeof(float) ? OnnxElementType.Single
            : typeof(T) == typeof(sbyte) ? OnnxElementType.SByte
            : typeof(T) == typeof(int) ? OnnxElementType.Int32
            : typeof(T) == typeof(long) ? OnnxElementType.Int64
            : typeof(T) == typeof(Half) ? OnnxElementType.Half
            : throw new NotSupportedException($"'{typeof(T)}' is not the element type of a constant");
        ProtobufWriter tensor = new();
        foreach (long dimension in shape)
        {
            tensor.Integer(1, dimension);
        }

        tensor.Integer(2, (long)type).Text(8, name).Bytes(9, MemoryMarshal.AsBytes(values));
        _graph.Message(5, tensor);
        return this;
    }

    /// <summary>Adds a node of the default operator set.</summary>
    /// <param name="type">Operator, such as <c>Gather</c>.</param>
    /// <param name="inputs">Names of values.</param>
    /// <param name="output">Name of the result.</param>
    /// <param name="attributes">Integer attributes of the operator.</param>
    public OnnxModelBuilder Node(string type, ReadOnlySpan<string> inputs, string output, params ReadOnlySpan<(string Name, long Value)> attributes)
    {
        ProtobufWriter node = new();
        foreach (string input in inputs)
        {
            node.Text(1, input);
        }

        node.Text(2, output).Text(3, $"{type}_{_nodes++}").Text(4, type);
        foreach ((string name, long value) in attributes)
        {
            node.Message(5, new ProtobufWriter().Text(1, name).Integer(3, value).Integer(20, 2));
        }

        _graph.Message(1, node);
        return this;
    }

    /// <summary>Adds a node with one attribute that is a list of integers, such as <c>perm</c> of Transpose.</summary>
    /// <param name="type">Operator.</param>
    /// <param name="inputs">Names of values.</param>
    /// <param name="output">Name of the result.</param>
    /// <param name="attribute">Name of the attribute.</param>
    /// <param name="values">Its values.</param>
    public OnnxModelBuilder Node(string type, ReadOnlySpan<string> inputs, string output, string attribute, ReadOnlySpan<long> values)
    {
        ProtobufWriter node = new();
        foreach (string input in inputs)
        {
            node.Text(1, input);
        }

        ProtobufWriter list = new ProtobufWriter().Text(1, attribute);
        foreach (long value in values)
        {
            list.Integer(8, value);
        }

        node.Text(2, output).Text(3, $"{type}_{_nodes++}").Text(4, type).Message(5, list.Integer(20, 7));
        _graph.Message(1, node);
        return this;
    }

    /// <summary>
    /// Adds a product with a matrix of weights in 8-bit integers: QuantizeLinear, MatMulInteger, and the product of both scales. The input's scale is fixed, not taken
    /// from each batch (DynamicQuantizeLinear), so that a text's result does not depend on the texts beside it. Weights have a scale a column; zero points are 0.
    /// </summary>
    /// <param name="input">Name of the float input [..., rows].</param>
    /// <param name="range">Largest magnitude of the input that is told apart; larger ones count as this.</param>
    /// <param name="weights">Weights [rows, columns], row by row.</param>
    /// <param name="columns">Columns of the weights.</param>
    /// <param name="output">Name of the float result [..., columns].</param>
    public OnnxModelBuilder QuantizedMatMul(string input, float range, ReadOnlySpan<float> weights, int columns, string output)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(range);
        float[] scales = new float[columns];
        for (int i = 0; i < weights.Length; i++)
        {
            scales[i % columns] = Math.Max(scales[i % columns], Math.Abs(weights[i]) / sbyte.MaxValue);
        }

        sbyte[] quantized = new sbyte[weights.Length];
        for (int i = 0; i < quantized.Length; i++)
        {
            quantized[i] = scales[i % columns] == 0 ? (sbyte)0 : (sbyte)MathF.Round(weights[i] / scales[i % columns]);
        }

        float inputScale = range / sbyte.MaxValue;
        return Constant<float>($"{output}_scale", [inputScale])
            .Constant<sbyte>($"{output}_zero", [0])
            .Constant<sbyte>($"{output}_weights", quantized, weights.Length / columns, columns)
            .Constant<float>($"{output}_scales", [.. scales.Select(s => s * inputScale)], columns)
            .Node("QuantizeLinear", [input, $"{output}_scale", $"{output}_zero"], $"{output}_input")
            .Node("MatMulInteger", [$"{output}_input", $"{output}_weights"], $"{output}_integers")
            .Node("Cast", [$"{output}_integers"], $"{output}_sums", ("to", (long)OnnxElementType.Single))
            .Node("Mul", [$"{output}_sums", $"{output}_scales"], output);
    }

    /// <summary>Adds a property that says what the model expects and means; read back through the runtime's model metadata.</summary>
    public OnnxModelBuilder Metadata(string name, string value)
    {
        _metadata[name] = value;
        return this;
    }

    /// <summary>The model file.</summary>
    public byte[] Build()
    {
        ProtobufWriter model = new ProtobufWriter()
            .Integer(1, 8)
            .Text(2, "DataBuild")
            .Text(3, _producerVersion)
            .Message(7, _graph)
            .Message(8, new ProtobufWriter().Text(1, "").Integer(2, 17));
        foreach ((string name, string value) in _metadata)
        {
            model.Message(14, new ProtobufWriter().Text(1, name).Text(2, value));
        }

        return model.ToArray();
    }

    private static ProtobufWriter ValueInfo(string name, OnnxElementType type, ReadOnlySpan<string> shape)
    {
        ProtobufWriter dimensions = new();
        foreach (string dimension in shape)
        {
            ProtobufWriter written = long.TryParse(dimension, out long size)
                ? new ProtobufWriter().Integer(1, size)
                : new ProtobufWriter().Text(2, dimension);
            dimensions.Message(1, written);
        }

        ProtobufWriter tensor = new ProtobufWriter().Integer(1, (long)type).Message(2, dimensions);
        return new ProtobufWriter().Text(1, name).Message(2, new ProtobufWriter().Message(1, tensor));
    }
}
