namespace DataBuild.Formats;

/// <summary>A crawl input that cannot be read at all. Defects of single records are reported as <see cref="CrawlDefect"/> instead.</summary>
public sealed class CrawlFormatException : DiagnosticException
{
    /// <summary>Creates the error; the message is composed of the parts.</summary>
    /// <param name="code">One of <see cref="CrawlDiagnostics"/>.</param>
    /// <param name="path">The input as the caller named it.</param>
    /// <param name="offset">Byte offset of the trouble, 0 where the whole file is meant.</param>
    /// <param name="found">What was there.</param>
    /// <param name="expected">What should have been there.</param>
    /// <param name="inner">The cause, if any.</param>
    public CrawlFormatException(string code, string path, long offset, string found, string expected, Exception? inner = null)
        : base(code, $"{path}({offset}): {code}: found {found}, expected {expected}", path, 0, inner)
    {
        Offset = offset;
        Found = found;
        Expected = expected;
    }

    /// <summary>Byte offset in the input.</summary>
    public long Offset { get; }

    /// <summary>What was found.</summary>
    public string Found { get; }

    /// <summary>What was expected.</summary>
    public string Expected { get; }

    /// <inheritdoc />
    public override string Finding => $"{(Offset > 0 ? FormattableString.Invariant($"at offset {Offset}: ") : "")}found {Found}, expected {Expected}";
}
