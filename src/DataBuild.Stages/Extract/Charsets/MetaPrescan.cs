using System.Buffers;
using System.Text;

namespace DataBuild.Stages.Extract.Charsets;

/// <summary>"Prescan a byte stream to determine its encoding" of the HTML standard (section 13.2.3.2).</summary>
internal static class MetaPrescan
{
    private static readonly SearchValues<char> LabelEnd = SearchValues.Create(" \t\n\f\r;");

    /// <summary>The encoding that the page's markup declares in its first bytes; null where it declares none that is known.</summary>
    public static string? Find(ReadOnlySpan<byte> page)
    {
        int p = 0;
        while (p < page.Length)
        {
            int lt = page[p..].IndexOf((byte)'<');
            if (lt < 0)
            {
                return null;
            }

            p += lt;
            ReadOnlySpan<byte> rest = page[p..];
            if (rest.StartsWith("<!--"u8))
            {
                int end = rest[2..].IndexOf("-->"u8);
                if (end < 0)
                {
                    return null;
                }

                p += end + 5;
            }
            else if (rest.Length > 5 && Ascii.EqualsIgnoreCase(rest[..5], "<meta"u8) && rest[5] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\f' or (byte)'\r' or (byte)'/')
            {
                p += 6;
                string? found = ReadMeta(page, ref p);
                if (found is not null)
                {
                    return found is "UTF-16LE" or "UTF-16BE" ? "UTF-8" : found == "x-user-defined" ? "windows-1252" : found;
                }
            }
            else if (rest.Length > 2 && (IsLetter(rest[1]) || (rest[1] == '/' && IsLetter(rest[2]))))
            {
                while (p < page.Length && !(page[p] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\f' or (byte)'\r' or (byte)'>'))
                {
                    p++;
                }

                while (ReadAttribute(page, ref p, out _, out _))
                {
                }
            }
            else if (rest.Length > 1 && rest[1] is (byte)'!' or (byte)'/' or (byte)'?')
            {
                int gt = rest.IndexOf((byte)'>');
                if (gt < 0)
                {
                    return null;
                }

                p += gt + 1;
            }
            else
            {
                p++;
            }
        }

        return null;
    }

    private static bool IsLetter(byte b) => (uint)((b | 0x20) - 'a') < 26;

    private static string? ReadMeta(ReadOnlySpan<byte> page, ref int p)
    {
        bool pragma = false;
        bool? needPragma = null;
        string? charset = null;
        bool seenCharset = false;
        bool seenContent = false;
        bool seenPragma = false;
        while (ReadAttribute(page, ref p, out string name, out string value))
        {
            if (name == "http-equiv" && !seenPragma)
            {
                seenPragma = true;
                pragma = value == "content-type";
            }
            else if (name == "content" && !seenContent)
            {
                seenContent = true;
                string? found = EncodingLabels.Find(CharsetOf(value));
                if (found is not null && charset is null)
                {
                    charset = found;
                    needPragma = true;
                }
            }
            else if (name == "charset" && !seenCharset)
            {
                seenCharset = true;
                charset = EncodingLabels.Find(value);
                needPragma = false;
            }
        }

        // A tag that the bytes looked at cut off declares nothing.
        return p >= page.Length || needPragma is null || (needPragma.Value && !pragma) ? null : charset;
    }

    /// <summary>"Extracting a character encoding from a meta element": the label after <c>charset=</c>; null where there is none.</summary>
    public static string? CharsetOf(string content)
    {
        int p = 0;
        while (true)
        {
            int at = content.IndexOf("charset", p, StringComparison.OrdinalIgnoreCase);
            if (at < 0)
            {
                return null;
            }

            p = at + 7;
            int q = p;
            while (q < content.Length && char.IsWhiteSpace(content[q]))
            {
                q++;
            }

            if (q >= content.Length)
            {
                return null;
            }

            if (content[q] != '=')
            {
                continue;
            }

            q++;
            while (q < content.Length && char.IsWhiteSpace(content[q]))
            {
                q++;
            }

            if (q >= content.Length)
            {
                return null;
            }

            if (content[q] is '"' or '\'')
            {
                int close = content.IndexOf(content[q], q + 1);
                return close < 0 ? null : content[(q + 1)..close];
            }

            int stop = content.AsSpan(q).IndexOfAny(LabelEnd);
            return stop < 0 ? content[q..] : content.Substring(q, stop);
        }
    }

    // "Get an attribute" of the same section; names and values come in lower case.
    private static bool ReadAttribute(ReadOnlySpan<byte> page, ref int p, out string name, out string value)
    {
        name = value = "";
        while (p < page.Length && page[p] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\f' or (byte)'\r' or (byte)'/')
        {
            p++;
        }

        if (p >= page.Length || page[p] == '>')
        {
            return false;
        }

        int start = p;
        while (p < page.Length && !(page[p] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\f' or (byte)'\r' or (byte)'/' or (byte)'>')
            && (page[p] != '=' || p == start))
        {
            p++;
        }

        name = Encoding.Latin1.GetString(page[start..p]).ToLowerInvariant();
        while (p < page.Length && page[p] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\f' or (byte)'\r')
        {
            p++;
        }

        if (p >= page.Length || page[p] != '=')
        {
            return p < page.Length;
        }

        p++;
        while (p < page.Length && page[p] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\f' or (byte)'\r')
        {
            p++;
        }

        if (p >= page.Length)
        {
            return false;
        }

        byte quote = page[p];
        if (quote is (byte)'"' or (byte)'\'')
        {
            int n = page[(p + 1)..].IndexOf(quote);
            if (n < 0)
            {
                p = page.Length;
                return false;
            }

            value = Encoding.Latin1.GetString(page.Slice(p + 1, n)).ToLowerInvariant();
            p += n + 2;
            return true;
        }

        start = p;
        while (p < page.Length && !(page[p] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\f' or (byte)'\r' or (byte)'>'))
        {
            p++;
        }

        value = Encoding.Latin1.GetString(page[start..p]).ToLowerInvariant();
        return true;
    }
}
