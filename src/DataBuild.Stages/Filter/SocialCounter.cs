using System.Buffers;
using DataBuild.Text;

namespace DataBuild.Stages.Filter;

/// <summary>Lines such as <c>3,000 likes</c>, <c>123K followers!</c>: a number, a unit of thousands perhaps, and what is counted, with nothing else but marks.</summary>
internal static class SocialCounter
{
    private static readonly string[] Counted =
        ["likes", "shares", "comments", "retweets", "reposts", "quotes", "bookmarks", "upvotes", "downvotes", "downloads", "views", "followers"];

    private static readonly SearchValues<char> NumberPart = SearchValues.Create("0123456789.,");

    /// <summary>True when the line is such a counter, case aside.</summary>
    public static bool Matches(ReadOnlySpan<char> line)
    {
        line = TrimMarks(line);
        if (line.IsEmpty || !char.IsAsciiDigit(line[0]))
        {
            return false;
        }

        int end = line.IndexOfAnyExcept(NumberPart);
        if (end < 0)
        {
            return false;
        }

        end += line[end] is 'k' or 'K' or 'm' or 'M' or 'b' or 'B' ? 1 : 0;
        ReadOnlySpan<char> rest = line[end..];
        if (rest.IsEmpty || !CharacterTable.Is(rest[0], CharacterTraits.Whitespace))
        {
            return false;
        }

        rest = CharacterTable.Trim(rest);
        foreach (string counted in Counted)
        {
            if (rest.Equals(counted, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<char> TrimMarks(ReadOnlySpan<char> line)
    {
        int start = 0;
        int end = line.Length;
        while (start < end && !IsWordCharacter(line[start]))
        {
            start++;
        }

        while (end > start && !IsWordCharacter(line[end - 1]))
        {
            end--;
        }

        return line[start..end];
    }

    private static bool IsWordCharacter(char c) => c == '_' || char.IsLetterOrDigit(c);
}
