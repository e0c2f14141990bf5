using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DataBuild.Engine.Store;

/// <summary>
/// Reads and writes a stored file as <c>{"digest":…,"length":…,"columns":[{"name":…,"type":…,"digest":…}]}</c>. A build of many shards reads millions of them:
/// nothing is made on the way that is not kept.
/// </summary>
internal sealed class StoredFileConverter : JsonConverter<StoredFile>
{
    private const int LongestName = 256;

    private static readonly ConcurrentDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Names =
        new ConcurrentDictionary<string, string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    [ThreadStatic]
    private static List<StoredColumn>? _columns;

    /// <inheritdoc />
    public override StoredFile Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        string? digest = null;
        long? length = null;
        List<StoredColumn> columns = _columns ??= [];
        columns.Clear();
        bool hasColumns = false;
        while (NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("digest"u8))
            {
                reader.Read();
                digest = reader.GetString();
            }
            else if (reader.ValueTextEquals("length"u8))
            {
                reader.Read();
                length = reader.GetInt64();
            }
            else if (reader.ValueTextEquals("columns"u8))
            {
                reader.Read();
                hasColumns = true;
                ReadColumns(ref reader, columns);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return length >= 0 && hasColumns ? new StoredFile(digest!, length.Value, columns) : throw new JsonException("a stored file has a digest, a length and columns");
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, StoredFile value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("digest"u8, value.Digest);
        writer.WriteNumber("length"u8, value.Length);
        writer.WriteStartArray("columns"u8);
        foreach (StoredColumn column in value.Columns)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, column.Name);
            writer.WriteString("type"u8, column.Type.ToString());
            writer.WriteString("digest"u8, column.Digest);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void ReadColumns(ref Utf8JsonReader reader, List<StoredColumn> columns)
    {
        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Expect(ref reader, JsonTokenType.StartObject);
            string? name = null;
            string? digest = null;
            ColumnType? type = null;
            while (NextProperty(ref reader))
            {
                if (reader.ValueTextEquals("name"u8))
                {
                    reader.Read();
                    name = Shared(ref reader);
                }
                else if (reader.ValueTextEquals("type"u8))
                {
                    reader.Read();
                    type = Enum.TryParse(Shared(ref reader), out ColumnType known) && Enum.IsDefined(known) ? known : throw new JsonException("no type of a column");
                }
                else if (reader.ValueTextEquals("digest"u8))
                {
                    reader.Read();
                    digest = reader.GetString();
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }

            columns.Add(name is not null && type is { } found ? new StoredColumn(name, found, digest!) : throw new JsonException("a column has a name, a type and a digest"));
        }
    }

    // Names come again in the records of all shards: one string each.
    private static string Shared(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.String);
        int length = reader.HasValueSequence ? checked((int)reader.ValueSequence.Length) : reader.ValueSpan.Length;
        if (length > LongestName)
        {
            return reader.GetString()!;
        }

        Span<char> text = stackalloc char[LongestName];
        text = text[..reader.CopyString(text)];
        if (!Names.TryGetValue(text, out string? name))
        {
            name = text.ToString();
            name = Names.Dictionary.GetOrAdd(name, name);
        }

        return name;
    }

    private static bool NextProperty(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (reader.TokenType != token)
        {
            throw new JsonException($"{reader.TokenType} found; expected {token}");
        }
    }
}
