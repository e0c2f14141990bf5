using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace DataBuild.Engine.Tests.Inputs;

/// <summary>An archive on loopback. It serves its files honestly, parts included, but for the requests that a script answers.</summary>
internal sealed class ArchiveServer : LoopbackServer
{
    /// <summary>Content by path, without a slash at the beginning.</summary>
    public ConcurrentDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>What the next requests get instead of an honest answer.</summary>
    public ConcurrentQueue<Func<Exchange, Task>> Script { get; } = new();

    /// <summary>False for a server that gives no entity tags and times.</summary>
    public bool Validators { get; set; } = true;

    /// <summary>False for a server that knows no parts.</summary>
    public bool Parts { get; set; } = true;

    /// <summary>As in S3: clients compare it with what they receive.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5351", Justification = "The tag of S3 is an MD5.")]
    public static string TagOf(byte[] content) => $"\"{Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(content))}\"";

    protected override async Task ServeAsync(NetworkStream stream)
    {
        while (await ReadHeadAsync(stream) is { Length: > 0 } head)
        {
            Requests.Enqueue(head);
            Exchange exchange = new(this, stream, head, End);
            await (Script.TryDequeue(out Func<Exchange, Task>? scripted) ? scripted(exchange) : exchange.HonestAsync());
            if (exchange.Closes)
            {
                return;
            }
        }
    }
}

/// <summary>One request and its answer.</summary>
internal sealed class Exchange(ArchiveServer server, NetworkStream stream, string head, CancellationToken end)
{
    /// <summary>True when the connection is at its end.</summary>
    public bool Closes { get; private set; }

    public string Path => Uri.UnescapeDataString(head.Split(' ')[1][1..]);

    /// <summary>A field of the request; null where it has none.</summary>
    public string? Field(string name) =>
        head.Split("\r\n").FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();

    public Task HonestAsync() => HonestAsync(null);

    /// <summary>The true answer, cut off after some bytes of the body.</summary>
    public Task CutAsync(int bytes) => HonestAsync(bytes);

    public async Task SendAsync(string status, string fields, byte[] body, bool length = true)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\n{fields}{(length ? $"Content-Length: {body.Length}\r\n" : "")}\r\n")), end);
        await stream.WriteAsync(body, end);
    }

    /// <summary>Says nothing until the test ends.</summary>
    public async Task SilenceAsync()
    {
        Closes = true;
        await Task.Delay(Timeout.Infinite, end);
    }

    public void Close() => Closes = true;

    public Task SendRawAsync(byte[] bytes) => stream.WriteAsync(bytes, end).AsTask();

    private async Task HonestAsync(int? cut)
    {
        if (!server.Files.TryGetValue(Path, out byte[]? content))
        {
            await SendAsync("404 Not Found", "", []);
            return;
        }

        string tag = ArchiveServer.TagOf(content);
        string fields = server.Validators ? $"ETag: {tag}\r\nLast-Modified: Fri, 01 Mar 2024 00:00:00 GMT\r\n" : "";
        if (server.Validators && Field("If-None-Match") == tag)
        {
            await SendAsync("304 Not Modified", fields, [], length: false);
            return;
        }

        if (Field("If-Match") is { } match && match != tag)
        {
            await SendAsync("412 Precondition Failed", "", []);
            return;
        }

        string status = "200 OK";
        byte[] body = content;
        bool versionFits = Field("If-Range") is not { } wanted || wanted == tag;
        if (server.Parts && versionFits && Field("Range") is { } range)
        {
            string[] ends = range["bytes=".Length..].Split('-');
            int first = int.Parse(ends[0], CultureInfo.InvariantCulture);
            int last = Math.Min(ends[1].Length > 0 ? int.Parse(ends[1], CultureInfo.InvariantCulture) : int.MaxValue, content.Length - 1);
            if (first >= content.Length)
            {
                await SendAsync("416 Range Not Satisfiable", string.Create(CultureInfo.InvariantCulture, $"Content-Range: bytes */{content.Length}\r\n"), []);
                return;
            }

            status = "206 Partial Content";
            body = content[first..(last + 1)];
            fields += string.Create(CultureInfo.InvariantCulture, $"Content-Range: bytes {first}-{last}/{content.Length}\r\n");
        }

        string lengthField = string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        await SendAsync(status, fields + lengthField, cut is { } bytes ? body[..Math.Min(bytes, body.Length)] : body, length: false);
        Closes = cut is not null;
    }
}
