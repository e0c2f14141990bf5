using System.Globalization;
using System.Text;
using DataBuild.Formats;
using DataBuild.Formats.Warc;

namespace DataBuild.EndToEndBenchmark;

/// <summary>A crawl of any size made of given pages: they are repeated, and in each repetition a quarter of the words is another, so that few are duplicates.</summary>
internal sealed record SyntheticCrawl(string Folder, long Pages, long UncompressedBytes, long CompressedBytes)
{
    private const string Done = "crawl.txt";

    public static SyntheticCrawl Make(string pagesPath, long bytes, int files, string folder)
    {
        string key = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(pagesPath)} {bytes} {files}");
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
        long pages = 0;
        long written = 0;
        int repetition = 0;
        for (int file = 0; file < files; file++)
        {
            using FileStream stream = File.Create(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"part-{file:D3}.warc.gz")));
            using WarcWriter writer = new(stream, WarcCompression.Gzip);
            long limit = bytes * (file + 1) / files;
            while (written < limit)
            {
                using CrawlReader reader = CrawlReader.Open(pagesPath);
                while (written < limit && reader.TryRead(out RawDocument? page))
                {
                    using (page)
                    {
                        if (page.DropReason is not null)
                        {
                            continue;
                        }

                        byte[] body = page.Payload.ToArray();
                        Perturb(body, new Random(HashCode(repetition, pages)), repetition == 0 ? 0 : 0.25);
                        string contentType = page.Charset is null ? "text/html" : $"text/html; charset={page.Charset}";
                        byte[] block = WarcWriter.HttpResponse(200, "OK", [("Content-Type", contentType)], body);
                        string id = $"<urn:uuid:{DeterministicUuid(pages)}>";
                        writer.Write("response", id, "2026-01-01T00:00:00Z", $"{page.Url}?copy={repetition.ToString(CultureInfo.InvariantCulture)}", "application/http; msgtype=response", block);
                        written += block.Length;
                        pages++;
                    }
                }

                repetition++;
            }
        }

        File.WriteAllLines(donePath, [key, pages.ToString(CultureInfo.InvariantCulture), written.ToString(CultureInfo.InvariantCulture)]);
        return new SyntheticCrawl(folder, pages, written, CompressedSize(folder));
    }

    private static long CompressedSize(string folder) => Directory.EnumerateFiles(folder, "*.warc.gz").Sum(f => new FileInfo(f).Length);

    private static int HashCode(int repetition, long page) => (int)((repetition * 1_000_003L) + page);

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
}
