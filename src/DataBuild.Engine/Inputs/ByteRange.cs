using System.Globalization;

namespace DataBuild.Engine.Inputs;

/// <summary>A part of a file, as in HTTP: both ends belong to it.</summary>
/// <param name="First">Offset of the first byte.</param>
/// <param name="Last">Offset of the last byte.</param>
internal readonly record struct ByteRange(long First, long Last)
{
    private const string Prefix = "bytes=";

    /// <summary>Bytes.</summary>
    public long Length => Last - First + 1;

    /// <summary>Reads <c>bytes=first-last</c>.</summary>
    public static bool TryParse(string text, out ByteRange range)
    {
        range = default;
        string[] ends = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..].Split('-') : [];
        if (ends.Length != 2
            || !long.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out long first)
            || !long.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out long last)
            || last < first || last == long.MaxValue)
        {
            return false;
        }

        range = new ByteRange(first, last);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{First}-{Last}");
}
