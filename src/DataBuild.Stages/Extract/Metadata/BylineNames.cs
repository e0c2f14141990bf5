using System.Text.RegularExpressions;

namespace DataBuild.Stages.Extract.Metadata;

/// <summary>Reads names out of bylines such as <c>By Ada Lovelace | 3 min read</c>.</summary>
internal static partial class BylineNames
{
    private const int MaxLength = 120;

    /// <summary>Whether a text says that the one named next wrote the page.</summary>
    public static bool IsWrittenBy(string? text) => text is not null && Prefix().Match(text + " ") is { Success: true, Index: 0 } m && m.Length >= text.Length;

    /// <summary>Whether a text starts as a byline does.</summary>
    public static bool StartsAsByline(string text) => Prefix().Match(text) is { Success: true, Index: 0, Length: > 0 };

    /// <summary>The name or names that a byline holds; null where it holds none.</summary>
    /// <param name="text">A text with white space collapsed.</param>
    /// <param name="sure">Whether the element that holds it is marked as a name: then one word is enough.</param>
    public static string? Read(string? text, bool sure)
    {
        if (text is null)
        {
            return null;
        }

        string rest = text.Trim();
        bool byline = false;
        while (Prefix().Match(rest) is { Success: true, Index: 0, Length: > 0 } m)
        {
            rest = rest[m.Length..].TrimStart();
            byline = true;
        }

        Match end = End().Match(rest);
        if (end.Success)
        {
            rest = rest[..end.Index];
        }

        rest = rest.Trim(' ', ',', ';', ':', '-', '\u2013', '\u2014', '\u2022', '"');
        return IsName(rest, sure || byline) ? rest : null;
    }

    /// <summary>Whether a text can be the name of a person, a team or a user.</summary>
    public static bool IsName(string text, bool sure)
    {
        if (text.Length is < 2 or > MaxLength || !text.Any(char.IsLetter) || text.IndexOfAny(['@', '{', '}', '<', '>', '?', '!', '=', '*', '\\']) >= 0
            || text.Contains("http", StringComparison.OrdinalIgnoreCase) || NoName().IsMatch(text))
        {
            return false;
        }

        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool list = text.IndexOfAny([',', ';', '&']) >= 0 || text.Contains(" and ", StringComparison.Ordinal);
        if (words.Length > (list ? 18 : 6))
        {
            return false;
        }

        int capitals = words.Count(w => char.IsUpper(w[0]) || char.GetUnicodeCategory(w[0]) == System.Globalization.UnicodeCategory.OtherLetter);
        return sure ? words.Length == 1 || capitals * 2 >= words.Length : words.Length >= 2 && capitals * 2 > words.Length && !text.Any(char.IsDigit);
    }

    /// <summary>Whether a stated author is a login name, a placeholder or the like, so that what readers see says more.</summary>
    public static bool IsDoubtful(string name) =>
        name.Length < 2 || name.IndexOfAny(['{', '}', '@', '_']) >= 0 || name.StartsWith("page.", StringComparison.Ordinal) || !name.Any(char.IsLetter)
            || NoName().IsMatch(name) || (!name.Contains(' ', StringComparison.Ordinal) && (char.IsLower(name[0]) || name.Any(char.IsDigit)));

    [GeneratedRegex(@"^\s*(?:(?:articles? |story |words |text |guide |review |photos? |post |posted |written |published |reported |authored |created |asked |started |submitted )?by\b\s*:?|written\s?by\s*:?|authors?(?:\(s\))?\s*:|author(?:\(s\))?\s+(?=\p{Lu})|about the author\s*:?|via\b|writer\s*:|contributor\s*:|von\b:?|par\b:?|por\b:?|di(?=\s\p{Lu})|door\b:?|av(?=\s\p{Lu})|af(?=\s\p{Lu})|autore?\s*:|auteur\s*:|autor\s*:|verfasst von|escrito por|escrito por:|rédigé par|publié par|автор\s*:|作者\s*[:：]|作者\s|撰文\s*[:：]|[-–—•|·]\s*)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();

    [GeneratedRegex(@"\s*(?:[|·•»●(\[/\n]|\s[-–—]\s|,?\s(?:on|at|in|for|wrote|says|said|edited)\s|,?\s?\b(?:updated|published|posted|last|reviewed|edited|fact|fact-checked|joined|follow|contributing|former|senior|staff|founder|medically|edited|co-founder|head|minutes?|mins?|reading time|share|read|verified|freelance|guest)\b|,?\s(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\p{L}*\.?\s[0-9]|,?\s?(?:mon|tue|wed|thu|fri|sat|sun)\p{Ll}*,\s|(?-i:(?<=\p{Ll})(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\p{Ll}*\.?\s[0-9])|\s?[0-9]{1,2}[\s./-]|\s(?:19|20)[0-9]{2})", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex End();

    [GeneratedRegex(@"^(?:by|authors?|admin|administrator|posted|written|guest|unknown|anonymous|editor|share|subscribe|follow.*|your .*|read .*|view .*|see .*|more .*|comments?|no comments?|leave .*|about.*|all .*|profile|login|log in|sign .*|member.*|user.*|moderator|name|email|none|null|undefined|n/a|home|search|contact.*|updated.*|published.*|the author|meet .*|our .*|expert.*|browse .*|become .*|write .*|find .*|guidelines?|edit.*|meta|related.*|new|join.*|share.*|what .*|how .*|why .*|submit.*|for authors|best .*|register|topic author|youtube|facebook|twitter|linkedin|instagram|human)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NoName();
}
