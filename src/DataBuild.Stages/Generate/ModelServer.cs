using System.Net.Http.Headers;

namespace DataBuild.Stages.Generate;

/// <summary>One address of a server of models: sends, and says of every failure whether it is worth another attempt. The key never stands in a message.</summary>
internal sealed class ModelServer : IDisposable
{
    private const int ShownBytes = 300;

    private readonly HttpClient _http;
    private readonly string? _key;

    /// <summary>Creates the way to an address.</summary>
    /// <param name="endpoint">Base address, such as <c>http://localhost:8000/v1</c>.</param>
    /// <param name="path">What stands behind it: <c>chat/completions</c>.</param>
    /// <param name="key">Secret sent as bearer token; null where the server needs none.</param>
    /// <param name="timeout">How long one answer may take.</param>
    public ModelServer(Uri endpoint, string path, string? key, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        string text = endpoint.AbsoluteUri;
        Address = new Uri((text.EndsWith('/') ? text : text + "/") + path);
        _key = key;
        _http = new HttpClient { Timeout = timeout };
        if (!string.IsNullOrEmpty(key))
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    /// <summary>The whole address.</summary>
    public Uri Address { get; }

    /// <summary>The secret in an environment variable; null for none.</summary>
    public static string? KeyOf(string variable) => Environment.GetEnvironmentVariable(variable);

    /// <summary>Sends a body and gives that of the answer.</summary>
    /// <exception cref="ChatEndpointException">There is no answer, or one that says no.</exception>
    public async Task<byte[]> PostAsync(HttpContent content, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, Address) { Content = content };
        HttpResponseMessage response;
        byte[] body;
        try
        {
            response = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
            body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ChatEndpointException($"{Address}: {e.Message}", inner: e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new ChatEndpointException($"{Address}: no answer within {_http.Timeout.TotalSeconds:0.#} s", inner: e);
        }

        using (response)
        {
            if (!response.IsSuccessStatusCode)
            {
                RetryConditionHeaderValue? retry = response.Headers.RetryAfter;
                throw new ChatEndpointException($"{Address}: HTTP {(int)response.StatusCode}: {Shown(body)}", response.StatusCode, retry?.Delta ?? retry?.Date - DateTimeOffset.UtcNow);
            }
        }

        return body;
    }

    /// <summary>The beginning of an answer, for messages. A server may quote the key in what it says of it: the whole body is looked through before it is cut.</summary>
    public string Shown(byte[] body)
    {
        string text = System.Text.Encoding.UTF8.GetString(body);
        text = string.IsNullOrEmpty(_key) ? text : text.Replace(_key, "***", StringComparison.Ordinal);
        return string.Concat(text.Take(ShownBytes).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
    }

    public void Dispose() => _http.Dispose();
}
