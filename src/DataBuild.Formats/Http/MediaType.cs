using System.Text;

namespace DataBuild.Formats.Http;

/// <summary>A media type and its charset parameter, as in Content-Type.</summary>
/// <param name="Essence">Type and subtype in lower case, such as <c>text/html</c>; null where unknown.</param>
/// <param name="Charset">Value of the charset parameter as stated, without quotes; null where missing.</param>
public readonly record struct MediaType(string? Essence, string? Charset)
{
    private const int MaxLength = 128;

    /// <summary>Parses a Content-Type value (WHATWG MIME Sniffing, section 4.4, leniently). False where there is no type with a subtype.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out MediaType type)
    {
        type = default;
        int end = value.IndexOf((byte)';');
        ReadOnlySpan<byte> essence = (end < 0 ? value : value[..end]).Trim(" \t\r\n\""u8);
        int comma = essence.IndexOf((byte)',');
        essence = comma < 0 ? essence : essence[..comma].TrimEnd(" \t"u8);
        int slash = essence.IndexOf((byte)'/');
        if (slash <= 0 || slash == essence.Length - 1 || essence.Length > MaxLength || essence.ContainsAny(" \t"u8))
        {
            return false;
        }

        type = new MediaType(Known(essence), end < 0 ? null : FindCharset(value[(end + 1)..]));
        return true;
    }

    private static string? FindCharset(ReadOnlySpan<byte> parameters)
    {
        foreach (Range range in parameters.SplitAny(";,"u8))
        {
            ReadOnlySpan<byte> parameter = parameters[range].Trim(" \t\r\n"u8);
            int equals = parameter.IndexOf((byte)'=');
            if (equals > 0 && Ascii.EqualsIgnoreCase(parameter[..equals].TrimEnd(" \t"u8), "charset"u8))
            {
                ReadOnlySpan<byte> charset = parameter[(equals + 1)..].Trim(" \t\"'"u8);
                if (!charset.IsEmpty && charset.Length <= MaxLength)
                {
                    return Ascii.EqualsIgnoreCase(charset, "utf-8"u8) ? "utf-8" : Encoding.Latin1.GetString(charset);
                }
            }
        }

        return null;
    }

    private static string Known(ReadOnlySpan<byte> essence) =>
        Ascii.EqualsIgnoreCase(essence, "text/html"u8) ? "text/html" : Encoding.Latin1.GetString(essence).ToLowerInvariant();
}
