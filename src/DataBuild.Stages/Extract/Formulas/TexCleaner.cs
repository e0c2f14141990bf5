using System.Text;

namespace DataBuild.Stages.Extract.Formulas;

/// <summary>
/// Takes delimiters and carriers' additions off TeX that a page holds, and makes it safe between dollars: no dollar of its own, no
/// backslash at the end.
/// </summary>
internal static class TexCleaner
{
    private static readonly string[] CodeCogsPrefixes =
        ["\\inline", "\\large", "\\Large", "\\LARGE", "\\huge", "\\Huge", "\\small", "\\tiny", "\\footnotesize", "\\fn_", "\\bg_", "\\dpi{", "\\png", "\\gif"];

    /// <summary>TeX of a script, an annotation or an attribute.</summary>
    public static string Clean(string tex)
    {
        ReadOnlySpan<char> t = tex.AsSpan().Trim();

        // CDATA marks, bare or behind a comment sign.
        if (t.IndexOf("<![CDATA[") is int at && at is >= 0 and < 4)
        {
            t = t[(at + 9)..];
            int close = t.LastIndexOf("]]>");
            t = close >= 0 ? t[..close].TrimEnd().TrimEnd('%') : t;
        }

        t = TrimEnds(Undelimit(t));
        return t.Length == tex.Length && !t.Contains('$') ? tex : Dollars(t);
    }

    /// <summary>TeX of an image's alternative text or address.</summary>
    public static string CleanImage(string tex)
    {
        ReadOnlySpan<char> t = tex.AsSpan().Trim();
        if (t.StartsWith("[latex]", StringComparison.OrdinalIgnoreCase))
        {
            t = t[7..];
            t = t.EndsWith("[/latex]", StringComparison.OrdinalIgnoreCase) ? t[..^8] : t;
        }

        t = Undelimit(t);
        if (t.StartsWith("latex "))
        {
            t = t[6..].TrimStart();
        }

        bool again = true;
        while (again)
        {
            again = false;
            foreach (string prefix in CodeCogsPrefixes)
            {
                if (!t.StartsWith(prefix))
                {
                    continue;
                }

                int end = prefix.Length;
                if (prefix[^1] == '{')
                {
                    end = t.IndexOf('}') + 1;
                }
                else if (prefix[^1] == '_')
                {
                    while (end < t.Length && char.IsAsciiLetterOrDigit(t[end]))
                    {
                        end++;
                    }
                }
                else if (end < t.Length && char.IsAsciiLetter(t[end]))
                {
                    continue;
                }

                if (end > 0)
                {
                    t = t[end..].TrimStart();
                    again = true;
                }
            }
        }

        // Colours and size that WordPress takes behind the formula.
        while (t.LastIndexOf('&') is int amp && amp >= 0 && IsWordPressOption(t[(amp + 1)..]))
        {
            t = t[..amp].TrimEnd();
        }

        return Dollars(TrimEnds(Undelimit(t)));
    }

    /// <summary>Undoes percent encoding, "+" for a space (where no other space is encoded) and CodeCogs' "&amp;space;".</summary>
    public static string Unescape(ReadOnlySpan<byte> query)
    {
        byte[] bytes = new byte[query.Length];
        int n = 0;
        bool plus = query.IndexOf("%20"u8) < 0 && query.IndexOf("%2B"u8) >= 0;
        for (int i = 0; i < query.Length; i++)
        {
            byte b = query[i];
            if (b == (byte)'%' && i + 2 < query.Length && char.IsAsciiHexDigit((char)query[i + 1]) && char.IsAsciiHexDigit((char)query[i + 2]))
            {
                bytes[n++] = (byte)((Hex(query[i + 1]) << 4) | Hex(query[i + 2]));
                i += 2;
            }
            else
            {
                bytes[n++] = b == (byte)'+' && plus ? (byte)' ' : b;
            }
        }

        return Encoding.UTF8.GetString(bytes, 0, n).Replace("&space;", " ", StringComparison.Ordinal);
    }

    /// <summary>Takes white space off both ends, and a backslash that would then guard the closing dollar.</summary>
    public static ReadOnlySpan<char> TrimEnds(ReadOnlySpan<char> tex)
    {
        tex = tex.Trim();
        int slashes = 0;
        while (slashes < tex.Length && tex[^(slashes + 1)] == '\\')
        {
            slashes++;
        }

        return (slashes & 1) == 1 ? tex[..^1].TrimEnd() : tex;
    }

    private static int Hex(byte b) => b <= (byte)'9' ? b - '0' : (b | 0x20) - 'a' + 10;

    private static bool IsWordPressOption(ReadOnlySpan<char> option) => option.StartsWith("fg=") || option.StartsWith("bg=") || option.StartsWith("s=");

    private static ReadOnlySpan<char> Undelimit(ReadOnlySpan<char> t)
    {
        t = t.Trim();
        if (t.Length >= 4 && ((t.StartsWith("$$") && t.EndsWith("$$")) || (t.StartsWith("\\[") && t.EndsWith("\\]")) || (t.StartsWith("\\(") && t.EndsWith("\\)"))))
        {
            return t[2..^2].Trim();
        }

        return t.Length >= 2 && t[0] == '$' && t[^1] == '$' && t[1..^1].IndexOf('$') < 0 ? t[1..^1].Trim() : t;
    }

    // Dollars inside (\text{for $x$}) become \( and \), which mean the same there.
    private static string Dollars(ReadOnlySpan<char> t)
    {
        if (!t.Contains('$'))
        {
            return t.ToString();
        }

        StringBuilder b = new(t.Length + 8);
        bool open = false;
        for (int i = 0; i < t.Length; i++)
        {
            if (t[i] == '\\' && i + 1 < t.Length)
            {
                b.Append(t[i]).Append(t[++i]);
            }
            else if (t[i] == '$')
            {
                b.Append(open ? "\\)" : "\\(");
                open = !open;
            }
            else
            {
                b.Append(t[i]);
            }
        }

        return open ? t.ToString().Replace("$", "\\$", StringComparison.Ordinal).Replace("\\\\$", "\\$", StringComparison.Ordinal) : b.ToString();
    }
}
