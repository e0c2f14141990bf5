namespace DataBuild.Formats;

/// <summary>How crawl inputs are read.</summary>
public sealed record CrawlReaderOptions
{
    /// <summary>The defaults.</summary>
    public static CrawlReaderOptions Default { get; } = new();

    /// <summary>Largest payload in bytes, stored and after decoding; larger ones are dropped with a reason. Default 64 MiB.</summary>
    public int MaxPayloadBytes { get; init; } = 64 << 20;

    /// <summary>Media types that responses may have to be read; a response that states none is judged by its first bytes.</summary>
    public IReadOnlySet<string> MediaTypes { get; init; } = new HashSet<string>(StringComparer.Ordinal) { "text/html", "application/xhtml+xml", "text/plain", "text/markdown" };

    /// <summary>Field or column of the text in JSON lines and tables.</summary>
    public string TextField { get; init; } = "text";

    /// <summary>Field or column of the id; rows without one get a digest.</summary>
    public string IdField { get; init; } = "id";

    /// <summary>Field or column of the address.</summary>
    public string UrlField { get; init; } = "url";

    /// <summary>Field or column of the date.</summary>
    public string DateField { get; init; } = "date";

    /// <summary>Field or column of a label; empty for none.</summary>
    public string LabelField { get; init; } = "";

    /// <summary>Whether other fields of JSON lines are handed out as <see cref="RawDocument.ExtraFields"/>.</summary>
    public bool KeepExtraFields { get; init; }

    /// <summary>Called for every defect, in file order; null to only count them.</summary>
    public Action<CrawlDefect>? OnDefect { get; init; }
}
