using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Threading.Channels;

namespace DataBuild.Engine.Store.Remote;

/// <summary>
/// A cache of results on an HTTP server, by Bazel's protocol: GET and PUT of <c>ac/&lt;key&gt;</c> and <c>cas/&lt;sha256&gt;</c>
/// (https://bazel.build/remote/caching#http-caching). It makes builds faster, never different and never fail: whatever a server does wrong is a miss,
/// and after a few wrongs the build goes on without it.
/// </summary>
public sealed class RemoteCache : IDisposable
{
    // In a row, for answers that do not come; in all, for answers that are not true.
    private const int MaximumFailures = 3;
    private const int Uploads = 4;
    private const int MaximumRecordBytes = 256 << 20;

    // Below this rate a transfer counts as failed, however steadily it drips.
    private const double LeastBytesPerSecond = 16 * 1024;

    private readonly RemoteCacheSettings _settings;
    private readonly Action<string> _warn;
    private readonly HttpClient _http;
    private readonly Channel<Upload> _queue = Channel.CreateUnbounded<Upload>();
    private readonly Task[] _uploads;
    private int _failures;
    private int _untrue;
    private int _found;
    private int _fetched;
    private int _stored;
    private long _bytesIn;
    private long _bytesOut;
    private volatile bool _off;
    private volatile bool _readOnly;
    private bool _disposed;

    /// <summary>Prepares the cache; nothing is sent yet.</summary>
    /// <param name="settings">Settings.</param>
    /// <param name="warn">Hears, once, why the cache is not used any more.</param>
    public RemoteCache(RemoteCacheSettings settings, Action<string> warn)
    {
        _settings = settings;
        _warn = warn;
        _readOnly = !settings.Write;
        SocketsHttpHandler handler = new()
        {
            // An answer from elsewhere is no answer of the cache, and a token must go nowhere else.
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = settings.Timeout,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        _http = new HttpClient(handler) { BaseAddress = settings.Address, Timeout = Timeout.InfiniteTimeSpan };
        if (settings.Token is { } token)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        _uploads = [.. Enumerable.Range(0, settings.Write ? Uploads : 0).Select(_ => Task.Run(UploadAll))];
    }

    /// <summary>False once the cache is off.</summary>
    public bool IsReadable => !_off;

    /// <summary>What was fetched and stored, for a log.</summary>
    public string Summary => string.Create(CultureInfo.InvariantCulture,
        $"remote cache: {_found} results found, {_fetched} files fetched ({ByteSize.Format(_bytesIn)}), {_stored} results stored ({ByteSize.Format(_bytesOut)})");

    /// <summary>The bytes of a record, with a signature that fits where one is asked for; null when there are none.</summary>
    public byte[]? TryGetRecord(string key)
    {
        using MemoryStream message = new();
        if (!Get($"ac/{key}", null, message))
        {
            return null;
        }

        byte[]? record = ActionResultMessage.TryRead(key, message.GetBuffer().AsSpan(0, (int)message.Length), _settings.Secret);
        if (record is null || ActionRecord.Deserialize(key, record) is null)
        {
            Untrue($"ac/{key}: found {message.Length} bytes that are no record of that key{(_settings.Secret is null ? "" : " with a signature of ours")}");
            return null;
        }

        Interlocked.Increment(ref _found);
        return record;
    }

    /// <summary>Fetches a file.</summary>
    /// <returns>True when the destination has received exactly that many bytes of that digest.</returns>
    public bool TryFetch(string digest, long length, StoreFileStream destination)
    {
        if (!Get($"cas/{digest}", length, destination))
        {
            return false;
        }

        if (!destination.Matches(digest))
        {
            Untrue($"cas/{digest}: found {length} bytes of another SHA-256");
            return false;
        }

        Interlocked.Increment(ref _fetched);
        Interlocked.Add(ref _bytesIn, length);
        return true;
    }

    /// <summary>Stores a record and its files, some time before <see cref="Dispose"/> returns.</summary>
    public void Store(string key, byte[] record, IReadOnlyList<RemoteFile> files)
    {
        if (!_readOnly && !_off)
        {
            _queue.Writer.TryWrite(new Upload(key, record, files));
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _queue.Writer.Complete();
        Task.WaitAll(_uploads);
        _http.Dispose();
    }

    private bool Get(string path, long? length, Stream destination)
    {
        if (_off)
        {
            return false;
        }

        try
        {
            return GetAsync(path, length, destination).GetAwaiter().GetResult();
        }
        catch (LocalFaultException exception)
        {
            throw new IOException(exception.Message, exception.InnerException);
        }
        catch (Exception exception) when (IsRemoteFault(exception))
        {
            Failed($"{path}: {Describe(exception)}");
            return false;
        }
    }

    private async Task<bool> GetAsync(string path, long? length, Stream destination)
    {
        using CancellationTokenSource stalled = new(_settings.Timeout);
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stalled.Token).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            Refused(path, response.StatusCode);
            return false;
        }

        long limit = length ?? MaximumRecordBytes;
        if (response.Content.Headers.ContentLength is { } declared && (declared > limit || (length is not null && declared != length)))
        {
            Failed(string.Create(CultureInfo.InvariantCulture, $"{path}: found {declared} bytes, expected {(length is null ? "at most " : "")}{limit}"));
            return false;
        }

        DateTime start = DateTime.UtcNow;
        byte[] buffer = new byte[64 << 10];
        long total = 0;
        using Stream body = await response.Content.ReadAsStreamAsync(stalled.Token).ConfigureAwait(false);
        while (true)
        {
            stalled.CancelAfter(_settings.Timeout);
            int read = await body.ReadAsync(buffer, stalled.Token).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            total += read;
            TimeSpan elapsed = DateTime.UtcNow - start;
            if (total > limit || (elapsed > _settings.Timeout && total / elapsed.TotalSeconds < LeastBytesPerSecond))
            {
                Failed(string.Create(CultureInfo.InvariantCulture, $"{path}: found {(total > limit ? "more" : "less")} than expected: {total} bytes in {elapsed.TotalSeconds:F0} s"));
                return false;
            }

            // The destination is a local file or memory: its faults are the build's, not the cache's.
            try
            {
                destination.Write(buffer.AsSpan(0, read));
            }
            catch (IOException exception)
            {
                throw new LocalFaultException(exception);
            }
        }

        if (length is not null && total != length)
        {
            Failed(string.Create(CultureInfo.InvariantCulture, $"{path}: found {total} bytes, expected {length}"));
            return false;
        }

        Interlocked.Exchange(ref _failures, 0);
        return true;
    }

    private async Task UploadAll()
    {
        await foreach (Upload upload in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (_off || _readOnly)
            {
                continue;
            }

            try
            {
                bool stored = true;
                foreach (RemoteFile file in upload.Files)
                {
                    using FileStream stream = new(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16);
                    stored = stored && await PutAsync($"cas/{file.Digest}", stream, file.Length).ConfigureAwait(false);
                }

                // After its files: who sees the record can have them.
                byte[] message = ActionResultMessage.Write(upload.Key, upload.Record, upload.Files, _settings.Secret);
                if (stored && await PutAsync($"ac/{upload.Key}", new MemoryStream(message), message.Length).ConfigureAwait(false))
                {
                    Interlocked.Increment(ref _stored);
                }
            }
            catch (Exception exception) when (IsRemoteFault(exception) || exception is UnauthorizedAccessException)
            {
                Failed($"ac/{upload.Key}: {Describe(exception)}");
            }
        }
    }

    private async Task<bool> PutAsync(string path, Stream body, long length)
    {
        using CancellationTokenSource deadline = new(_settings.Timeout + TimeSpan.FromSeconds(length / LeastBytesPerSecond));
        using HttpRequestMessage request = new(HttpMethod.Put, path) { Content = new StreamContent(body) };
        request.Content.Headers.ContentLength = length;
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.MethodNotAllowed)
            {
                if (!_readOnly)
                {
                    _readOnly = true;
                    _warn($"the remote cache {_settings.Address} does not take results ({(int)response.StatusCode}); this build only reads from it");
                }
            }
            else
            {
                Refused(path, response.StatusCode);
            }

            return false;
        }

        Interlocked.Add(ref _bytesOut, length);
        return true;
    }

    private void Refused(string path, HttpStatusCode status)
    {
        string message = string.Create(CultureInfo.InvariantCulture, $"{path}: found status {(int)status}, expected 200 or 404");
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            TurnOff(message);
        }
        else
        {
            Failed(message);
        }
    }

    private void Failed(string message)
    {
        if (Interlocked.Increment(ref _failures) >= MaximumFailures)
        {
            TurnOff(message);
        }
    }

    // Not forgiven by good answers in between, as a failure is.
    private void Untrue(string message)
    {
        if (Interlocked.Increment(ref _untrue) >= MaximumFailures)
        {
            TurnOff(message);
        }
    }

    private void TurnOff(string message)
    {
        lock (_http)
        {
            if (_off)
            {
                return;
            }

            _off = true;
        }

        _warn($"the remote cache {_settings.Address} is not used for the rest of this build: {message}");
    }

    private static bool IsRemoteFault(Exception exception) => exception is HttpRequestException or IOException or OperationCanceledException or HttpProtocolException;

    private string Describe(Exception exception) =>
        exception is OperationCanceledException ? string.Create(CultureInfo.InvariantCulture, $"nothing came within {_settings.Timeout.TotalSeconds:0.#} s") : exception.Message;

    private sealed record Upload(string Key, byte[] Record, IReadOnlyList<RemoteFile> Files);

    /// <summary>Wraps a fault of the local disk, so that it is not taken for one of the server.</summary>
    private sealed class LocalFaultException(IOException inner) : Exception(inner.Message, inner);
}
