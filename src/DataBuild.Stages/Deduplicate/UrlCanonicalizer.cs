using System.Buffers;
using System.Text;

namespace DataBuild.Stages.Deduplicate;

/// <summary>
/// One form for addresses that lead to the same page: RFC 3986, section 6.2.2 (case, percent-encoding, dot segments) and 6.2.3 (default port, empty path),
/// and what crawlers agree on: http is https, no <c>www.</c>, no fragment but <c>#!</c>, no index file, no trailing slash, sorted parameters,
/// no session or tracking parameters.
/// </summary>
public static class UrlCanonicalizer
{
    private static readonly SearchValues<char> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    private static readonly HashSet<string> TrackingParameters = new(StringComparer.OrdinalIgnoreCase)
    {
        "fbclid", "gclid", "gclsrc", "dclid", "wbraid", "gbraid", "msclkid", "yclid", "twclid", "ttclid", "igshid", "mc_cid", "mc_eid",
        "_ga", "_gl", "_hsenc", "_hsmi", "_openstat", "mkt_tok", "oly_anon_id", "oly_enc_id", "vero_id", "wickedid", "s_cid", "ns_campaign",
        "phpsessid", "jsessionid", "aspsessionid", "sessionid", "session_id", "sid", "cfid", "cftoken",
    };

    private static readonly string[] IndexFiles =
        ["index.html", "index.htm", "index.php", "index.asp", "index.aspx", "index.jsp", "default.asp", "default.aspx", "default.htm", "default.html"];

    /// <summary>The canonical form of an absolute address; an address that is none comes back trimmed.</summary>
    /// <param name="url">Address.</param>
    /// <param name="query">What to keep of the query.</param>
    public static string Canonicalize(string url, UrlQuery query = UrlQuery.WithoutTracking)
    {
        ArgumentNullException.ThrowIfNull(url);
        url = url.Trim();
        int schemeEnd = url.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd <= 0)
        {
            return url;
        }

        string scheme = url[..schemeEnd].ToLowerInvariant();
        string rest = url[(schemeEnd + 3)..];
        string fragment = Cut(ref rest, '#');
        string parameters = Cut(ref rest, '?');
        int pathStart = rest.IndexOf('/', StringComparison.Ordinal);
        string authority = pathStart < 0 ? rest : rest[..pathStart];
        string path = pathStart < 0 ? "" : rest[pathStart..];

        StringBuilder result = new();
        bool isWeb = scheme is "http" or "https";
        result.Append(isWeb ? "" : scheme + "://").Append(Authority(authority, scheme)).Append(Path(path, isWeb));
        string kept = query == UrlQuery.None ? "" : Query(parameters, query);
        if (kept.Length > 0)
        {
            result.Append('?').Append(kept);
        }

        return fragment.StartsWith('!') ? result.Append('#').Append(fragment).ToString() : result.ToString();
    }

    private static string Cut(ref string text, char separator)
    {
        int at = text.IndexOf(separator, StringComparison.Ordinal);
        if (at < 0)
        {
            return "";
        }

        string tail = text[(at + 1)..];
        text = text[..at];
        return tail;
    }

    private static string Authority(string authority, string scheme)
    {
        int at = authority.LastIndexOf('@');
        string user = authority[..(at + 1)];
        string host = authority[(at + 1)..].ToLowerInvariant();
        int colon = host.LastIndexOf(':');
        string port = "";
        if (colon >= 0 && !host.AsSpan(colon + 1).ContainsAnyExceptInRange('0', '9'))
        {
            port = host[(colon + 1)..];
            host = host[..colon];
            port = (scheme, port) is (_, "") or ("http", "80") or ("https", "443") or ("ftp", "21") ? "" : ":" + port;
        }

        host = host.TrimEnd('.');
        if (scheme is "http" or "https" && host.StartsWith("www.", StringComparison.Ordinal) && host.IndexOf('.', 4) > 0)
        {
            host = host[4..];
        }

        return user + host + port;
    }

    private static string Path(string path, bool isWeb)
    {
        List<string> segments = [];
        string[] parts = path.Split('/');
        for (int i = 1; i < parts.Length; i++)
        {
            string segment = Escape(parts[i]);
            int session = segment.IndexOf(";jsessionid=", StringComparison.OrdinalIgnoreCase);
            segment = session < 0 ? segment : segment[..session];
            if (segment == "..")
            {
                segments.RemoveRange(Math.Max(0, segments.Count - 1), Math.Min(1, segments.Count));
            }
            else if (segment is not ("." or ""))
            {
                segments.Add(segment);
            }
        }

        if (isWeb && segments.Count > 0 && IndexFiles.Contains(segments[^1], StringComparer.OrdinalIgnoreCase))
        {
            segments.RemoveAt(segments.Count - 1);
        }

        return segments.Count == 0 ? "" : "/" + string.Join('/', segments);
    }

    private static string Query(string query, UrlQuery rule)
    {
        IEnumerable<string> parameters = query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(Escape);
        if (rule == UrlQuery.WithoutTracking)
        {
            parameters = parameters.Where(p => !IsTracking(p));
        }

        return string.Join('&', parameters.Order(StringComparer.Ordinal));
    }

    private static bool IsTracking(string parameter)
    {
        int equals = parameter.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? parameter : parameter[..equals];
        return name.StartsWith("utm_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("pk_", StringComparison.OrdinalIgnoreCase) || TrackingParameters.Contains(name);
    }

    // Escapes of unreserved characters are decoded, others get upper-case digits, and what is not ASCII is escaped as UTF-8.
    private static string Escape(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal) && Ascii.IsValid(text))
        {
            return text;
        }

        StringBuilder result = new();
        Span<byte> utf8 = stackalloc byte[4];
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                char value = (char)Convert.ToByte(text.Substring(i + 1, 2), 16);
                _ = Unreserved.Contains(value) ? result.Append(value) : result.Append('%').Append(char.ToUpperInvariant(text[i + 1])).Append(char.ToUpperInvariant(text[i + 2]));
                i += 2;
            }
            else if (c < 0x80)
            {
                result.Append(c);
            }
            else
            {
                OperationStatus status = Rune.DecodeFromUtf16(text.AsSpan(i), out Rune rune, out int consumed);
                int length = (status == OperationStatus.Done ? rune : Rune.ReplacementChar).EncodeToUtf8(utf8);
                foreach (byte b in utf8[..length])
                {
                    result.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
                }

                i += consumed - 1;
            }
        }

        return result.ToString();
    }
}

/// <summary>What of an address's query tells pages apart.</summary>
public enum UrlQuery
{
    /// <summary>All parameters but those known to track visitors or to carry sessions.</summary>
    WithoutTracking,

    /// <summary>All parameters.</summary>
    All,

    /// <summary>Nothing.</summary>
    None,
}
