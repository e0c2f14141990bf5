using System.Buffers.Text;
using System.Text;

namespace DataBuild.Formats.Http;

/// <summary>The head of an archived HTTP response (RFC 9112), read leniently: bare LF, missing reason, folded and repeated fields. One object serves many responses.</summary>
public sealed class HttpHead
{
    /// <summary>Largest head accepted: servers and crawlers stop far below, at some 256 KB.</summary>
    public const int MaxHeadBytes = 1 << 20;

    private readonly List<string> _contentEncodings = [];

    /// <summary>Status code, 100 to 999.</summary>
    public int Status { get; private set; }

    /// <summary>Bytes of the head with its empty line.</summary>
    public int Length { get; private set; }

    /// <summary>Number of header fields.</summary>
    public int FieldCount { get; private set; }

    /// <summary>Whether the last transfer coding is chunked.</summary>
    public bool IsChunked { get; private set; }

    /// <summary>Content codings in the order they were applied, lower case, without identity.</summary>
    public IReadOnlyList<string> ContentEncodings => _contentEncodings;

    /// <summary>The last valid Content-Type.</summary>
    public MediaType ContentType { get; private set; }

    /// <summary>Whether the last message had a head of more than <see cref="MaxHeadBytes"/>.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Parses the head of a message. False where there is no status line, or the head is longer than <see cref="MaxHeadBytes"/>; <see cref="Length"/> is 0 then.</summary>
    public bool TryParse(ReadOnlySpan<byte> message)
    {
        Reset();
        int line = message.IndexOf((byte)'\n');
        ReadOnlySpan<byte> statusLine = (line < 0 ? message : message[..line]).TrimEnd("\r \t"u8);
        if (!TryParseStatus(statusLine))
        {
            return false;
        }

        int at = line < 0 ? message.Length : line + 1;
        ReadOnlySpan<byte> name = default;
        while (at < message.Length && at <= MaxHeadBytes)
        {
            line = message[at..].IndexOf((byte)'\n');
            int end = line < 0 ? message.Length : at + line;
            ReadOnlySpan<byte> field = message[at..end].TrimEnd("\r \t"u8);
            bool folded = !field.IsEmpty && field[0] is (byte)' ' or (byte)'\t';
            at = line < 0 ? message.Length : end + 1;
            if (field.IsEmpty)
            {
                break;
            }

            int colon = folded ? -1 : field.IndexOf((byte)':');
            if (colon > 0)
            {
                name = field[..colon].TrimEnd(" \t"u8);
                FieldCount++;
                Take(name, field[(colon + 1)..].Trim(" \t"u8));
            }
            else if (folded && !name.IsEmpty)
            {
                Take(name, field.Trim(" \t"u8));
            }
        }

        if (at > MaxHeadBytes)
        {
            Reset();
            IsTooLong = true;
            return false;
        }

        Length = at;
        return true;
    }

    private bool TryParseStatus(ReadOnlySpan<byte> line)
    {
        if (line.Length < 9 || !Ascii.EqualsIgnoreCase(line[..5], "HTTP/"u8))
        {
            return false;
        }

        int space = line.IndexOfAny((byte)' ', (byte)'\t');
        ReadOnlySpan<byte> rest = space < 0 ? default : line[space..].TrimStart(" \t"u8);
        if (space is < 6 or > 11 || !Utf8Parser.TryParse(rest, out int status, out int used) || used != 3 || status < 100)
        {
            return false;
        }

        Status = status;
        return rest.Length == 3 || rest[3] is (byte)' ' or (byte)'\t' or (byte)'\r';
    }

    private void Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.Length == 12 && Ascii.EqualsIgnoreCase(name, "Content-Type"u8))
        {
            if (MediaType.TryParse(value, out MediaType type))
            {
                ContentType = type.Charset is null && type.Essence == ContentType.Essence ? ContentType : type;
            }
        }
        else if (name.Length == 16 && Ascii.EqualsIgnoreCase(name, "Content-Encoding"u8))
        {
            foreach (Range part in value.Split((byte)','))
            {
                ReadOnlySpan<byte> coding = value[part].Trim(" \t\""u8);
                if (!coding.IsEmpty && !Ascii.EqualsIgnoreCase(coding, "identity"u8) && !Ascii.EqualsIgnoreCase(coding, "none"u8))
                {
                    _contentEncodings.Add(Encoding.Latin1.GetString(coding[..Math.Min(coding.Length, 32)]).ToLowerInvariant());
                }
            }
        }
        else if (name.Length == 17 && Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8))
        {
            int comma = value.LastIndexOf((byte)',');
            IsChunked = Ascii.EqualsIgnoreCase(value[(comma + 1)..].Trim(" \t"u8), "chunked"u8);
        }
    }

    private void Reset()
    {
        Status = Length = FieldCount = 0;
        IsChunked = IsTooLong = false;
        ContentType = default;
        _contentEncodings.Clear();
    }
}
