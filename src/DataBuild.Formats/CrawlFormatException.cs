namespace DataBuild.Formats;

/// <summary>A crawl input that cannot be read at all. Defects of single records are reported as <see cref="CrawlDefect"/> instead.</summary>
public sealed class CrawlFormatException : Exception
{
    /// <summary>Creates the error; the message is composed of the parts.</summary>
    /// <param name="code">One of <see cref="CrawlDiagnostics"/>.</param>
    /// <param name="path">The input as the caller named it.</param>
    /// <param name="offset">Byte offset of the trouble, 0 where the whole file is meant.</param>
    /// <param name="found">What was there.</param>
    /// <param name="expected">What should have been there.</param>
    /// <param name="inner">The cause, if any.</param>
    public CrawlFormatException(string code, string path, long offset, string found, string expected, Exception? inner = null)
        : base($"{path}({offset}): {code}: found {found}, expected {expected}", inner)
    {
        Code = code;
        Path = path;
        Offset = offset;
        Found = found;
        Expected = expected;
    }

    /// <summary>Diagnostic code, one of <see cref="CrawlDiagnostics"/>.</summary>
    public string Code { get; }

    /// <summary>The input's path.</summary>
    public string Path { get; }

    /// <summary>Byte offset in the input.</summary>
    public long Offset { get; }

    /// <summary>What was found.</summary>
    public string Found { get; }

    /// <summary>What was expected.</summary>
    public string Expected { get; }
}
