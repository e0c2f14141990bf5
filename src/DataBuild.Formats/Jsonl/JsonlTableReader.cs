using System.IO.Compression;
using System.Text.Json;
using ZstdSharp;

namespace DataBuild.Formats.Jsonl;

/// <summary>Reads columns of a file of JSON objects, one a line, plain, gzip or Zstandard. A property that is missing or null is a missing value.</summary>
public sealed class JsonlTableReader : TableReader
{
    private const int MaxLineBytes = 1 << 30;

    private readonly string _path;
    private readonly IReadOnlyList<ColumnSchema> _columns;
    private readonly FileStream _file;
    private readonly Stream _decoded;
    private readonly LineReader _lines;
    private readonly ColumnBuilder[] _builders;

    /// <summary>Opens a file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public JsonlTableReader(string path, IReadOnlyList<ColumnSchema> columns)
    {
        _path = path;
        _columns = columns;
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        _decoded = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(_file, CompressionMode.Decompress)
            : path.EndsWith(".zst", StringComparison.OrdinalIgnoreCase) ? new DecompressionStream(_file)
            : _file;
        _lines = new LineReader(_decoded, MaxLineBytes);
        _builders = [.. columns.Select(c => ColumnTypes.CreateBuilder(c.Type))];
    }

    /// <summary>True for the name of such a file.</summary>
    public static bool IsName(string path) =>
        path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase)
        || path.EndsWith(".jsonl.gz", StringComparison.OrdinalIgnoreCase)
        || path.EndsWith(".jsonl.zst", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc />
    public override Column[]? ReadBatch()
    {
        int rows = 0;
        while (rows < BatchRows && NextLine(out ReadOnlySpan<byte> line))
        {
            if (!line.Trim(" \t\r"u8).IsEmpty)
            {
                AppendRow(line);
                rows++;
            }
        }

        return rows == 0 ? null : [.. _builders.Select(b => b.Build())];
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        _lines.Dispose();
        _decoded.Dispose();
        _file.Dispose();
    }

    private bool NextLine(out ReadOnlySpan<byte> line)
    {
        bool found;
        bool tooLong;
        try
        {
            found = _lines.TryRead(out line, out _, out tooLong);
        }
        catch (Exception exception) when (exception is ZstdException or InvalidDataException or EndOfStreamException)
        {
            throw Damaged($"the compressed content is damaged: {exception.Message}", exception);
        }

        return tooLong ? throw Damaged($"found a line of more than {MaxLineBytes} bytes") : found;
    }

    private void AppendRow(ReadOnlySpan<byte> line)
    {
        int row = _builders.Length > 0 ? _builders[0].Length + 1 : 0;
        try
        {
            Utf8JsonReader json = new(line);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                throw Damaged($"found {json.TokenType}, expected a JSON object");
            }

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                int column = Find(ref json);
                _ = json.Read();
                if (column < 0 || _builders[column].Length == row)
                {
                    json.Skip();
                }
                else
                {
                    AppendValue(ref json, column);
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            throw Damaged(exception.Message, exception);
        }

        foreach (ColumnBuilder builder in _builders)
        {
            if (builder.Length < row)
            {
                builder.AppendNull();
            }
        }
    }

    private int Find(ref Utf8JsonReader json)
    {
        for (int i = 0; i < _columns.Count; i++)
        {
            if (json.ValueTextEquals(_columns[i].Name))
            {
                return i;
            }
        }

        return -1;
    }

    private void AppendValue(ref Utf8JsonReader json, int column)
    {
        ColumnBuilder builder = _builders[column];
        if (json.TokenType == JsonTokenType.Null)
        {
            builder.AppendNull();
            return;
        }

        switch (builder)
        {
            case StringColumnBuilder { Type: ColumnType.Binary } bytes when json.TokenType == JsonTokenType.String:
                bytes.Append((ReadOnlySpan<byte>)json.GetBytesFromBase64());
                break;
            case StringColumnBuilder text when json.TokenType == JsonTokenType.String:
                text.Append(json.GetString());
                break;
            case ValueColumnBuilder<bool> flags when json.TokenType is JsonTokenType.True or JsonTokenType.False:
                flags.Append(json.GetBoolean());
                break;
            case ValueColumnBuilder<int> numbers when json.TokenType == JsonTokenType.Number:
                numbers.Append(json.GetInt32());
                break;
            case ValueColumnBuilder<long> numbers when json.TokenType == JsonTokenType.Number:
                numbers.Append(json.GetInt64());
                break;
            case ValueColumnBuilder<ulong> numbers when json.TokenType == JsonTokenType.Number:
                numbers.Append(json.GetUInt64());
                break;
            case ValueColumnBuilder<float> numbers when json.TokenType == JsonTokenType.Number:
                numbers.Append(json.GetSingle());
                break;
            case ValueColumnBuilder<double> numbers when json.TokenType == JsonTokenType.Number:
                numbers.Append(json.GetDouble());
                break;
            case ListColumnBuilder<int> list when json.TokenType == JsonTokenType.StartArray:
                list.Append(Elements(ref json, static (ref Utf8JsonReader e) => e.GetInt32()).AsSpan());
                break;
            case ListColumnBuilder<ulong> list when json.TokenType == JsonTokenType.StartArray:
                list.Append(Elements(ref json, static (ref Utf8JsonReader e) => e.GetUInt64()).AsSpan());
                break;
            case ListColumnBuilder<float> list when json.TokenType == JsonTokenType.StartArray:
                // The writer has no number for what JSON cannot hold.
                list.Append(Elements(ref json, static (ref Utf8JsonReader e) => e.TokenType == JsonTokenType.Null ? float.NaN : e.GetSingle()).AsSpan());
                break;
            default:
                throw Damaged($"found {json.TokenType} in the column '{_columns[column].Name}', expected {builder.Type}");
        }
    }

    private delegate T Element<T>(ref Utf8JsonReader json);

    private static T[] Elements<T>(ref Utf8JsonReader json, Element<T> read)
    {
        List<T> elements = [];
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            elements.Add(read(ref json));
        }

        return [.. elements];
    }

    private InvalidDataException Damaged(string what, Exception? inner = null) => new($"{_path}({_lines.Lines}): {what}", inner);
}
