using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DataBuild.Engine.Tests;

/// <summary>A server on loopback that sees the bytes of HTTP as they are, so that it can also misbehave.</summary>
internal abstract class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();

    protected LoopbackServer()
    {
        _listener.Start();
        Root = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _ = Task.Run(AcceptAsync);
    }

    /// <summary>Address, with a slash at the end.</summary>
    public string Root { get; }

    /// <summary>What was asked for, in the order of arrival.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Fires when the server ends.</summary>
    protected CancellationToken End => _end.Token;

    public void Dispose()
    {
        _end.Cancel();
        _listener.Stop();
    }

    /// <summary>Answers the requests of one connection; it is closed afterwards.</summary>
    protected abstract Task ServeAsync(NetworkStream stream);

    /// <summary>The next request up to its empty line; empty where the other side is done.</summary>
    protected async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (await stream.ReadAsync(one, End) == 1)
        {
            head.Append((char)one[0]);
            if (one[0] == '\n' && head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                return head.ToString();
            }
        }

        return "";
    }

    private async Task AcceptAsync()
    {
        while (!End.IsCancellationRequested)
        {
            TcpClient client = await _listener.AcceptTcpClientAsync(End);
            _ = Task.Run(async () =>
            {
                using (client)
                {
                    try
                    {
                        await ServeAsync(client.GetStream());
                    }
                    catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
                    {
                        // The other side gave up, as it may.
                    }
                }
            });
        }
    }
}
