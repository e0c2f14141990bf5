using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace DataBuild.Engine.Tests.Store;

/// <summary>What a server does instead of what it should.</summary>
public enum Misconduct
{
    None,

    /// <summary>Accepts the connection and says nothing.</summary>
    Silent,

    /// <summary>One byte a tenth of a second.</summary>
    Drips,

    /// <summary>Closes the connection in the middle of the body.</summary>
    Cuts,

    /// <summary>Never ends a body.</summary>
    Endless,

    /// <summary>Changes a byte of each file.</summary>
    ChangesFiles,

    /// <summary>Changes a byte of each record.</summary>
    ChangesRecords,

    /// <summary>Answers with another record than the one asked for.</summary>
    SwapsRecords,

    /// <summary>Has the records, and has lost the files.</summary>
    LosesFiles,

    /// <summary>Has lost every other file.</summary>
    LosesSomeFiles,

    /// <summary>A page for people, with status 200, to every request.</summary>
    LoginPage,

    /// <summary>Status 500.</summary>
    Fails,

    /// <summary>Sends elsewhere.</summary>
    Redirects,

    /// <summary>Status 401.</summary>
    Forbids,

    /// <summary>Bytes that are no HTTP.</summary>
    Garbage,
}

/// <summary>A cache server on loopback that misbehaves as told.</summary>
internal sealed class ScriptedServer : LoopbackServer
{
    public Uri Address => new(Root + "cache/");

    public Misconduct Misconduct { get; set; }

    public ConcurrentDictionary<string, byte[]> Entries { get; } = new(StringComparer.Ordinal);

    protected override async Task ServeAsync(NetworkStream stream)
    {
        while (true)
        {
            string head = await ReadHeadAsync(stream);
            if (head.Length == 0)
            {
                return;
            }

            string[] request = head.Split('\n')[0].Split(' ');
            string path = request[1]["/cache/".Length..];
            byte[] body = new byte[LengthOf(head)];
            await stream.ReadExactlyAsync(body, End);
            Requests.Enqueue($"{request[0]} {path}");
            if (request[0] == "PUT" && Misconduct == Misconduct.None)
            {
                Entries[path] = body;
                await AnswerAsync(stream, "201 Created", []);
            }
            else if (!await AnswerAsync(stream, path))
            {
                return;
            }
        }
    }

    /// <summary>False when the connection is at its end.</summary>
    private async Task<bool> AnswerAsync(NetworkStream stream, string path)
    {
        bool isFile = path.StartsWith("cas/", StringComparison.Ordinal);
        Entries.TryGetValue(path, out byte[]? entry);
        switch (Misconduct)
        {
            case Misconduct.Silent:
                await Task.Delay(Timeout.Infinite, End);
                return false;
            case Misconduct.LoginPage:
                await AnswerAsync(stream, "200 OK", "<html><body>Please sign in</body></html>"u8.ToArray());
                return true;
            case Misconduct.Fails:
                await AnswerAsync(stream, "500 Internal Server Error", "out of order"u8.ToArray());
                return true;
            case Misconduct.Forbids:
                await AnswerAsync(stream, "401 Unauthorized", []);
                return true;
            case Misconduct.Redirects:
                await AnswerAsync(stream, "302 Found", [], $"Location: {Address}elsewhere\r\n");
                return true;
            case Misconduct.Garbage:
                await stream.WriteAsync("\0\u0001 no http at all\r\n\r\n\r\n"u8.ToArray(), End);
                return false;
        }

        bool lost = isFile && (Misconduct == Misconduct.LosesFiles || (Misconduct == Misconduct.LosesSomeFiles && path[^1] % 2 == 0));
        if (entry is null || lost)
        {
            await AnswerAsync(stream, "404 Not Found", []);
            return true;
        }

        switch (Misconduct)
        {
            case Misconduct.ChangesFiles when isFile:
            case Misconduct.ChangesRecords when !isFile:
                entry = [.. entry];
                entry[entry.Length / 2] ^= 1;
                break;
            case Misconduct.SwapsRecords when !isFile:
                string other = Entries.Keys.Where(k => k.StartsWith("ac/", StringComparison.Ordinal) && k != path).Min(StringComparer.Ordinal)!;
                entry = Entries[other];
                break;
            case Misconduct.Cuts:
                await stream.WriteAsync(Head("200 OK", entry.Length, ""), End);
                await stream.WriteAsync(entry.AsMemory(0, entry.Length / 2), End);
                return false;
            case Misconduct.Drips:
                await stream.WriteAsync(Head("200 OK", entry.Length, ""), End);
                foreach (byte one in entry)
                {
                    await stream.WriteAsync(new[] { one }, End);
                    await Task.Delay(100, End);
                }

                return true;
            case Misconduct.Endless:
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), End);
                byte[] chunk = [.. "10000\r\n"u8, .. new byte[0x10000], .. "\r\n"u8];
                while (true)
                {
                    await stream.WriteAsync(chunk, End);
                }
        }

        await AnswerAsync(stream, "200 OK", entry);
        return true;
    }

    private async Task AnswerAsync(NetworkStream stream, string status, byte[] body, string fields = "")
    {
        await stream.WriteAsync(Head(status, body.Length, fields), End);
        await stream.WriteAsync(body, End);
    }

    private static byte[] Head(string status, int length, string fields) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\n{fields}Content-Length: {length}\r\n\r\n"));

    private static int LengthOf(string head) =>
        head.Split('\n').FirstOrDefault(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) is { } line ? int.Parse(line[15..].Trim(), CultureInfo.InvariantCulture) : 0;
}
