using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace DataBuild.Formats.Jsonl;

/// <summary>The rows of a JSON lines file: one object a line.</summary>
internal sealed class JsonlDocuments : DocumentSource
{
    /// <summary>Room that a line has beside its text, and for the text's escapes.</summary>
    private const int LineSlack = 1 << 20;

    private readonly DecodedStream _content;
    private readonly string _path;
    private readonly CrawlReaderOptions _options;
    private readonly CrawlCounts _counts;
    private readonly Action<CrawlDefect> _report;
    private readonly LineReader _lines;
    private readonly JsonField _text;
    private readonly JsonField _id;
    private readonly JsonField _url;
    private readonly JsonField _date;
    private readonly JsonField _label;
    private readonly ArrayBufferWriter<byte> _extra = new();

    public JsonlDocuments(DecodedStream content, string path, CrawlReaderOptions options, CrawlCounts counts, Action<CrawlDefect> report)
    {
        _content = content;
        _path = path;
        _options = options;
        _counts = counts;
        _report = report;
        _lines = new LineReader(content, (int)Math.Min((long)options.MaxPayloadBytes + LineSlack, Array.MaxLength));
        _text = new JsonField(options.TextField);
        _id = new JsonField(options.IdField);
        _url = new JsonField(options.UrlField);
        _date = new JsonField(options.DateField);
        _label = new JsonField(options.LabelField);
    }

    public override string Format => "jsonl";

    public override bool TryRead([NotNullWhen(true)] out RawDocument? document)
    {
        while (_lines.TryRead(out ReadOnlySpan<byte> line, out long offset, out bool tooLong))
        {
            _counts.BytesCompressed = _content.FilePosition;
            _counts.BytesUncompressed = _content.Position;
            if (tooLong)
            {
                Report(CrawlDiagnostics.LineTooLong, offset, $"found a line of more than {_lines.MaxLine} bytes, expected at most that");
                continue;
            }

            line = line.Trim(" \t\r"u8);
            if (line.IsEmpty)
            {
                continue;
            }

            document = Parse(line, offset);
            if (document is not null)
            {
                _counts.Record("row");
                return true;
            }
        }

        if (_lines.Lines == 0 && !_content.IsDamaged)
        {
            throw new CrawlFormatException(CrawlDiagnostics.InputEmpty, _path, 0, "no lines", "one JSON object a line");
        }

        document = null;
        return false;
    }

    public override void Dispose()
    {
        _lines.Dispose();
        _content.Dispose();
    }

    private void Report(string code, long offset, string message) => _report(new CrawlDefect(code, offset, message, RecordLost: true));

    private RawDocument? Parse(ReadOnlySpan<byte> line, long offset)
    {
        var payload = new PooledBytes(Math.Max(256, line.Length));
        try
        {
            if (!TryParse(line, payload, out string? id, out string? url, out string? date, out string? label, out string? extra, out string? found))
            {
                Report(found!.StartsWith("no JSON", StringComparison.Ordinal) ? CrawlDiagnostics.JsonLine : CrawlDiagnostics.TextMissing, offset, $"found {found}");
                payload.Dispose();
                return null;
            }

            string? reason = payload.Length == 0 ? DropReasons.Empty : payload.Length > _options.MaxPayloadBytes ? DropReasons.PayloadTooLarge : null;
            id ??= CrawlReader.DigestId(url ?? "", payload.Span);
            if (reason is not null)
            {
                payload.Truncate(0);
            }

            return new RawDocument(payload) { Id = id, Url = url ?? "", Date = date, RecordType = "row", MediaType = "text/plain", IsText = reason is null, Offset = offset, DropReason = reason, Label = label, ExtraFields = extra };
        }
        catch (JsonException e)
        {
            Report(CrawlDiagnostics.JsonLine, offset, $"found no JSON object in the line ({Printable.Bytes(Encoding.UTF8.GetBytes(e.Message))}), expected one");
            payload.Dispose();
            return null;
        }
    }

    private bool TryParse(ReadOnlySpan<byte> line, PooledBytes payload, out string? id, out string? url, out string? date, out string? label, out string? extra, out string? found)
    {
        id = url = date = label = extra = found = null;
        bool hasText = false;
        Utf8JsonWriter? writer = null;
        var reader = new Utf8JsonReader(line);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            found = $"no JSON object but {Printable.Bytes(line[..Math.Min(line.Length, 32)])}, expected one a line";
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isText = _text.Matches(ref reader);
            bool isId = _id.Matches(ref reader);
            bool isUrl = _url.Matches(ref reader);
            bool isDate = _date.Matches(ref reader);
            bool isLabel = _options.LabelField.Length > 0 && _label.Matches(ref reader);
            if (isText)
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    payload.Truncate(0);
                    JsonText.Append(ref reader, payload);
                    hasText = true;
                }
                else
                {
                    found = $"a {reader.TokenType} in the field '{_options.TextField}', expected a string";
                    reader.Skip();
                }
            }
            else if (isId || isUrl || isDate || isLabel)
            {
                reader.Read();
                string? value = Scalar(ref reader);
                _ = isId ? id = value : isUrl ? url = value : isDate ? date = value : label = value;
            }
            else if (_options.KeepExtraFields)
            {
                writer ??= StartExtra();
                WriteExtra(writer, ref reader, line);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        // Trailing content after the object is an error that only a further read shows.
        reader.Read();
        if (writer is not null)
        {
            writer.WriteEndObject();
            writer.Dispose();
            extra = Encoding.UTF8.GetString(_extra.WrittenSpan);
        }

        found ??= hasText ? null : $"no field '{_options.TextField}', expected one with a string";
        return found is null;
    }

    private Utf8JsonWriter StartExtra()
    {
        _extra.ResetWrittenCount();
        var writer = new Utf8JsonWriter(_extra);
        writer.WriteStartObject();
        return writer;
    }

    private static void WriteExtra(Utf8JsonWriter writer, ref Utf8JsonReader reader, ReadOnlySpan<byte> line)
    {
        writer.WritePropertyName(JsonText.Get(ref reader));
        reader.Read();
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        writer.WriteRawValue(line[start..(int)reader.BytesConsumed]);
    }

    private static string? Scalar(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return JsonText.Get(ref reader);
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                return Encoding.ASCII.GetString(reader.ValueSpan);
            default:
                reader.Skip();
                return null;
        }
    }

    /// <summary>A field by its name.</summary>
    private readonly struct JsonField(string name)
    {
        private readonly byte[] _name = Encoding.UTF8.GetBytes(name);

        public bool Matches(ref Utf8JsonReader reader) => !reader.ValueIsEscaped ? reader.ValueSpan.SequenceEqual(_name) : JsonText.Get(ref reader) == Encoding.UTF8.GetString(_name);
    }
}
