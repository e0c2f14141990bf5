using System.Globalization;
using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Amazon.S3;
using Amazon.S3.Model;

namespace DataBuild.Engine.Inputs;

/// <summary>
/// Objects in S3 and in what speaks its protocol. Region, endpoint and credentials come from where every AWS tool has them: environment, shared files, the
/// metadata of the container or the machine. Where there are no credentials, requests are not signed, which public buckets answer.
/// </summary>
/// <param name="unsigned">Sends no credentials even where there are some.</param>
/// <param name="timeout">Longest wait for a connection.</param>
internal sealed class S3Source(bool unsigned, TimeSpan timeout) : IRemoteSource
{
    private static readonly string[] Sources = ["AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"];

    private readonly SemaphoreSlim _opening = new(1, 1);
    private AmazonS3Client? _client;
    private bool _isUnsigned;

    /// <inheritdoc />
    public async Task<RemoteAnswer> OpenAsync(RemoteRequest request, CancellationToken cancellation)
    {
        GetObjectRequest get = new() { BucketName = request.Address.Uri.Host, Key = Uri.UnescapeDataString(request.Address.Uri.AbsolutePath[1..]) };
        if (request.IsPart)
        {
            get.ByteRange = request.Last is { } last ? new Amazon.S3.Model.ByteRange(request.First, last) : new Amazon.S3.Model.ByteRange(string.Create(CultureInfo.InvariantCulture, $"bytes={request.First}-"));
        }

        if (request.Known?.ETag is { } tag)
        {
            if (request.OnlyIfChanged)
            {
                get.EtagToNotMatch = tag;
            }
            else
            {
                get.EtagToMatch = tag;
            }
        }

        try
        {
            AmazonS3Client client = await ClientAsync(cancellation).ConfigureAwait(false);
            GetObjectResponse response = await client.GetObjectAsync(get, cancellation).ConfigureAwait(false);
            return Answer(response);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotModified && request.OnlyIfChanged)
        {
            return new RemoteAnswer(AnswerKind.Unchanged, Stream.Null, Stream.Null) { Stamp = request.Known! };
        }
        catch (AmazonServiceException exception)
        {
            throw Fault(exception, request);
        }
        catch (AmazonClientException exception)
        {
            throw RemoteFault.Passing(exception.Message);
        }
        catch (HttpRequestException exception)
        {
            throw RemoteFault.Passing(exception.Message);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _client?.Dispose();
        _opening.Dispose();
    }

    private static RemoteAnswer Answer(GetObjectResponse response)
    {
        bool isPart = response.HttpStatusCode == HttpStatusCode.PartialContent;
        ByteRange range = default;
        long? whole = response.ContentLength;
        if (isPart)
        {
            // bytes 0-9/100
            string[] parts = (response.ContentRange ?? "").Replace("bytes ", "bytes=", StringComparison.Ordinal).Split('/');
            if (parts.Length != 2 || !ByteRange.TryParse(parts[0], out range))
            {
                response.Dispose();
                throw RemoteFault.Contradiction("found a part (status 206) without a Content-Range in bytes");
            }

            whole = long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long length) ? length : null;
        }

        return new RemoteAnswer(isPart ? AnswerKind.Part : AnswerKind.Whole, response.ResponseStream, response)
        {
            Stamp = new RemoteStamp(response.ETag, response.LastModified?.ToUniversalTime().ToString("R", CultureInfo.InvariantCulture), whole),
            First = range.First,
            Length = isPart ? range.Length : response.ContentLength,
        };
    }

    private RemoteFault Fault(AmazonServiceException exception, RemoteRequest request)
    {
        int status = (int)exception.StatusCode;
        if (status == 0)
        {
            return RemoteFault.Passing(exception.Message);
        }

        string hint = status switch
        {
            (int)HttpStatusCode.Forbidden or (int)HttpStatusCode.Unauthorized when _isUnsigned => "; the request was not signed: no credentials were found in the environment, the shared files or the metadata",
            (int)HttpStatusCode.MovedPermanently => "; the bucket is in another region: set AWS_REGION",
            _ => "",
        };
        return HttpSource.Refusal(status, exception.ErrorCode + hint, request, null);
    }

    private async Task<AmazonS3Client> ClientAsync(CancellationToken cancellation)
    {
        await _opening.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_client is null)
            {
                AWSCredentials credentials = await CredentialsAsync(cancellation).ConfigureAwait(false);
                _isUnsigned = credentials is AnonymousAWSCredentials;
                _client = new AmazonS3Client(credentials, Configuration());
            }

            return _client;
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task<AWSCredentials> CredentialsAsync(CancellationToken cancellation)
    {
        if (unsigned)
        {
            return new AnonymousAWSCredentials();
        }

        try
        {
            using DefaultAWSCredentialsIdentityResolver chain = new();
            AWSCredentials credentials = await chain.ResolveIdentityAsync(null, cancellation).ConfigureAwait(false);
            _ = await credentials.GetCredentialsAsync().ConfigureAwait(false);
            return credentials;
        }
        catch (ProfileNotFoundException exception)
        {
            throw RemoteFault.Final(RemoteInputException.Refused, $"the credentials that the environment names cannot be had: {exception.Message}");
        }
        catch (AmazonClientException exception)
        {
            // What is configured and fails is a fault; where nothing is, nothing is signed.
            return Sources.FirstOrDefault(s => Variable(s) is not null) is not { } source
                ? new AnonymousAWSCredentials()
                : throw RemoteFault.Passing($"the credentials that {source} names cannot be had: {exception.Message}");
        }
    }

    private AmazonS3Config Configuration()
    {
        RegionEndpoint region = FallbackRegionFactory.GetRegionEndpoint(false) ?? RegionEndpoint.USEast1;
        AmazonS3Config configuration = new()
        {
            // Tries are counted here, where what has been received is kept.
            MaxErrorRetry = 0,
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            ConnectTimeout = timeout,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        };
        string? endpoint = Variable("AWS_ENDPOINT_URL_S3") ?? Variable("AWS_ENDPOINT_URL");
        if (endpoint is null)
        {
            configuration.RegionEndpoint = region;
        }
        else
        {
            configuration.ServiceURL = endpoint;
            configuration.AuthenticationRegion = region.SystemName;
            configuration.ForcePathStyle = true;
        }

        return configuration;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
