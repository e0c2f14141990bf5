using System.Buffers;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using ZstdSharp;

namespace DataBuild.Formats.Jsonl;

/// <summary>How a <see cref="JsonlWriter"/> stores its lines.</summary>
public enum JsonlCompression
{
    /// <summary>As they are.</summary>
    None,

    /// <summary>One gzip member.</summary>
    Gzip,

    /// <summary>One Zstandard frame with a checksum.</summary>
    Zstd,
}

/// <summary>Writes rows as one JSON object a line, UTF-8, line feed behind each. Missing values are left out, numbers that JSON cannot hold are null, bytes are base64. Equal rows make equal bytes with one version of the runtime.</summary>
public sealed class JsonlWriter : IDisposable
{
    private const int ZstdLevel = 3;
    private const int BufferBytes = 64 * 1024;
    private readonly Stream _output;
    private readonly bool _ownsOutput;
    private readonly ArrayBufferWriter<byte> _buffer = new(2 * BufferBytes);
    private readonly Utf8JsonWriter _json;
    private bool _isDisposed;

    /// <summary>Starts writing.</summary>
    /// <param name="output">Where the lines go; left open.</param>
    /// <param name="compression">How they are stored.</param>
    public JsonlWriter(Stream output, JsonlCompression compression)
    {
        switch (compression)
        {
            case JsonlCompression.Gzip:
                _output = new GzipMember(output, CompressionLevel.Optimal);
                break;
            case JsonlCompression.Zstd:
                var zstd = new CompressionStream(output, ZstdLevel, leaveOpen: true);
                zstd.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
                _output = zstd;
                break;
            default:
                _output = output;
                break;
        }

        _ownsOutput = compression != JsonlCompression.None;

        // The file is read by JSON parsers, not by browsers: only what JSON itself asks for is escaped.
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = false });
    }

    /// <summary>Rows written so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Writes a batch of rows, one column for each of the schema, in its order.</summary>
    /// <exception cref="ArgumentException">There are not as many columns as the schema has.</exception>
    public void Write(IReadOnlyList<ColumnSchema> schema, params ReadOnlySpan<Column> columns)
    {
        if (schema.Count != columns.Length)
        {
            throw new ArgumentException($"{columns.Length} columns given, the schema has {schema.Count}", nameof(columns));
        }

        JsonEncodedText[] names = [.. schema.Select(c => JsonEncodedText.Encode(c.Name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping))];
        int rows = columns.IsEmpty ? 0 : columns[0].Length;
        for (int row = 0; row < rows; row++)
        {
            _json.WriteStartObject();
            for (int i = 0; i < columns.Length; i++)
            {
                if (!columns[i].IsNull(row))
                {
                    _json.WritePropertyName(names[i]);
                    WriteValue(columns[i], row);
                }
            }

            _json.WriteEndObject();
            _json.Flush();
            _json.Reset();
            _buffer.Write("\n"u8);
            Rows++;
            if (_buffer.WrittenCount >= BufferBytes)
            {
                FlushBuffer();
            }
        }
    }

    /// <summary>Ends the stream; the output stays open.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _json.Dispose();
        FlushBuffer();
        if (_ownsOutput)
        {
            _output.Dispose();
        }
    }

    private void FlushBuffer()
    {
        _output.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }

    private void WriteValue(Column column, int row)
    {
        switch (column)
        {
            case StringColumn { Type: ColumnType.Binary } bytes:
                _json.WriteBase64StringValue(bytes[row]);
                break;
            case StringColumn text:
                _json.WriteStringValue(text[row]);
                break;
            case ValueColumn<bool> values:
                _json.WriteBooleanValue(values[row]);
                break;
            case ValueColumn<int> values:
                _json.WriteNumberValue(values[row]);
                break;
            case ValueColumn<long> values:
                _json.WriteNumberValue(values[row]);
                break;
            case ValueColumn<ulong> values:
                _json.WriteNumberValue(values[row]);
                break;
            case ValueColumn<float> values:
                WriteFloat(values[row]);
                break;
            case ValueColumn<double> values:
                WriteDouble(values[row]);
                break;
            case ListColumn<int> lists:
                _json.WriteStartArray();
                foreach (int value in lists[row])
                {
                    _json.WriteNumberValue(value);
                }

                _json.WriteEndArray();
                break;
            case ListColumn<ulong> lists:
                _json.WriteStartArray();
                foreach (ulong value in lists[row])
                {
                    _json.WriteNumberValue(value);
                }

                _json.WriteEndArray();
                break;
            case ListColumn<float> lists:
                _json.WriteStartArray();
                foreach (float value in lists[row])
                {
                    WriteFloat(value);
                }

                _json.WriteEndArray();
                break;
            default:
                throw new NotSupportedException($"a column of {column.Type} cannot be written as JSON");
        }
    }

    private void WriteFloat(float value)
    {
        if (float.IsFinite(value))
        {
            _json.WriteNumberValue(value);
        }
        else
        {
            _json.WriteNullValue();
        }
    }

    private void WriteDouble(double value)
    {
        if (double.IsFinite(value))
        {
            _json.WriteNumberValue(value);
        }
        else
        {
            _json.WriteNullValue();
        }
    }
}
