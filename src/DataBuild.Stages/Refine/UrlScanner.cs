using System.Buffers;
using DataBuild.Text;

namespace DataBuild.Stages.Refine;

/// <summary>
/// Finds addresses in running text: characters of a host that end in a dot and a top-level domain (the list of IANA, root zone database), and four numbers with dots
/// between. The character sets are those of DCLM's expressions.
/// </summary>
internal static class UrlScanner
{
    private const int MaxWhitespace = 10;
    private const int MaxHost = 256;
    private const int LongestDomain = 24;

    private static readonly SearchValues<char> Host = SearchValues.Create("-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@:%._+~#=");
    private static readonly SearchValues<char> Tail = SearchValues.Create("-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789()@:%_+.~#?&/=");
    private static readonly Lazy<HashSet<string>> Domains = new(Load);

    /// <summary>The next address at or after a position, with the white space before it.</summary>
    public static bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        start = end = 0;
        for (int at = from; at < text.Length;)
        {
            int skip = text[at..].IndexOfAny(Host);
            if (skip < 0)
            {
                return false;
            }

            at += skip;
            int length = text[at..].IndexOfAnyExcept(Host);
            int runEnd = length < 0 ? text.Length : at + length;
            if (EndOfName(text, at, runEnd, out start) is > 0 and int name)
            {
                end = name;
            }
            else if (EndOfNumbers(text, at, runEnd, out start) is > 0 and int numbers)
            {
                end = numbers;
            }
            else
            {
                at = runEnd;
                continue;
            }

            int more = text[end..].IndexOfAnyExcept(Tail);
            end = more < 0 ? text.Length : end + more;
            start = Math.Max(from, BeforeWhitespace(text, BeforeScheme(text, start)));
            return true;
        }

        return false;
    }

    // The last dot of the run that a top-level domain follows; 0 where there is none.
    private static int EndOfName(ReadOnlySpan<char> text, int runStart, int runEnd, out int start)
    {
        start = runStart;
        for (int dot = text[runStart..runEnd].LastIndexOf('.') + runStart; dot > runStart; dot = text[runStart..dot].LastIndexOf('.') + runStart)
        {
            if (EndOfDomain(text, dot + 1) is > 0 and int end)
            {
                start = Math.Max(runStart, dot - MaxHost);
                return end;
            }
        }

        return 0;
    }

    private static int EndOfDomain(ReadOnlySpan<char> text, int start)
    {
        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> domains = Domains.Value.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> lower = stackalloc char[LongestDomain];
        int found = 0;
        for (int length = 1; length <= LongestDomain && start + length <= text.Length; length++)
        {
            char c = text[start + length - 1];
            if (!IsWord(c) && c != '-')
            {
                break;
            }

            // A domain ends where a word does.
            if (IsWord(c) && (start + length == text.Length || !IsWord(text[start + length])) && domains.Contains(lower[..text.Slice(start, length).ToLowerInvariant(lower)]))
            {
                found = start + length;
            }
        }

        return found;
    }

    // Four numbers below 300, dots between them, no word before them.
    private static int EndOfNumbers(ReadOnlySpan<char> text, int runStart, int runEnd, out int start)
    {
        for (start = runStart; start < runEnd; start++)
        {
            if (!char.IsAsciiDigit(text[start]) || (start > 0 && IsWord(text[start - 1])))
            {
                continue;
            }

            int at = start;
            int parts = 0;
            while (parts < 4 && Number(text, at, runEnd, parts == 3) is > 0 and int length)
            {
                parts++;
                at += length;
                if (parts < 4 && at < runEnd && text[at] == '.')
                {
                    at++;
                }
                else if (parts < 4)
                {
                    break;
                }
            }

            if (parts == 4)
            {
                return at;
            }
        }

        return 0;
    }

    // Digits of a number: up to three where the first is 0, 1 or 2, else two; all but the last must be whole.
    private static int Number(ReadOnlySpan<char> text, int at, int end, bool isLast)
    {
        int length = 0;
        while (at + length < end && length < 3 && char.IsAsciiDigit(text[at + length]))
        {
            length++;
        }

        if (length == 3 && text[at] > '2')
        {
            length = 2;
        }

        return isLast || (at + length < end && text[at + length] == '.') ? length : 0;
    }

    private static int BeforeScheme(ReadOnlySpan<char> text, int start)
    {
        foreach (string scheme in (ReadOnlySpan<string>)["https://", "http://", "ftp://"])
        {
            if (text[..start].EndsWith(scheme, StringComparison.Ordinal))
            {
                return start - scheme.Length;
            }
        }

        return start;
    }

    private static int BeforeWhitespace(ReadOnlySpan<char> text, int start)
    {
        int least = Math.Max(0, start - MaxWhitespace);
        while (start > least && CharacterTable.Is(text[start - 1], CharacterTraits.Whitespace))
        {
            start--;
        }

        return start;
    }

    private static bool IsWord(char c) => c == '_' || char.IsLetterOrDigit(c);

    private static HashSet<string> Load()
    {
        const string Resource = "DataBuild.Stages.Refine.top-level-domains.txt";
        using Stream stream = typeof(UrlScanner).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"{Resource} is missing from the assembly");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
    }
}
