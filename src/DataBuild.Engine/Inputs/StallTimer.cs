using System.Diagnostics;
using System.Globalization;

namespace DataBuild.Engine.Inputs;

/// <summary>Ends a try in which nothing arrives for too long, or so little that it would never end.</summary>
internal sealed class StallTimer : IDisposable
{
    private const double LeastBytesPerSecond = 1024;

    private readonly CancellationTokenSource _source;
    private readonly TimeSpan _timeout;
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _bytes;

    /// <summary>Begins.</summary>
    public StallTimer(TimeSpan timeout, CancellationToken cancellation)
    {
        _timeout = timeout;
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _source.CancelAfter(timeout);
    }

    /// <summary>Ends with the build, and with the try.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Something has arrived.</summary>
    public void Count(int bytes)
    {
        _bytes += bytes;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
        if (elapsed > _timeout && _bytes / elapsed.TotalSeconds < LeastBytesPerSecond)
        {
            throw RemoteFault.Passing(string.Create(CultureInfo.InvariantCulture, $"found {_bytes} bytes in {elapsed.TotalSeconds:F0} s, expected at least {LeastBytesPerSecond} a second"));
        }
    }

    /// <summary>Waits anew.</summary>
    public void Restart() => _source.CancelAfter(_timeout);

    /// <summary>Why it ended.</summary>
    public string Describe() => string.Create(CultureInfo.InvariantCulture, $"nothing came within {_timeout.TotalSeconds:0.#} s");

    /// <inheritdoc />
    public void Dispose() => _source.Dispose();
}
