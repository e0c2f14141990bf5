namespace DataBuild.Formats.Warc;

/// <summary>Recognises the first bytes of a WARC or ARC record.</summary>
internal static class RecordStart
{
    /// <summary>Decoded bytes needed to decide.</summary>
    public const int Probe = 512;

    public static bool IsWarc(ReadOnlySpan<byte> bytes) => bytes.StartsWith("WARC/"u8);

    public static bool IsWarcOrArc(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes.TrimStart("\r\n"u8);
        return IsWarc(bytes) || IsArc(bytes);
    }

    /// <summary>Whether the bytes begin with an ARC header line: url, address, date of 14 digits, media type, length.</summary>
    public static bool IsArc(ReadOnlySpan<byte> bytes)
    {
        int lineEnd = bytes.IndexOf((byte)'\n');
        return lineEnd > 0 && ArcHeader.TryParse(bytes[..lineEnd], out _);
    }
}
