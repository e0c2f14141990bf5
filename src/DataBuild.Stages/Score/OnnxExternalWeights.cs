using System.Text;
using DataBuild.Stages.Tokenize;
using DataBuild.Stages.Tokenize.Loading;

namespace DataBuild.Stages.Score;

/// <summary>
/// Finds weights that a model keeps in other files (onnx.proto3, TensorProto.data_location). Such files are outside of the model's digest, and their names are
/// chosen by whoever made the model: they are refused.
/// </summary>
internal static class OnnxExternalWeights
{
    private const int DeepestGraph = 16;
    private const ulong External = 1;

    /// <summary>The first file that a model refers to; null where it holds all its weights, or is no model at all, which the runtime tells.</summary>
    public static string? Find(ReadOnlySpan<byte> model)
    {
        try
        {
            // ModelProto: graph = 7, functions = 25 (FunctionProto: node = 7).
            ProtobufReader fields = new(model, "model");
            while (fields.Next(out int field, out ReadOnlySpan<byte> bytes, out _))
            {
                if ((field == 7 ? InGraph(bytes, 0) : field == 25 ? InNodes(bytes, 7, 0) : null) is { } found)
                {
                    return found;
                }
            }
        }
        catch (TokenizerFormatException)
        {
            return null;
        }

        return null;
    }

    // GraphProto: node = 1, initializer = 5, sparse_initializer = 15 (SparseTensorProto: values = 1, indices = 2).
    private static string? InGraph(ReadOnlySpan<byte> graph, int depth)
    {
        ProtobufReader fields = new(graph, "graph");
        while (depth < DeepestGraph && fields.Next(out int field, out ReadOnlySpan<byte> bytes, out _))
        {
            string? found = field switch
            {
                1 => InNode(bytes, depth),
                5 => InTensor(bytes),
                15 => InSparseTensor(bytes),
                _ => null,
            };
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }

    private static string? InNodes(ReadOnlySpan<byte> function, int nodeField, int depth)
    {
        ProtobufReader fields = new(function, "function");
        while (fields.Next(out int field, out ReadOnlySpan<byte> bytes, out _))
        {
            if (field == nodeField && InNode(bytes, depth) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    // NodeProto: attribute = 5. AttributeProto: t = 5, g = 6, tensors = 10, graphs = 11, sparse_tensor = 22.
    private static string? InNode(ReadOnlySpan<byte> node, int depth)
    {
        ProtobufReader fields = new(node, "node");
        while (fields.Next(out int field, out ReadOnlySpan<byte> bytes, out _))
        {
            if (field != 5)
            {
                continue;
            }

            ProtobufReader attribute = new(bytes, "attribute");
            while (attribute.Next(out int part, out ReadOnlySpan<byte> value, out _))
            {
                string? found = part switch
                {
                    5 or 10 => InTensor(value),
                    6 or 11 => InGraph(value, depth + 1),
                    22 => InSparseTensor(value),
                    _ => null,
                };
                if (found is not null)
                {
                    return found;
                }
            }
        }

        return null;
    }

    private static string? InSparseTensor(ReadOnlySpan<byte> tensor)
    {
        ProtobufReader fields = new(tensor, "sparse tensor");
        while (fields.Next(out int field, out ReadOnlySpan<byte> bytes, out _))
        {
            if (field is 1 or 2 && InTensor(bytes) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    // TensorProto: external_data = 13 (StringStringEntryProto: key = 1, value = 2), data_location = 14.
    private static string? InTensor(ReadOnlySpan<byte> tensor)
    {
        bool external = false;
        string location = "";
        ProtobufReader fields = new(tensor, "tensor");
        while (fields.Next(out int field, out ReadOnlySpan<byte> bytes, out ulong number))
        {
            external |= field == 14 && number == External;
            if (field == 13)
            {
                string key = "";
                ProtobufReader entry = new(bytes, "entry");
                while (entry.Next(out int part, out ReadOnlySpan<byte> value, out _))
                {
                    key = part == 1 ? Encoding.UTF8.GetString(value) : key;
                    location = part == 2 && key == "location" ? Encoding.UTF8.GetString(value) : location;
                }
            }
        }

        return external ? location : null;
    }
}
