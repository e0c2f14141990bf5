using System.Globalization;
using Amazon.Runtime;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Inputs;

/// <summary>
/// Fetches inputs into local copies. A copy appears whole, flushed and with a known digest, or not at all; what has been received of it is kept, also over a
/// killed build, and gone on from. Any number of builds may share the folder: a lock that dies with its process guards each copy.
/// </summary>
internal sealed class InputFetcher(FetchSettings settings, FileDigests digests, IRemoteSource http, IRemoteSource s3, Action<string> warn)
{
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(100);

    private long _received;
    private int _fetched;

    /// <summary>Called when the first byte of a build is about to be asked for, with the address.</summary>
    public Action<RemoteAddress>? Fetching { get; init; }

    /// <summary>Bytes received by now.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Inputs fetched by now.</summary>
    public int Fetched => Volatile.Read(ref _fetched);

    /// <summary>Finds or fetches an input.</summary>
    /// <param name="address">Where it lies.</param>
    /// <param name="expected">Digest that it must have; null where any will do.</param>
    /// <param name="cancellation">Ends the work; what has been received is kept.</param>
    /// <returns>Path of the local copy, and what is known of it.</returns>
    /// <exception cref="RemoteInputException">It cannot be had.</exception>
    /// <exception cref="IOException">The copy cannot be written.</exception>
    public async Task<(string Path, FetchedInput Input)> FetchAsync(RemoteAddress address, ExpectedDigest? expected, CancellationToken cancellation)
    {
        Directory.CreateDirectory(settings.Folder);
        string path = Path.Combine(settings.Folder, address.LocalName);
        using FileStream held = await LockAsync(path, cancellation).ConfigureAwait(false);
        string description = path + DownloadedInputs.Description;
        FetchedInput? known = FetchedInput.Load(description) is { } input && input.Address == address.Text ? input : null;
        FetchedInput? copy = known is null ? null : CopyOf(known, path);
        if (copy is not null && (expected is null || expected.Sha256 == copy.Sha256)
            && !(settings.Refresh && expected is null && await HasChangedAsync(address, copy, cancellation).ConfigureAwait(false)))
        {
            DownloadedInputs.MarkUsed(path, settings.UsedSince);
            return (path, copy);
        }

        if (copy is null && known is not null && !settings.Refresh)
        {
            // The copy is gone or damaged, and what it was is not: datasets were made of those bytes.
            expected ??= new ExpectedDigest(known.Sha256, "the copy that builds have used so far", RemoteInputException.OtherThanBefore);
        }

        Fetching?.Invoke(address);
        PartialCopy partial = new(path);
        RemoteStamp stamp = await ReceiveAsync(address, partial, expected is not null, cancellation).ConfigureAwait(false);
        string digest = partial.Digest();
        if (expected is not null && digest != expected.Sha256)
        {
            long bytes = partial.Length;
            partial.Remove();
            throw new RemoteInputException(expected.Code, string.Create(CultureInfo.InvariantCulture,
                $"'{address.Text}' has SHA-256 {digest} ({bytes} bytes); {expected.Source} has {expected.Sha256}{(expected.Code == RemoteInputException.OtherThanBefore ? "; to take what the server has now: -p:DataBuildRefreshInputs=true" : "")}"));
        }

        FetchedInput fetched = new(address.Text, digest, partial.Length, stamp.ETag, stamp.LastModified);

        // Before the copy: what lies under the final name is always described, or found to be another.
        fetched.Save(description);
        DownloadedInputs.MarkUsed(path, settings.UsedSince);
        CrashPoint.Reached();
        partial.Publish(path);
        Interlocked.Increment(ref _fetched);
        return (path, fetched);
    }

    // The copy that a description is of; null where there is none that is whole.
    private FetchedInput? CopyOf(FetchedInput known, string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        if (new FileInfo(path).Length == known.Bytes && digests.Of(path) == known.Sha256)
        {
            return known;
        }

        warn($"the local copy of '{known.Address}' is damaged and is fetched again ({path})");
        File.Delete(path);
        return null;
    }

    private async Task<bool> HasChangedAsync(RemoteAddress address, FetchedInput copy, CancellationToken cancellation)
    {
        RemoteStamp known = new(copy.ETag, copy.LastModified, address.Range is null ? copy.Bytes : null);
        if (known.ETag is null && known.LastModified is null)
        {
            return true;
        }

        return await TryAsync(
            address,
            async timer =>
            {
                RemoteRequest request = new(address, 0, null, known, OnlyIfChanged: true);
                using RemoteAnswer answer = await SourceOf(address).OpenAsync(request, timer.Token).ConfigureAwait(false);
                return answer.Kind != AnswerKind.Unchanged && !(answer.Stamp.ETag is not null && answer.Stamp.ETag == known.ETag);
            },
            static () => 0,
            cancellation).ConfigureAwait(false);
    }

    private Task<RemoteStamp> ReceiveAsync(RemoteAddress address, PartialCopy partial, bool digestIsKnown, CancellationToken cancellation) => TryAsync(
        address,
        async timer =>
        {
            RemoteStamp? known = partial.Stamp();
            // Without a validator a later part may be one of another version, which only a digest would show.
            if (partial.Length > 0 && (known is null || (known.Validator is null && !digestIsKnown)))
            {
                partial.Remove();
                known = null;
            }

            long have = partial.Length;
            long? whole = address.Range?.Length ?? known?.Bytes;
            if (have > 0 && have == whole)
            {
                return known!;
            }

            RemoteRequest request = new(address, (address.Range?.First ?? 0) + have, address.Range?.Last, have > 0 ? known : null, OnlyIfChanged: false);
            using RemoteAnswer answer = await SourceOf(address).OpenAsync(request, timer.Token).ConfigureAwait(false);
            Check(address, request, answer, known, digestIsKnown);
            if (answer.Kind == AnswerKind.Whole && have > 0)
            {
                // The server has another version, or knows no parts: all of it comes again.
                partial.Remove();
                have = 0;
            }

            long? expected = address.Range?.Length ?? answer.Stamp.Bytes;
            if (expected > settings.Limit)
            {
                throw TooLarge(expected.Value);
            }

            if (have == 0)
            {
                partial.Begin(answer.Stamp);
            }

            await CopyAsync(answer, partial, expected, timer).ConfigureAwait(false);
            return answer.Stamp with { Bytes = partial.Length };
        },
        () => partial.Length,
        cancellation,
        partial);

    private static void Check(RemoteAddress address, RemoteRequest request, RemoteAnswer answer, RemoteStamp? known, bool digestIsKnown)
    {
        if (answer.Kind == AnswerKind.Whole)
        {
            if (address.Range is { } range)
            {
                throw RemoteFault.Final(RemoteInputException.WrongAnswer, $"found the whole file, expected {range}: the server sends no parts");
            }

            if (answer.EndIsUncertain && !digestIsKnown)
            {
                throw RemoteFault.Final(RemoteInputException.WrongAnswer, "found an answer that says neither its length nor its end; expected one of them, or metadata Sha256 on the Crawl item");
            }

            return;
        }

        long last = answer.First + (answer.Length ?? 0) - 1;
        if (!request.IsPart || answer.First != request.First || (request.Last is { } asked && last != asked) || (request.Last is null && answer.Stamp.Bytes is { } bytes && last != bytes - 1))
        {
            string message = string.Create(CultureInfo.InvariantCulture,
                $"found bytes {answer.First}-{last} of {answer.Stamp.Bytes?.ToString(CultureInfo.InvariantCulture) ?? "an unknown length"}, expected {request.First}-{request.Last?.ToString(CultureInfo.InvariantCulture) ?? "the end"}");
            throw request.Last > last && answer.First == request.First && last == answer.Stamp.Bytes - 1
                ? RemoteFault.Final(RemoteInputException.WrongAnswer, message + ": the file ends before the range")
                : RemoteFault.Contradiction(message);
        }

        if (request.Known is not null && known is not null && !known.Agrees(answer.Stamp))
        {
            throw RemoteFault.Contradiction(string.Create(CultureInfo.InvariantCulture,
                $"found a part of another version ({answer.Stamp.ETag}, {answer.Stamp.Bytes} bytes), expected one of {known.ETag}, {known.Bytes} bytes"));
        }
    }

    private async Task CopyAsync(RemoteAnswer answer, PartialCopy partial, long? expected, StallTimer timer)
    {
        byte[] buffer = new byte[128 << 10];
        using FileStream file = partial.Append();
        try
        {
            while (true)
            {
                timer.Restart();
                int read = await answer.Body.ReadAsync(buffer, timer.Token).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                timer.Count(read);
                Interlocked.Add(ref _received, read);
                if (file.Length + read > (expected ?? settings.Limit))
                {
                    throw expected is null
                        ? TooLarge(file.Length + read)
                        : RemoteFault.Contradiction(string.Create(CultureInfo.InvariantCulture, $"found more than the {expected} bytes that were announced"));
                }

                try
                {
                    file.Write(buffer.AsSpan(0, read));
                }
                catch (IOException exception)
                {
                    throw new LocalFaultException(exception);
                }
            }
        }
        finally
        {
            file.Flush(flushToDisk: true);
        }

        if (expected is not null && file.Length < expected)
        {
            throw RemoteFault.Passing(string.Create(CultureInfo.InvariantCulture, $"found the end after {file.Length} bytes, expected {expected}"));
        }
    }

    /// <summary>Tries until it succeeds, a fault is final, or too many tries in a row brought nothing.</summary>
    private async Task<T> TryAsync<T>(RemoteAddress address, Func<StallTimer, Task<T>> work, Func<long> progress, CancellationToken cancellation, PartialCopy? partial = null)
    {
        // A server that sends a byte a try is not followed for ever.
        int most = settings.Attempts * 50;
        for (int attempt = 1, fruitless = 0; ; attempt++)
        {
            long before = progress();
            RemoteFault fault;
            using (StallTimer timer = new(settings.Timeout, cancellation))
            {
                try
                {
                    return await work(timer).ConfigureAwait(false);
                }
                catch (RemoteFault found)
                {
                    fault = found;
                }
                catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
                {
                    fault = RemoteFault.Passing(timer.Describe());
                }
                catch (AmazonClientException exception)
                {
                    // The whole object does not fit its entity tag.
                    fault = RemoteFault.Contradiction(exception.Message);
                }
                catch (LocalFaultException exception)
                {
                    throw new IOException($"'{partial?.Path}': {exception.Message}", exception.InnerException);
                }
                catch (Exception exception) when (exception is IOException or HttpRequestException && partial?.IsLocal(exception) != true)
                {
                    fault = RemoteFault.Passing($"the connection broke off: {exception.Message}");
                }
            }

            if (fault.StartsOver)
            {
                partial?.Remove();
            }

            fruitless = progress() > before ? 1 : fruitless + 1;
            if (!fault.IsTransient || fruitless >= settings.Attempts || attempt >= most)
            {
                string tries = fault.IsTransient ? string.Create(CultureInfo.InvariantCulture, $" (try {attempt}, {progress()} bytes kept)") : "";
                throw new RemoteInputException(fault.Code, $"'{address.Text}' cannot be fetched: {fault.Message}{tries}");
            }

            double seconds = Math.Max(settings.FirstDelay.TotalSeconds * Math.Pow(2, fruitless - 1), fault.RetryAfter?.TotalSeconds ?? 0);
            await Task.Delay(TimeSpan.FromSeconds(Math.Min(seconds, settings.LongestDelay.TotalSeconds)), cancellation).ConfigureAwait(false);
        }
    }

    private RemoteFault TooLarge(long bytes) => RemoteFault.Final(RemoteInputException.TooLarge, string.Create(CultureInfo.InvariantCulture,
        $"found {bytes} bytes or more, expected at most {settings.Limit} (DataBuildDownloadLimit)"));

    private IRemoteSource SourceOf(RemoteAddress address) => address.IsS3 ? s3 : http;

    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellation)
    {
        while (true)
        {
            if (DownloadedInputs.TryLock(path) is { } held)
            {
                return held;
            }

            await Task.Delay(LockPoll, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Wraps a fault of the local disk, so that it is not taken for one of the server.</summary>
    private sealed class LocalFaultException(IOException inner) : Exception(inner.Message, inner);
}
