// Packs the pages that sources.tsv lists into the crawl files of QuickStart.
//   dotnet run make-crawl.cs -- FOLDER [OUTPUT]
// FOLDER holds each Debian package unpacked (dpkg-deb -x PACKAGE.deb FOLDER/PACKAGE) and the captured WARC files;
// PROVENANCE.md names their versions. Nothing else enters the output: dates and record ids follow from the rows.
#pragma warning disable CA5350 // SHA-1 is the digest that crawl files carry.
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

if (args.Length is < 1 or > 2)
{
    Console.Error.WriteLine("usage: dotnet run make-crawl.cs -- FOLDER [OUTPUT]");
    return 2;
}

Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
var here = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFilePath")!)!;
var output = Path.GetFullPath(args.Length == 2 ? args[1] : Path.Combine(here, "..", "QuickStart", "crawl"));
Directory.CreateDirectory(output);

var rows = File.ReadLines(Path.Combine(here, "sources.tsv"))
    .Where(line => line.Length > 0 && line[0] != '#')
    .Select(line => line.Split('\t'))
    .Select(cell => new Row(cell[0], cell[1], cell[2], cell[3] == "=" ? cell[2] : cell[3], cell[4]))
    .ToList();
foreach (var crawl in rows.GroupBy(row => row.Crawl))
{
    using var file = File.Create(Path.Combine(output, crawl.Key));
    new CrawlWriter(file, crawl.Key, args[0], Path.Combine(here, "pages")).Write([.. crawl]);
    Console.WriteLine($"{crawl.Key}: {crawl.Count()} captures, {file.Length:N0} bytes");
}

return 0;

/// <summary>One line of sources.tsv.</summary>
internal sealed record Row(string Crawl, string Source, string Path, string Address, string OptionText)
{
    public string? Option(string name)
    {
        foreach (var option in OptionText.Split(';'))
        {
            if (option == name)
            {
                return "";
            }

            if (option.StartsWith(name + "=", StringComparison.Ordinal))
            {
                return option[(name.Length + 1)..];
            }
        }

        return null;
    }
}

/// <summary>Writes WARC/1.1 records, each its own gzip member.</summary>
internal sealed class CrawlWriter(Stream file, string name, string sources, string ownPages)
{
    private static readonly DateTime FirstDate = new(2024, 5, 6, 7, 0, 0, DateTimeKind.Utc);
    private readonly Dictionary<string, string> _firstRecordOf = [];

    public void Write(IReadOnlyList<Row> rows)
    {
        var date = FirstDate;
        var info = "software: make-crawl.cs\r\nformat: WARC File Format 1.1\r\n"
            + "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n";
        var infoId = Record("warcinfo", date, [("WARC-Filename", name), ("Content-Type", "application/warc-fields")], Encoding.ASCII.GetBytes(info));
        for (var i = 0; i < rows.Count; i++)
        {
            date = FirstDate.AddSeconds(3 + (i * 7));
            Capture(rows[i], date, infoId);
        }
    }

    private void Capture(Row row, DateTime date, string infoId)
    {
        var uri = new Uri(row.Address);
        byte[] http;
        byte[] payload;
        if (row.Option("capture") is not null)
        {
            (date, http) = CapturedResponse.Find(Path.Combine(sources, row.Source), row.Path);
            payload = http[HeaderLength(http)..];
        }
        else
        {
            (http, payload) = BuildResponse(row, date);
        }

        List<(string, string)> fields =
        [
            ("WARC-Target-URI", row.Address),
            ("WARC-Warcinfo-ID", infoId),
            ("WARC-IP-Address", "192.0.2." + (1 + (SHA256.HashData(Encoding.UTF8.GetBytes(uri.Host))[0] % 250)).ToString(CultureInfo.InvariantCulture)),
            ("WARC-Payload-Digest", "sha1:" + Base32(SHA1.HashData(payload))),
            ("Content-Type", "application/http;msgtype=response"),
        ];
        var type = "response";
        if (row.Option("revisit") is not null)
        {
            type = "revisit";
            fields.Add(("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"));
            fields.Add(("WARC-Refers-To", _firstRecordOf[row.Address]));
            fields.Add(("WARC-Refers-To-Target-URI", row.Address));
            http = http[..HeaderLength(http)];
        }
        else if (row.Option("truncate") is { } length)
        {
            fields.Add(("WARC-Truncated", "length"));
            http = http[..(HeaderLength(http) + int.Parse(length, CultureInfo.InvariantCulture))];
        }

        var id = Record(type, date, fields, http);
        _firstRecordOf.TryAdd(row.Address, id);
        var request = $"GET {uri.PathAndQuery} HTTP/1.1\r\nHost: {uri.Host}\r\nUser-Agent: quickstart-crawler/1.0\r\nAccept: text/html,*/*\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n";
        Record("request", date,
            [("WARC-Target-URI", row.Address), ("WARC-Warcinfo-ID", infoId), ("WARC-Concurrent-To", id), ("Content-Type", "application/http;msgtype=request")],
            Encoding.ASCII.GetBytes(request));
    }

    private (byte[] Http, byte[] Payload) BuildResponse(Row row, DateTime date)
    {
        var root = row.Source == "pages" ? ownPages : Path.Combine(sources, row.Source);
        var page = row.Path == "-" ? [] : File.ReadAllBytes(Path.Combine(root, row.Path));
        if (row.Option("charset") is { } charset)
        {
            var encoding = Encoding.GetEncoding(charset, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
            page = encoding.GetBytes(Encoding.UTF8.GetString(page));
        }

        page = row.Option("bom") is { } mark ? [.. Encoding.GetEncoding(mark).GetPreamble(), .. page] : page;
        var type = row.Option("type") ?? (row.Option("header-charset") is { } label ? $"text/html; charset={label}" : "text/html");
        var head = new StringBuilder()
            .Append("HTTP/1.1 ").Append(row.Option("status") ?? "200 OK").Append("\r\n")
            .Append("Date: ").Append(date.ToString("R", CultureInfo.InvariantCulture)).Append("\r\n")
            .Append("Server: ").Append(new Uri(row.Address).Host.Length % 2 == 0 ? "nginx" : "Apache").Append("\r\n");
        if (row.Option("location") is { } location)
        {
            head.Append("Location: ").Append(location).Append("\r\n");
        }

        head.Append("Content-Type: ").Append(type).Append("\r\n");
        var coding = row.Option("encoding") ?? "";
        var body = coding.Split('+')[0] switch
        {
            "gzip" => Compress(page, s => new GZipStream(s, CompressionLevel.Optimal, true)),
            "deflate" => Compress(page, s => new ZLibStream(s, CompressionLevel.Optimal, true)),
            "br" => Compress(page, s => new BrotliStream(s, CompressionLevel.Optimal, true)),
            _ => page,
        };
        if (!ReferenceEquals(body, page))
        {
            head.Append("Content-Encoding: ").Append(coding.Split('+')[0]).Append("\r\n");
        }

        var payload = body;
        if (coding.EndsWith("chunked", StringComparison.Ordinal))
        {
            head.Append("Transfer-Encoding: chunked\r\n");
            body = Chunk(body);
        }
        else
        {
            head.Append("Content-Length: ").Append(body.Length.ToString(CultureInfo.InvariantCulture)).Append("\r\n");
        }

        return ([.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body], payload);
    }

    private string Record(string type, DateTime date, IReadOnlyList<(string Name, string Value)> fields, byte[] block)
    {
        var stamp = date.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var identity = SHA256.HashData(Encoding.UTF8.GetBytes($"{name} {file.Position} {type} {stamp}"))[..16];
        identity[6] = (byte)((identity[6] & 0x0F) | 0x80);
        identity[8] = (byte)((identity[8] & 0x3F) | 0x80);
        var id = $"<urn:uuid:{new Guid(identity, bigEndian: true)}>";
        var head = new StringBuilder("WARC/1.1\r\n")
            .Append("WARC-Type: ").Append(type).Append("\r\n")
            .Append("WARC-Record-ID: ").Append(id).Append("\r\n")
            .Append("WARC-Date: ").Append(stamp).Append("\r\n");
        foreach (var (field, value) in fields)
        {
            head.Append(field).Append(": ").Append(value).Append("\r\n");
        }

        head.Append("WARC-Block-Digest: sha1:").Append(Base32(SHA1.HashData(block))).Append("\r\n")
            .Append("Content-Length: ").Append(block.Length.ToString(CultureInfo.InvariantCulture)).Append("\r\n\r\n");
        using var member = new GZipStream(file, CompressionLevel.SmallestSize, leaveOpen: true);
        member.Write(Encoding.UTF8.GetBytes(head.ToString()));
        member.Write(block);
        member.Write("\r\n\r\n"u8);
        return id;
    }

    private static int HeaderLength(byte[] http) => http.AsSpan().IndexOf("\r\n\r\n"u8) + 4;

    private static byte[] Compress(byte[] bytes, Func<Stream, Stream> open)
    {
        var buffer = new MemoryStream();
        using (var stream = open(buffer))
        {
            stream.Write(bytes);
        }

        return buffer.ToArray();
    }

    private static byte[] Chunk(byte[] body)
    {
        var buffer = new MemoryStream();
        for (var (start, size) = (0, 1021); start < body.Length; start += size, size = Math.Min(size * 2, 8192))
        {
            var part = body.AsSpan(start, Math.Min(size, body.Length - start));
            buffer.Write(Encoding.ASCII.GetBytes(part.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n"));
            buffer.Write(part);
            buffer.Write("\r\n"u8);
        }

        buffer.Write("0\r\n\r\n"u8);
        return buffer.ToArray();
    }

    private static string Base32(byte[] digest)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var text = new StringBuilder();
        for (var bit = 0; bit < digest.Length * 8; bit += 5)
        {
            var value = 0;
            for (var i = bit; i < bit + 5; i++)
            {
                value = (value << 1) | ((digest[i / 8] >> (7 - (i % 8))) & 1);
            }

            text.Append(Alphabet[value]);
        }

        return text.ToString();
    }
}

/// <summary>Finds a response in a WARC file that others captured.</summary>
internal static class CapturedResponse
{
    public static (DateTime Date, byte[] Http) Find(string path, string address)
    {
        using var file = File.OpenRead(path);
        using var stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        var bytes = memory.GetBuffer().AsSpan(0, (int)memory.Length);
        while (bytes.IndexOf("WARC/1."u8) is >= 0 and var start)
        {
            var end = start + bytes[start..].IndexOf("\r\n\r\n"u8);
            var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var line in Encoding.UTF8.GetString(bytes[start..end]).Split("\r\n").Skip(1))
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                fields[line[..colon]] = line[(colon + 1)..].Trim();
            }

            var length = int.Parse(fields["Content-Length"], CultureInfo.InvariantCulture);
            var block = bytes.Slice(end + 4, length);
            if (fields["WARC-Type"] == "response" && fields["WARC-Target-URI"].Trim('<', '>') == address)
            {
                var date = DateTime.Parse(fields["WARC-Date"], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
                return (date, WithoutCookies(block));
            }

            bytes = bytes[(end + 4 + length)..];
        }

        throw new InvalidDataException($"{path} holds no response of {address}");
    }

    // What a server wanted to remember about its visitor is no part of the page.
    private static byte[] WithoutCookies(ReadOnlySpan<byte> http)
    {
        var end = http.IndexOf("\r\n\r\n"u8);
        var lines = Encoding.Latin1.GetString(http[..end]).Split("\r\n")
            .Where(line => !line.Contains("cookie:", StringComparison.OrdinalIgnoreCase));
        return [.. Encoding.Latin1.GetBytes(string.Join("\r\n", lines)), .. http[end..]];
    }
}
