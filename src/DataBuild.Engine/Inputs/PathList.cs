using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using DataBuild.Formats;

namespace DataBuild.Engine.Inputs;

/// <summary>A list of paths as Common Crawl publishes it (<c>warc.paths.gz</c>): a path a line, relative to the archive's root.</summary>
internal static class PathList
{
    private const long MaximumBytes = 64L << 20;
    private const int MaximumLine = 2000;

    private static readonly SearchValues<char> OddCharacters = SearchValues.Create("\\?#%\"<>");

    /// <summary>Reads a list.</summary>
    /// <param name="path">Local file, plain, gzip or zstd.</param>
    /// <param name="name">Name for messages.</param>
    /// <exception cref="RemoteInputException">It is no list of paths.</exception>
    public static IReadOnlyList<string> Read(string path, string name)
    {
        List<string> paths = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        try
        {
            using Stream stream = CrawlText.Open(path);
            using StreamReader reader = new(new LimitedStream(stream, MaximumBytes, name), new UTF8Encoding(false, throwOnInvalidBytes: true), false, 1 << 16);
            for (int number = 1; reader.ReadLine() is { } line; number++)
            {
                string entry = line.Trim();
                if (entry.Length > 0 && seen.Add(Checked(entry, name, number)))
                {
                    paths.Add(entry);
                }
            }
        }
        catch (Exception exception) when (exception is DecoderFallbackException or InvalidDataException)
        {
            throw new RemoteInputException(RemoteInputException.PathList, $"'{name}' is no list of paths: {exception.Message}");
        }

        return paths.Count > 0 ? paths : throw new RemoteInputException(RemoteInputException.PathList, $"'{name}' is empty; expected a path a line");
    }

    /// <summary>
    /// The paths of a sample, in the order of the list. A path's place follows from the path and the seed alone, so a smaller sample is a part of every larger one
    /// of the same seed, and a list that grew keeps what it gave.
    /// </summary>
    /// <param name="paths">All paths.</param>
    /// <param name="rate">Share of them, over 0 and at most 1.</param>
    /// <param name="most">Paths at most; null for no limit.</param>
    /// <param name="seed">Seed.</param>
    public static IReadOnlyList<string> Sample(IReadOnlyList<string> paths, double rate, int? most, long seed)
    {
        ulong limit = rate >= 1 ? ulong.MaxValue : (ulong)(rate * ulong.MaxValue);
        (string Path, ulong Place, int Index)[] placed = [.. paths.Select((path, index) => (path, XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(path), seed), index))];
        IEnumerable<(string Path, ulong Place, int Index)> taken = placed.Where(p => p.Place <= limit).OrderBy(p => p.Place).ThenBy(p => p.Path, StringComparer.Ordinal);
        return [.. (most is null ? taken : taken.Take(most.Value)).OrderBy(p => p.Index).Select(p => p.Path)];
    }

    private static string Checked(string entry, string name, int line)
    {
        bool odd = entry.Length > MaximumLine || entry[0] == '/' || entry.Contains("://", StringComparison.Ordinal)
            || entry.AsSpan().ContainsAny(OddCharacters) || entry.Any(c => c is <= ' ' or >= '\u007f')
            || entry.Split('/').Any(part => part is "" or "." or "..");
        return !odd ? entry : throw new RemoteInputException(
            RemoteInputException.PathList,
            string.Create(CultureInfo.InvariantCulture, $"'{name}' line {line}: found '{entry[..Math.Min(entry.Length, 100)]}'; expected a relative path such as crawl-data/CC-MAIN-2024-10/segments/1/warc/1.warc.gz"));
    }

    // A few kilobytes may unpack to terabytes.
    private sealed class LimitedStream(Stream inner, long limit, string name) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _read;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int read = inner.Read(buffer);
            _read += read;
            return _read <= limit ? read : throw new RemoteInputException(
                RemoteInputException.PathList, string.Create(CultureInfo.InvariantCulture, $"'{name}' holds more than {limit} bytes of text; expected a list of paths"));
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
