using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace DataBuild.Formats;

/// <summary>
/// Reads the documents of one crawl input in order: WARC, WET and ARC, JSON lines, Parquet, and single files (HTML, text, code, anything else),
/// told apart by content first and by name second. Memory is bounded by a few MB and one payload, whatever the input's size.
/// </summary>
public sealed class CrawlReader : IDisposable
{
    private const int MaxDefectsKept = 1000;
    private readonly List<CrawlDefect> _defects = [];
    private readonly CrawlReaderOptions _options;
    private readonly DocumentSource _source;

    private CrawlReader(string path, CrawlReaderOptions options)
    {
        _options = options;
        Path = path;
        _source = InputSniffer.Open(path, options, Counts, Report);
    }

    /// <summary>The input.</summary>
    public string Path { get; }

    /// <summary>What the input is: <c>warc</c>, <c>jsonl</c>, <c>parquet</c> or <c>file</c>.</summary>
    public string Format => _source.Format;

    /// <summary>What has been read so far.</summary>
    public CrawlCounts Counts { get; } = new();

    /// <summary>The first 1,000 defects; <see cref="CrawlCounts.DefectsByCode"/> counts all.</summary>
    public IReadOnlyList<CrawlDefect> Defects => _defects;

    /// <summary>Opens an input.</summary>
    /// <exception cref="CrawlFormatException">It is missing, not a file, empty, unreadable, or not what its name says.</exception>
    public static CrawlReader Open(string path, CrawlReaderOptions? options = null) => new(path, options ?? CrawlReaderOptions.Default);

    /// <summary>Reads the next document; the caller disposes it. False at the end.</summary>
    /// <exception cref="CrawlFormatException">The input holds no record at all, or cannot be read on.</exception>
    public bool TryRead([NotNullWhen(true)] out RawDocument? document)
    {
        try
        {
            if (!_source.TryRead(out document))
            {
                return false;
            }
        }
        catch (IOException e)
        {
            throw new CrawlFormatException(CrawlDiagnostics.InputUnreadable, Path, Counts.BytesCompressed, e.Message, "a readable file", e);
        }

        Counts.Document(document);
        return true;
    }

    /// <summary>Closes the input.</summary>
    public void Dispose() => _source.Dispose();

    /// <summary>32 hexadecimal digits of a SHA-256 over address and content.</summary>
    internal static string DigestId(string url, ReadOnlySpan<byte> content)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(url));
        hash.AppendData("\n"u8);
        hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    private void Report(CrawlDefect defect)
    {
        Counts.Defect(defect);
        if (_defects.Count < MaxDefectsKept)
        {
            _defects.Add(defect);
        }

        _options.OnDefect?.Invoke(defect);
    }
}

/// <summary>The documents of one input of one format.</summary>
internal abstract class DocumentSource : IDisposable
{
    public abstract string Format { get; }

    public abstract bool TryRead([NotNullWhen(true)] out RawDocument? document);

    public abstract void Dispose();
}
