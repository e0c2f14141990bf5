using System.Globalization;
using System.Text;
using DataBuild.Formats;
using DataBuild.Formats.Warc;

namespace DataBuild.EndToEndBenchmark;

/// <summary>A crawl of any size made of given pages: they are repeated, and in each repetition a quarter of the words is another, so that few are duplicates.</summary>
internal sealed record SyntheticCrawl(string Folder, long Pages, long UncompressedBytes, long CompressedBytes)
{
    private const string Done = "crawl.txt";

    /// <summary>Makes the crawl, or finds it made.</summary>
    /// <param name="pages">WARC files whose pages are repeated, all of them in turn.</param>
    /// <param name="bytes">Uncompressed size to reach.</param>
    /// <param name="files">Number of WARC files; each holds every <paramref name="files"/>-th page.</param>
    /// <param name="folder">Where to put them.</param>
    public static SyntheticCrawl Make(IReadOnlyList<string> pages, long bytes, int files, string folder)
    {
        string key = string.Create(CultureInfo.InvariantCulture, $"{string.Join(' ', pages.Select(Path.GetFileName))} {bytes} {files}");
        string donePath = Path.Combine(folder, Done);
        if (File.Exists(donePath) && File.ReadAllLines(donePath) is [string made, string pageCount, string size] && made == key)
        {
            return new SyntheticCrawl(folder, long.Parse(pageCount, CultureInfo.InvariantCulture), long.Parse(size, CultureInfo.InvariantCulture), CompressedSize(folder));
        }

        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        List<SourcePage> sources = ReadPages(pages);
        long madePages = 0;
        long madeBytes = 0;
        Parallel.For(0, files, file =>
        {
            (long count, long written) = WriteFile(sources, Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"part-{file:D3}.warc.gz")), file, files, bytes / files);
            Interlocked.Add(ref madePages, count);
            Interlocked.Add(ref madeBytes, written);
        });
        File.WriteAllLines(donePath, [key, madePages.ToString(CultureInfo.InvariantCulture), madeBytes.ToString(CultureInfo.InvariantCulture)]);
        return new SyntheticCrawl(folder, madePages, madeBytes, CompressedSize(folder));
    }

    private static List<SourcePage> ReadPages(IEnumerable<string> paths)
    {
        List<SourcePage> pages = [];
        foreach (string path in paths)
        {
            using CrawlReader reader = CrawlReader.Open(path);
            while (reader.TryRead(out RawDocument? page))
            {
                using (page)
                {
                    if (page.DropReason is null)
                    {
                        pages.Add(new SourcePage(page.Url, page.Charset is null ? "text/html" : $"text/html; charset={page.Charset}", page.Payload.ToArray()));
                    }
                }
            }
        }

        return pages;
    }

    private static (long Pages, long Bytes) WriteFile(List<SourcePage> sources, string path, int first, int step, long limit)
    {
        using FileStream stream = File.Create(path);
        using WarcWriter writer = new(stream, WarcCompression.Gzip);
        long pages = 0;
        long written = 0;
        for (long next = first; written < limit; next += step)
        {
            SourcePage source = sources[(int)(next % sources.Count)];
            long repetition = next / sources.Count;
            byte[] body = [.. source.Body];
            Perturb(body, new Random(HashCode(repetition, next)), repetition == 0 ? 0 : 0.25);
            byte[] block = WarcWriter.HttpResponse(200, "OK", [("Content-Type", source.ContentType)], body);
            string id = $"<urn:uuid:{DeterministicUuid(next)}>";
            writer.Write("response", id, "2026-01-01T00:00:00Z", $"{source.Url}?copy={repetition.ToString(CultureInfo.InvariantCulture)}", "application/http; msgtype=response", block);
            written += block.Length;
            pages++;
        }

        return (pages, written);
    }

    private static long CompressedSize(string folder) => Directory.EnumerateFiles(folder, "*.warc.gz").Sum(f => new FileInfo(f).Length);

    private static int HashCode(long repetition, long page) => (int)((repetition * 1_000_003L) + page);

    private static Guid DeterministicUuid(long page)
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, page + 1);
        return new Guid(bytes);
    }

    // Letters of chosen words outside tags, scripts and styles are rotated by a number that is the word's own: the length and the markup stay.
    private static void Perturb(byte[] html, Random random, double share)
    {
        if (share == 0)
        {
            return;
        }

        bool inTag = false;
        int skipUntil = 0;
        for (int i = 0; i < html.Length; i++)
        {
            byte b = html[i];
            if (b == '<')
            {
                inTag = true;
                ReadOnlySpan<byte> rest = html.AsSpan(i);
                foreach (string name in (ReadOnlySpan<string>)["script", "style"])
                {
                    if (rest.Length > name.Length && Encoding.ASCII.GetString(rest.Slice(1, name.Length)).Equals(name, StringComparison.OrdinalIgnoreCase))
                    {
                        int end = rest.IndexOf(Encoding.ASCII.GetBytes("</" + name));
                        skipUntil = end < 0 ? html.Length : i + end;
                    }
                }
            }
            else if (b == '>')
            {
                inTag = false;
            }
            else if (!inTag && i >= skipUntil && char.IsAsciiLetter((char)b) && (i == 0 || (!char.IsAsciiLetter((char)html[i - 1]) && html[i - 1] is not (byte)'&' and < 0x80)))
            {
                int end = i;
                while (end < html.Length && char.IsAsciiLetter((char)html[end]))
                {
                    end++;
                }

                if (end - i >= 4 && random.NextDouble() < share)
                {
                    int shift = random.Next(1, 26);
                    for (int k = i; k < end; k++)
                    {
                        int a = html[k] >= 'a' ? 'a' : 'A';
                        html[k] = (byte)(a + ((html[k] - a + shift) % 26));
                    }
                }

                i = end - 1;
            }
        }
    }

    private sealed record SourcePage(string Url, string ContentType, byte[] Body);
}
