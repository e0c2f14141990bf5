using System.Buffers.Text;
using System.Text;

namespace DataBuild.Formats.Warc;

/// <summary>The header of the record that a <see cref="WarcReader"/> stands on. One object serves all records of a reader: copy what must outlive the next read.</summary>
public sealed class WarcRecord
{
    private byte[] _header = new byte[1024];
    private Field[] _fields = new Field[24];
    private int _count;
    private ArcHeader _arc;
    private int _versionLength;

    /// <summary>Offset in the file of the record's first byte, or of the compressed member or frame that it starts in.</summary>
    public long Offset { get; internal set; }

    /// <summary>Whether the record is of an ARC file; its line then stands for the fields.</summary>
    public bool IsArc { get; private set; }

    /// <summary>Bytes of the block as Content-Length states them; already checked to be 0 or more.</summary>
    public long ContentLength { get; internal set; }

    /// <summary>Number of header fields.</summary>
    public int FieldCount => _count;

    /// <summary>The version as the record states it: <c>1.0</c>, <c>1.1</c>, <c>0.18</c>; empty for ARC.</summary>
    public string Version => IsArc ? "" : Encoding.ASCII.GetString(_header, 5, _versionLength);

    /// <summary>WARC-Type as the record states it in lower case; ARC: <c>filedesc</c> for the version block, else <c>response</c>; empty where missing.</summary>
    public string Type => IsArc ? (ArcUrl.StartsWith("filedesc:"u8) ? "filedesc" : "response") : KnownType(Value("WARC-Type"u8));

    /// <summary>WARC-Record-ID without angle brackets and <c>urn:uuid:</c>; null where missing.</summary>
    public string? RecordId
    {
        get
        {
            ReadOnlySpan<byte> id = Unbracket(Value("WARC-Record-ID"u8));
            return id.IsEmpty ? null : Text(id.Length > 9 && Ascii.EqualsIgnoreCase(id[..9], "urn:uuid:"u8) ? id[9..] : id);
        }
    }

    /// <summary>WARC-Target-URI without the angle brackets some writers add, spaces and control bytes percent-encoded; null where missing.</summary>
    public string? TargetUri
    {
        get
        {
            ReadOnlySpan<byte> uri = IsArc ? ArcUrl : Unbracket(Value("WARC-Target-URI"u8));
            return uri.IsEmpty ? null : EscapeUri(uri);
        }
    }

    /// <summary>WARC-Date as stated; of ARC the 14 digits in ISO 8601 form; null where missing.</summary>
    public string? Date
    {
        get
        {
            if (!IsArc)
            {
                return Optional("WARC-Date"u8);
            }

            string d = Encoding.ASCII.GetString(_header.AsSpan(_arc.Date.Start.Value.._arc.Date.End.Value));
            return $"{d[..4]}-{d[4..6]}-{d[6..8]}T{d[8..10]}:{d[10..12]}:{d[12..14]}Z";
        }
    }

    /// <summary>Content-Type of the block (of ARC: of the payload); null where missing.</summary>
    public string? ContentType => IsArc ? Text(_header.AsSpan(_arc.MediaType)) : Optional("Content-Type"u8);

    /// <summary>WARC-Truncated: <c>length</c>, <c>time</c>, <c>disconnect</c> or another reason; null where the block is whole.</summary>
    public string? Truncated => IsArc ? null : Optional("WARC-Truncated"u8);

    /// <summary>WARC-Identified-Payload-Type; null where missing.</summary>
    public string? IdentifiedPayloadType => IsArc ? null : Optional("WARC-Identified-Payload-Type"u8);

    private ReadOnlySpan<byte> ArcUrl => _header.AsSpan(_arc.Url);

    /// <summary>A field by its position.</summary>
    public void GetField(int index, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        Field field = _fields.AsSpan(0, _count)[index];
        name = _header.AsSpan(field.Name, field.NameLength);
        value = _header.AsSpan(field.Value, field.ValueLength);
    }

    /// <summary>The first field of that name (case does not matter), trimmed; empty where there is none.</summary>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _count; i++)
        {
            ref Field field = ref _fields[i];
            if (field.NameLength == name.Length && Ascii.EqualsIgnoreCase(_header.AsSpan(field.Name, field.NameLength), name))
            {
                return _header.AsSpan(field.Value, field.ValueLength);
            }
        }

        return default;
    }

    /// <summary>The first field of that name as text, folded lines joined by a space; null where it is missing or empty.</summary>
    public string? Optional(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> value = Value(name);
        return value.IsEmpty ? null : Text(value);
    }

    /// <summary>Takes over a WARC header block, version line included. Returns null, or what is wrong with it.</summary>
    internal string? ParseWarc(ReadOnlySpan<byte> header)
    {
        Take(header, isArc: false);
        int end = header.IndexOf((byte)'\n');
        _versionLength = header[5..end].TrimEnd("\r \t"u8).Length;
        string? problem = null;
        for (int at = end + 1; at < header.Length; at = end + 1)
        {
            int length = header[at..].IndexOf((byte)'\n');
            end = length < 0 ? header.Length : at + length;
            ReadOnlySpan<byte> line = header[at..end].TrimEnd("\r \t"u8);
            if (line.IsEmpty)
            {
                continue;
            }

            if (line[0] is (byte)' ' or (byte)'\t')
            {
                if (_count > 0)
                {
                    _fields[_count - 1].ValueLength = at + line.Length - _fields[_count - 1].Value;
                }

                continue;
            }

            int colon = line.IndexOf((byte)':');
            if (colon <= 0)
            {
                problem ??= $"a header line {Printable.Bytes(line)} without a field name, expected 'Name: value'";
                continue;
            }

            int valueAt = colon + 1;
            while (valueAt < line.Length && line[valueAt] is (byte)' ' or (byte)'\t')
            {
                valueAt++;
            }

            Add(new Field { Name = at, NameLength = line[..colon].TrimEnd(" \t"u8).Length, Value = at + valueAt, ValueLength = line.Length - valueAt });
        }

        return problem;
    }

    internal void ParseArc(ReadOnlySpan<byte> line, ArcHeader arc)
    {
        Take(line, isArc: true);
        _arc = arc;
        _ = Utf8Parser.TryParse(line[arc.Length], out long length, out _);
        ContentLength = length;
    }

    /// <summary>Reads Content-Length. Returns null, or what is wrong with it.</summary>
    internal string? ParseContentLength()
    {
        const string Expected = "expected a Content-Length of 0 to 2^63-1";
        long? length = null;
        for (int i = 0; i < _count; i++)
        {
            GetField(i, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value);
            if (!Ascii.EqualsIgnoreCase(name, "Content-Length"u8))
            {
                continue;
            }

            if (!Utf8Parser.TryParse(value, out long parsed, out int used) || used != value.Length || parsed < 0)
            {
                return $"Content-Length {Printable.Bytes(value)}, {Expected}";
            }

            if (length is { } first && first != parsed)
            {
                return $"two Content-Length fields, {first} and {parsed}, expected one";
            }

            length = parsed;
        }

        if (length is null)
        {
            return $"no Content-Length, {Expected}";
        }

        ContentLength = length.Value;
        return null;
    }

    private static ReadOnlySpan<byte> Unbracket(ReadOnlySpan<byte> value) =>
        value.Length >= 2 && value[0] == (byte)'<' && value[^1] == (byte)'>' ? value[1..^1] : value;

    private static string KnownType(ReadOnlySpan<byte> type)
    {
        ReadOnlySpan<string> known = ["response", "request", "warcinfo", "metadata", "resource", "revisit", "conversion", "continuation"];
        foreach (string name in known)
        {
            if (Ascii.EqualsIgnoreCase(type, name))
            {
                return name;
            }
        }

        return type.IsEmpty ? "" : Encoding.UTF8.GetString(type[..Math.Min(type.Length, 64)]).ToLowerInvariant();
    }

    private static string Text(ReadOnlySpan<byte> value)
    {
        if (value.IndexOf((byte)'\n') < 0)
        {
            return Encoding.UTF8.GetString(value);
        }

        var text = new StringBuilder();
        foreach (Range part in value.Split((byte)'\n'))
        {
            text.Append(text.Length > 0 ? " " : "").Append(Encoding.UTF8.GetString(value[part].Trim(" \t\r"u8)));
        }

        return text.ToString();
    }

    private static string EscapeUri(ReadOnlySpan<byte> uri)
    {
        if (!uri.ContainsAnyInRange((byte)0, (byte)0x20) && uri.IndexOf((byte)0x7F) < 0)
        {
            return Encoding.UTF8.GetString(uri);
        }

        var escaped = new List<byte>(uri.Length + 32);
        foreach (byte b in uri)
        {
            if (b is <= 0x20 or 0x7F)
            {
                escaped.Add((byte)'%');
                escaped.Add((byte)"0123456789ABCDEF"[b >> 4]);
                escaped.Add((byte)"0123456789ABCDEF"[b & 15]);
            }
            else
            {
                escaped.Add(b);
            }
        }

        return Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(escaped));
    }

    private void Take(ReadOnlySpan<byte> header, bool isArc)
    {
        if (_header.Length < header.Length)
        {
            _header = new byte[Math.Max(header.Length, _header.Length * 2)];
        }

        header.CopyTo(_header);
        _count = 0;
        IsArc = isArc;
        ContentLength = 0;
    }

    private void Add(Field field)
    {
        if (_count == _fields.Length)
        {
            Array.Resize(ref _fields, _count * 2);
        }

        _fields[_count++] = field;
    }

    private struct Field
    {
        public int Name;
        public int NameLength;
        public int Value;
        public int ValueLength;
    }
}
