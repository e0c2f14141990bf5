using DataBuild.Generators.Model;
using Microsoft.CodeAnalysis.Text;

namespace DataBuild.Generators.Plan;

/// <summary>Finds characters of an attribute's value in the project file, where escapes are longer than what they stand for.</summary>
internal static class AttributeCharacters
{
    /// <summary>
    /// Place of some characters of the value that the plan holds. Null where that cannot be told: the value stands in an element, over several lines, or
    /// holds properties or items.
    /// </summary>
    /// <param name="metadata">The attribute.</param>
    /// <param name="position">First character in the value without blanks at its ends; negative for none.</param>
    /// <param name="length">Characters.</param>
    public static LocationInfo? Locate(WrittenMetadata metadata, int position, int length)
    {
        string source = metadata.Source;
        int open = source.IndexOfAny(['"', '\'']);
        if (position < 0 || open < 0 || source.Contains('\n') || source.Contains('\r') || source.Contains("$(") || source.Contains("@(") || source.Contains("%"))
        {
            return null;
        }

        int leading = metadata.Value.Length - metadata.Value.TrimStart().Length;
        int start = Skip(source, open + 1, leading + position);
        int end = Math.Min(Skip(source, start, Math.Max(1, length)), source.Length - 1);
        start = Math.Min(start, end);
        LinePosition first = metadata.Location.Lines.Start;
        return new LocationInfo(
            metadata.Location.Path,
            TextSpan.FromBounds(metadata.Location.Span.Start + start, metadata.Location.Span.Start + end),
            new LinePositionSpan(new LinePosition(first.Line, first.Character + start), new LinePosition(first.Line, first.Character + end)));
    }

    private static int Skip(string source, int at, int characters)
    {
        for (int i = 0; i < characters && at < source.Length; i++)
        {
            int semicolon = source[at] == '&' ? source.IndexOf(';', at) : -1;
            at = semicolon < 0 ? at + 1 : semicolon + 1;
        }

        return at;
    }
}
