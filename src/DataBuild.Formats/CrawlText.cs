namespace DataBuild.Formats;

/// <summary>Texts beside crawls, such as lists of their paths, compressed as crawls are.</summary>
public static class CrawlText
{
    /// <summary>Opens a plain, gzip or Zstandard file. Reading throws <see cref="InvalidDataException"/> where it is damaged.</summary>
    /// <exception cref="CrawlFormatException">It is missing, not a file, empty or unreadable.</exception>
    public static Stream Open(string path) =>
        new DecodedStream(CrawlFile.Open(path), path, static defect => throw new InvalidDataException(FormattableString.Invariant($"offset {defect.Offset}: {defect.Message}")));
}
