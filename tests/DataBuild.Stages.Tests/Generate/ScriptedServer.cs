using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DataBuild.Tests.Generate;

/// <summary>An HTTP server on the loopback device that answers as a test scripts it.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<int, string, ScriptedReply> _script;
    private readonly ConcurrentQueue<(string Head, string Body)> _requests = new();
    private int _count;
    private int _open;
    private int _mostOpen;
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource[] _reached = [.. Enumerable.Range(0, 32).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];

    /// <summary>Starts the server. The script gets the number of the request, from 0, and its body.</summary>
    public ScriptedServer(Func<int, string, ScriptedReply> script)
    {
        _script = script;
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1");

    public IReadOnlyCollection<(string Head, string Body)> Requests => _requests;

    /// <summary>Requests that were open at the same time, at most.</summary>
    public int MostOpen => _mostOpen;

    /// <summary>How long a reply waits for other requests at most; a test whose requests never come then fails by what it counts.</summary>
    public static TimeSpan LongestWait => TimeSpan.FromMinutes(2);

    public void Dispose()
    {
        _listener.Dispose();
        _ended.Cancel();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            NetworkStream stream = client.GetStream();
            (string head, string body) = await ReadAsync(stream);
            _requests.Enqueue((head, body));
            int open = Interlocked.Increment(ref _open);
            InterlockedMax(ref _mostOpen, open);
            bool isOpen = true;
            for (int i = 0; i <= Math.Min(open, _reached.Length - 1); i++)
            {
                _reached[i].TrySetResult();
            }

            try
            {
                ScriptedReply reply = _script(Interlocked.Increment(ref _count) - 1, body);
                await Task.Delay(reply.Delay, _ended.Token);
                await Task.WhenAny(_reached[reply.UntilOpen].Task, Task.Delay(LongestWait, _ended.Token));

                // Before the client can know of the answer and send its next request.
                Interlocked.Decrement(ref _open);
                isOpen = false;
                if (reply.Drop)
                {
                    client.Client.LingerState = new LingerOption(true, 0);
                    return;
                }

                byte[] bytes = Encoding.UTF8.GetBytes(reply.Body);
                string start = $"HTTP/1.1 {reply.Status} X\r\nContent-Type: application/json\r\nContent-Length: {bytes.Length}\r\nConnection: close\r\n{reply.Headers}\r\n";
                await stream.WriteAsync(Encoding.ASCII.GetBytes(start));
                await stream.WriteAsync(bytes);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client has gone, which is what a timeout looks like from here, or the test has ended.
            }
            finally
            {
                if (isOpen)
                {
                    Interlocked.Decrement(ref _open);
                }
            }
        }
    }

    private static async Task<(string Head, string Body)> ReadAsync(NetworkStream stream)
    {
        List<byte> bytes = [];
        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            int n = await stream.ReadAsync(buffer);
            bytes.AddRange(buffer.AsSpan(0, n));
            string text = Encoding.UTF8.GetString([.. bytes]);
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (n == 0)
            {
                return (text, "");
            }

            if (end >= 0)
            {
                string length = text[..end].Split("\r\n").First(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))[15..];
                if (bytes.Count >= Encoding.UTF8.GetByteCount(text[..(end + 4)]) + int.Parse(length, System.Globalization.CultureInfo.InvariantCulture))
                {
                    return (text[..end], text[(end + 4)..]);
                }
            }
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen = Volatile.Read(ref target);
        while (value > seen)
        {
            int before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
