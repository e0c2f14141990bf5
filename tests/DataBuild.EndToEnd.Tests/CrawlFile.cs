using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace DataBuild.EndToEnd.Tests;

/// <summary>Makes WARC files, gzip per record, of pages with a text long enough for the quality filters.</summary>
internal static class CrawlFile
{
    private static readonly string[] Subjects =
    [
        "The river", "The old library", "A careful reader", "The town council", "This kind of engine", "The weather", "An early map", "The orchestra",
    ];

    private static readonly string[] Predicates =
    [
        "changed its course over many years and left a wide valley behind", "kept the letters that the merchants had sent to the coast",
        "was described with great care in the notes of the second journey", "became the subject of a long debate that nobody could settle",
        "depends on the quality of the water that is pumped from the hills", "has been restored by the people who live in the quarter around it",
        "showed that the first account of the events could not be true", "is known to most of the students of the subject by its shorter name",
    ];

    /// <summary>A WARC file of pages number <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1, each another text.</summary>
    public static byte[] Pages(int first, int count)
    {
        using MemoryStream file = new();
        foreach (int page in Enumerable.Range(first, count))
        {
            file.Write(Record(page, Html(page)));
        }

        return file.ToArray();
    }

    /// <summary>One record, with a content length that is off by <paramref name="lengthError"/>.</summary>
    public static byte[] Record(int page, string html, int lengthError = 0)
    {
        byte[] body = Encoding.UTF8.GetBytes(html);
        byte[] http = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {body.Length}\r\n\r\n"), .. body];
        string head = string.Create(CultureInfo.InvariantCulture,
            $"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{page:D12}>\r\nWARC-Date: 2024-05-06T07:08:09Z\r\nWARC-Target-URI: http://example.org/page/{page}\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {http.Length + lengthError}\r\n\r\n");
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.ASCII.GetBytes(head));
            gzip.Write(http);
            gzip.Write("\r\n\r\n"u8);
        }

        return compressed.ToArray();
    }

    public static string Html(int page)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"<!DOCTYPE html><html lang=\"en\"><head><title>Page {page}</title></head><body><main><h1>Page number {page} of the collection</h1>\n");
        for (int paragraph = 0; paragraph < 6; paragraph++)
        {
            text.Append("<p>");
            for (int sentence = 0; sentence < 4; sentence++)
            {
                int n = (page * 31) + (paragraph * 7) + (sentence * 3);
                text.Append(CultureInfo.InvariantCulture, $"{Subjects[n % 8]} {Predicates[(n / 3 + page) % 8]}, as entry {page * 100 + paragraph * 10 + sentence} of the register says. ");
            }

            text.Append("</p>\n");
        }

        return text.Append("</main></body></html>").ToString();
    }
}
