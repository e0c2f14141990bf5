using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;

namespace DataBuild.Engine.Inputs;

/// <summary>Files on web servers.</summary>
internal sealed class HttpSource : IRemoteSource
{
    private const int MaximumRedirects = 5;

    private readonly HttpClient _http;

    /// <summary>Opens no connection yet.</summary>
    /// <param name="timeout">Longest wait for a connection.</param>
    public HttpSource(TimeSpan timeout)
    {
        // Redirects are followed here, where they are limited; a compressed file is to arrive as it lies on the server.
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = timeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        _http = new HttpClient(handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("DataBuild", EngineVersion.Current));
    }

    /// <inheritdoc />
    public async Task<RemoteAnswer> OpenAsync(RemoteRequest request, CancellationToken cancellation)
    {
        Uri uri = request.Address.Uri;
        for (int redirects = 0; ; redirects++)
        {
            HttpResponseMessage response = await SendAsync(uri, request, cancellation).ConfigureAwait(false);
            try
            {
                if ((int)response.StatusCode is 301 or 302 or 303 or 307 or 308)
                {
                    uri = Target(uri, response.Headers.Location, redirects);
                    response.Dispose();
                    continue;
                }

                return await AnswerAsync(request, response, cancellation).ConfigureAwait(false);
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(Uri uri, RemoteRequest request, CancellationToken cancellation)
    {
        using HttpRequestMessage message = new(HttpMethod.Get, uri);
        message.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        if (request.IsPart)
        {
            message.Headers.Range = new RangeHeaderValue(request.First, request.Last);
        }

        if (request.Known is { } known)
        {
            if (request.OnlyIfChanged)
            {
                _ = known.ETag is not null ? message.Headers.TryAddWithoutValidation("If-None-Match", known.ETag) : message.Headers.TryAddWithoutValidation("If-Modified-Since", known.LastModified);
            }
            else if (known.Validator is { } validator)
            {
                _ = message.Headers.TryAddWithoutValidation("If-Range", validator);
            }
        }

        try
        {
            return await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException exception) when (exception.InnerException is AuthenticationException)
        {
            throw RemoteFault.Final(RemoteInputException.Refused, $"the server's certificate is not accepted: {exception.InnerException.Message}");
        }
        catch (HttpRequestException exception)
        {
            throw RemoteFault.Passing(exception.Message);
        }
    }

    // The target may hold a signature in its query: only its host is ever shown.
    private static Uri Target(Uri from, Uri? location, int redirects)
    {
        if (redirects == MaximumRedirects)
        {
            throw RemoteFault.Final(RemoteInputException.WrongAnswer, $"found more than {MaximumRedirects} redirects, the last by {from.Host}");
        }

        Uri? target = location is null ? null : new Uri(from, location);
        if (target is null || target.Scheme is not ("http" or "https") || target.UserInfo.Length > 0)
        {
            throw RemoteFault.Final(RemoteInputException.WrongAnswer, $"{from.Host} redirects to no http or https address");
        }

        return from.Scheme == "https" && target.Scheme == "http"
            ? throw RemoteFault.Final(RemoteInputException.WrongAnswer, $"{from.Host} redirects from https to http ({target.Host})")
            : target;
    }

    private static async Task<RemoteAnswer> AnswerAsync(RemoteRequest request, HttpResponseMessage response, CancellationToken cancellation)
    {
        HttpContentHeaders headers = response.Content.Headers;
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK or HttpStatusCode.PartialContent:
                break;
            case HttpStatusCode.NotModified when request.OnlyIfChanged:
                return new RemoteAnswer(AnswerKind.Unchanged, Stream.Null, response) { Stamp = request.Known! };
            default:
                throw Refusal((int)response.StatusCode, response.ReasonPhrase, request, RetryAfter(response));
        }

        if (headers.ContentType?.MediaType is "text/html" or "application/xhtml+xml")
        {
            throw RemoteFault.Final(RemoteInputException.WrongAnswer, "found an HTML page, expected an archive: the server asks for something, or reports an error with status 200");
        }

        bool isPart = response.StatusCode == HttpStatusCode.PartialContent;
        ContentRangeHeaderValue? range = headers.ContentRange;
        if (isPart && range is not { Unit: "bytes", From: not null, To: not null })
        {
            throw RemoteFault.Contradiction("found a part (status 206) without a Content-Range in bytes");
        }

        return new RemoteAnswer(isPart ? AnswerKind.Part : AnswerKind.Whole, await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false), response)
        {
            Stamp = new RemoteStamp(response.Headers.ETag?.ToString(), headers.LastModified?.ToString("R", CultureInfo.InvariantCulture), isPart ? range!.Length : headers.ContentLength),
            First = isPart ? range!.From!.Value : 0,
            Length = isPart ? range!.To!.Value - range.From!.Value + 1 : headers.ContentLength,
            EndIsUncertain = headers.ContentLength is null && response.Headers.TransferEncodingChunked != true && response.Version.Major < 2,
        };
    }

    /// <summary>The fault of a status that is no answer.</summary>
    public static RemoteFault Refusal(int status, string? reason, RemoteRequest request, TimeSpan? retryAfter)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"found status {status}{(string.IsNullOrEmpty(reason) ? "" : $" ({reason})")}");
        return status switch
        {
            416 when request.Last is null => RemoteFault.Contradiction(text),
            416 => RemoteFault.Final(RemoteInputException.WrongAnswer, $"{text}: the file ends before the range {new ByteRange(request.First, request.Last!.Value)}"),
            412 => RemoteFault.Contradiction($"{text}: the file has changed"),
            408 or 425 or 429 or 500 or 502 or 503 or 504 => RemoteFault.Passing(text, retryAfter),
            _ => RemoteFault.Final(RemoteInputException.Refused, text),
        };
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is not { } after ? null : after.Delta ?? (after.Date is { } date ? date - DateTimeOffset.UtcNow : null);
}
