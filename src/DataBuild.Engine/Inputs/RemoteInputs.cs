using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;
using DataBuild.Formats;

namespace DataBuild.Engine.Inputs;

/// <summary>
/// Turns the inputs of a plan that lie elsewhere into local copies, and lists of paths into the inputs that they name, before the plan is checked. From then on
/// an input from afar is a file like any other, under its address as a name.
/// </summary>
public static class RemoteInputs
{
    private const int MostErrors = 10;
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(10);

    /// <summary>Fetches what is not there yet and rewrites <see cref="PlanFile.Crawl"/>.</summary>
    /// <param name="file">Plan.</param>
    /// <param name="store">The store in which the build stays: what it uses of fetched inputs is safe from collection.</param>
    /// <param name="digests">File digests.</param>
    /// <param name="events">Hears what happens.</param>
    /// <param name="cancellation">Ends the work; what has been received is kept.</param>
    /// <returns>False when there was an error; it has been reported.</returns>
    /// <exception cref="PlanException">A property is out of range.</exception>
    public static bool Resolve(PlanFile file, ContentStore store, FileDigests digests, IBuildEvents events, CancellationToken cancellation) =>
        ResolveAsync(file, digests, events, FetchSettings.Of(file) with { UsedSince = store.InUseSince }, cancellation).GetAwaiter().GetResult();

    /// <summary>True when the plan has inputs that may have to be fetched.</summary>
    internal static bool AreIn(PlanFile file) =>
        file.Crawl.Any(item => RemoteAddress.IsRemote(item.Include) || RemoteAddress.IsPathListName(item.Include) || CrawlOptions.IsFetching(item));

    internal static async Task<bool> ResolveAsync(PlanFile file, FileDigests digests, IBuildEvents events, FetchSettings settings, CancellationToken cancellation)
    {
        if (!AreIn(file))
        {
            return true;
        }

        using HttpSource http = new(settings.Timeout);
        using S3Source s3 = new(settings.Unsigned, settings.Timeout);
        Run run = new(file, digests, events, settings, http, s3);
        return await run.ResolveAsync(cancellation).ConfigureAwait(false);
    }

    private sealed class Run
    {
        private readonly PlanFile _file;
        private readonly FileDigests _digests;
        private readonly IBuildEvents _events;
        private readonly FetchSettings _settings;
        private readonly InputFetcher _fetcher;
        private readonly IReadOnlyDictionary<string, string>? _locked;
        private readonly ConcurrentDictionary<string, FetchedInput> _fetched = new(StringComparer.Ordinal);
        private readonly long _start = Stopwatch.GetTimestamp();
        private int _errors;
        private int _announced;

        public Run(PlanFile file, FileDigests digests, IBuildEvents events, FetchSettings settings, HttpSource http, S3Source s3)
        {
            (_file, _digests, _events, _settings) = (file, digests, events, settings);
            _locked = file.LockedMode ? InputLock.Locked(file) : null;
            _fetcher = new InputFetcher(settings, digests, http, s3, warning => events.Diagnostic(new BuildDiagnostic(false, RemoteInputException.DamagedCopy, warning, file.ProjectFile)))
            {
                Fetching = Announce,
            };
        }

        public async Task<bool> ResolveAsync(CancellationToken cancellation)
        {
            using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            using Timer reports = new(_ => Report("fetching"), null, ReportEvery, ReportEvery);
            List<(CrawlItem Item, CrawlItem?[] Resolved)> plan = [];
            List<(string Include, string Path)> lists = [];
            foreach (CrawlItem item in _file.Crawl)
            {
                CrawlItem[] named = RemoteAddress.IsPathListName(item.Include.Split('#')[0]) ? await ExpandAsync(item, lists, enough.Token).ConfigureAwait(false) : [item];
                plan.AddRange(named.Select(n => (n, new CrawlItem?[1])));
            }

            if (_errors == 0)
            {
                try
                {
                    ParallelOptions options = new() { MaxDegreeOfParallelism = _settings.AtOnce, CancellationToken = enough.Token };
                    await Parallel.ForEachAsync(plan, options, async (entry, token) =>
                    {
                        entry.Resolved[0] = await GuardAsync(entry.Item, () => ResolveAsync(entry.Item, token)).ConfigureAwait(false);
                        if (Volatile.Read(ref _errors) >= MostErrors)
                        {
                            await enough.CancelAsync().ConfigureAwait(false);
                        }
                    }).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
                {
                    // Enough errors for one build.
                }
            }

            cancellation.ThrowIfCancellationRequested();
            if (_fetcher.Fetched > 0)
            {
                Report("fetched");
            }

            if (_errors > 0)
            {
                return false;
            }

            _file.Crawl = [.. plan.Select(p => p.Resolved[0]!)];
            _file.Fetched = _fetched;
            _file.PathLists = lists;
            return true;
        }

        private async Task<CrawlItem[]> ExpandAsync(CrawlItem list, List<(string Include, string Path)> lists, CancellationToken cancellation)
        {
            CrawlItem[] named = [];
            await GuardAsync(list, async () =>
            {
                CrawlOptions options = CrawlOptions.Of(list, _file);
                CrawlItem local = await ResolveAsync(list, cancellation).ConfigureAwait(false);
                if (!File.Exists(local.Path))
                {
                    throw new RemoteInputException("DB2001", $"the list of paths '{list.Include}' does not exist ({local.Path})");
                }

                lists.Add((list.Include, local.Path));
                IReadOnlyList<string> all = PathList.Read(local.Path, list.Include);
                IReadOnlyList<string> sample = PathList.Sample(all, options.SampleRate, options.MaxFiles, options.Seed);
                _events.Message(MessageImportance.High, string.Create(CultureInfo.InvariantCulture, $"  {list.Include}: {sample.Count} of {all.Count} paths"));
                string root = options.Root ?? CrawlOptions.RootOf(list.Include);
                named = [.. sample.Select(path => new CrawlItem { Include = root + path, Path = root + path, Metadata = local.Metadata, DefinedIn = list.DefinedIn })];
                return local;
            }).ConfigureAwait(false);
            return named;
        }

        private async Task<CrawlItem> ResolveAsync(CrawlItem item, CancellationToken cancellation)
        {
            CrawlOptions options = CrawlOptions.Of(item, _file);
            string path = item.Path;
            if (RemoteAddress.IsRemote(item.Include))
            {
                RemoteAddress address = RemoteAddress.TryParse(item.Include, out string problem)
                    ?? throw new RemoteInputException(RemoteInputException.NotAllowed, $"the address of a Crawl item{Shown(item.Include)} is not allowed: {problem}");
                ExpectedDigest? expected = options.Sha256 is { } stated ? new ExpectedDigest(stated, "metadata Sha256 of the Crawl item", RemoteInputException.OtherDigest)
                    : _locked?.GetValueOrDefault(item.Name) is { } locked ? new ExpectedDigest(locked, "the lock file", "DB3010")
                    : null;
                (path, FetchedInput input) = await _fetcher.FetchAsync(address, expected, cancellation).ConfigureAwait(false);
                _fetched[item.Include] = input;
            }
            else if (options.Sha256 is { } stated && File.Exists(path) && _digests.Of(path) is { } digest && digest != stated)
            {
                throw new RemoteInputException(RemoteInputException.OtherDigest, $"'{item.Include}' has SHA-256 {digest}; metadata Sha256 of the Crawl item has {stated}");
            }

            return new CrawlItem { Include = item.Include, Path = path, Metadata = CrawlOptions.Others(item), DefinedIn = item.DefinedIn };
        }

        // What is refused for holding a secret is not repeated.
        private static string Shown(string include) => include.AsSpan().ContainsAny("?@") ? "" : $" ('{include}')";

        private async Task<CrawlItem?> GuardAsync(CrawlItem item, Func<Task<CrawlItem>> work)
        {
            string? code = null;
            string message = "";
            try
            {
                return await work().ConfigureAwait(false);
            }
            catch (RemoteInputException exception)
            {
                (code, message) = (exception.Code, exception.Message);
            }
            catch (CrawlFormatException exception)
            {
                (code, message) = (exception.Code, exception.Message);
            }

            if (Interlocked.Increment(ref _errors) <= MostErrors)
            {
                _events.Diagnostic(new BuildDiagnostic(true, code, message, item.DefinedIn ?? _file.ProjectFile));
            }

            return null;
        }

        private void Announce(RemoteAddress address)
        {
            if (Interlocked.Exchange(ref _announced, 1) == 0)
            {
                _events.Message(MessageImportance.High, $"  fetching inputs into '{_settings.Folder}'; the first is {address.Text}");
            }
        }

        private void Report(string what)
        {
            double seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
            if (_announced != 0)
            {
                _events.Message(MessageImportance.High, string.Create(CultureInfo.InvariantCulture,
                    $"  {what}: {_fetcher.Fetched} inputs, {ByteSize.Format(_fetcher.Received)} in {seconds:F0} s ({ByteSize.Format((long)(_fetcher.Received / Math.Max(seconds, 0.001)))}/s)"));
            }
        }
    }
}
