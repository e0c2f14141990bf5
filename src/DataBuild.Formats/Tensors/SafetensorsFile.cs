using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace DataBuild.Formats.Tensors;

/// <summary>
/// Matrices of a safetensors file (github.com/huggingface/safetensors): eight bytes with the length of a JSON header, the header, then the values in little-endian order.
/// Element types F32, F16 and BF16 are read, as 32-bit floats; F32 is written.
/// </summary>
public static class SafetensorsFile
{
    private const int MaximumHeader = 100_000_000;

    /// <summary>Reads a matrix.</summary>
    /// <param name="path">File.</param>
    /// <param name="name">Name of the tensor; empty for the only one of two dimensions.</param>
    /// <returns>Rows, columns and the values row by row.</returns>
    /// <exception cref="SafetensorsFormatException">The file is damaged, or holds no such matrix.</exception>
    public static (int Rows, int Columns, float[] Values) ReadMatrix(string path, string name)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        Span<byte> head = stackalloc byte[sizeof(ulong)];
        if (stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length || BinaryPrimitives.ReadUInt64LittleEndian(head) is var length && (length > MaximumHeader || (long)length > stream.Length - head.Length))
        {
            throw new SafetensorsFormatException($"'{path}' is no safetensors file: offset 0 holds no length of a header that fits the file's {stream.Length:N0} bytes");
        }

        byte[] header = new byte[BinaryPrimitives.ReadUInt64LittleEndian(head)];
        stream.ReadExactly(header);
        try
        {
            using JsonDocument json = JsonDocument.Parse(header);
            JsonProperty[] tensors = [.. json.RootElement.EnumerateObject().Where(t => t.Name != "__metadata__" && (name.Length == 0 ? t.Value.GetProperty("shape").GetArrayLength() == 2 : t.Name == name))];
            if (tensors.Length != 1)
            {
                string known = string.Join(", ", json.RootElement.EnumerateObject().Where(t => t.Name != "__metadata__").Select(t => t.Name));
                throw new SafetensorsFormatException($"'{path}' has {(name.Length == 0 ? $"{tensors.Length} matrices; name one" : $"no tensor '{name}'")}; it holds: {known}");
            }

            return ReadMatrix(stream, path, tensors[0], sizeof(ulong) + header.Length);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or EndOfStreamException or OverflowException)
        {
            throw new SafetensorsFormatException($"'{path}': the header of {header.Length:N0} bytes is damaged: {error.Message}", error);
        }
    }

    /// <summary>Writes matrices as F32, in the order given.</summary>
    /// <param name="stream">Receives the file.</param>
    /// <param name="tensors">Name, rows, columns and the values row by row.</param>
    public static void Write(Stream stream, IReadOnlyList<(string Name, int Rows, int Columns, float[] Values)> tensors)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        using MemoryStream header = new();
        using (Utf8JsonWriter json = new(header))
        {
            json.WriteStartObject();
            long at = 0;
            foreach ((string name, int rows, int columns, float[] values) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                json.WriteNumberValue(rows);
                json.WriteNumberValue(columns);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(at);
                json.WriteNumberValue(at += (long)values.Length * sizeof(float));
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Values begin at a multiple of eight bytes: the header is filled up with spaces.
        int padding = (int)((8 - (header.Length % 8)) % 8);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)(header.Length + padding));
        stream.Write(length);
        stream.Write(header.ToArray());
        stream.Write("        "u8[..padding]);
        foreach ((_, _, _, float[] values) in tensors)
        {
            stream.Write(MemoryMarshal.AsBytes(values.AsSpan()));
        }
    }

    private static (int Rows, int Columns, float[] Values) ReadMatrix(FileStream stream, string path, JsonProperty tensor, long dataStart)
    {
        int[] shape = [.. tensor.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt32())];
        long[] offsets = [.. tensor.Value.GetProperty("data_offsets").EnumerateArray().Select(o => o.GetInt64())];
        string type = tensor.Value.GetProperty("dtype").GetString() ?? "";
        int size = type switch
        {
            "F32" => sizeof(float),
            "F16" or "BF16" => sizeof(ushort),
            _ => throw new SafetensorsFormatException($"'{path}': tensor '{tensor.Name}' holds {type}; expected F32, F16 or BF16"),
        };
        if (shape.Length != 2 || shape.Any(d => d < 0) || offsets.Length != 2 || offsets[0] < 0 || offsets[1] - offsets[0] != (long)shape[0] * shape[1] * size || dataStart + offsets[1] > stream.Length)
        {
            throw new SafetensorsFormatException($"'{path}': tensor '{tensor.Name}' of shape [{string.Join(", ", shape)}] and type {type} lies at [{string.Join(", ", offsets)}) of {stream.Length - dataStart:N0} bytes; expected two dimensions and as many bytes as they take");
        }

        float[] values = new float[(long)shape[0] * shape[1]];
        stream.Position = dataStart + offsets[0];
        if (type == "F32")
        {
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        }
        else
        {
            ushort[] halves = new ushort[values.Length];
            stream.ReadExactly(MemoryMarshal.AsBytes(halves.AsSpan()));
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = type == "F16" ? (float)BitConverter.UInt16BitsToHalf(halves[i]) : BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
            }
        }

        return (shape[0], shape[1], values);
    }
}
