using System.Globalization;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Inputs;

/// <summary>Metadata of a Crawl item that says where its bytes come from, and not what they mean.</summary>
/// <param name="Sha256">Digest that the bytes must have, lower-case hexadecimal; null where any will do.</param>
/// <param name="Root">What the paths of a list begin with; null where it follows from the list's address.</param>
/// <param name="MaxFiles">Paths of a list that are taken at most; null for all.</param>
/// <param name="SampleRate">Share of a list's paths that is taken, over 0 and at most 1.</param>
/// <param name="Seed">Seed of the sample: metadata <c>Seed</c>, else the property <c>DataBuildSeed</c>, else 0.</param>
internal sealed record CrawlOptions(string? Sha256, string? Root, int? MaxFiles, double SampleRate, long Seed)
{
    private const string CommonCrawl = "https://data.commoncrawl.org/";
    private const string CommonCrawlBucket = "s3://commoncrawl/";
    private const int LargestMaxFiles = 10_000_000;

    private static readonly string[] Names = ["Sha256", "Root", "MaxFiles", "SampleRate", "Seed"];

    /// <summary>True for an item that has such metadata.</summary>
    public static bool IsFetching(CrawlItem item) => item.Metadata.Keys.Any(IsName);

    /// <summary>The other metadata.</summary>
    public static IReadOnlyDictionary<string, string> Others(CrawlItem item) => item.Metadata.Where(m => !IsName(m.Key)).ToDictionary(StringComparer.Ordinal);

    /// <summary>What paths begin with where the item does not say: a list on a web server names paths of that server, one in a bucket those of the bucket.</summary>
    public static string RootOf(string list) =>
        !RemoteAddress.IsRemote(list) ? CommonCrawl
        : list.StartsWith(CommonCrawlBucket, StringComparison.Ordinal) ? CommonCrawlBucket
        : new Uri(list).GetLeftPart(UriPartial.Authority) + "/";

    /// <summary>Reads the metadata.</summary>
    /// <exception cref="RemoteInputException">A value is not allowed.</exception>
    public static CrawlOptions Of(CrawlItem item, PlanFile file)
    {
        string? sha256 = Text(item, "Sha256")?.ToLowerInvariant();
        if (sha256 is not null && !StoreLayout.IsDigest(sha256))
        {
            throw Invalid(item, "Sha256", sha256, "64 hexadecimal digits");
        }

        string? root = Text(item, "Root");
        if (root is not null && (!root.EndsWith('/') || RemoteAddress.TryParse(root + "a.warc", out _) is null))
        {
            throw new RemoteInputException(
                RemoteInputException.NotAllowed, $"metadata Root of '{item.Include}' is not allowed; expected https://host/path/, http://host/path/ or s3://bucket/path/, ending with '/', without user, password or query");
        }

        int? most = Text(item, "MaxFiles") is not { } count ? null
            : int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= LargestMaxFiles ? number
            : throw Invalid(item, "MaxFiles", count, $"a whole number from 1 to {LargestMaxFiles}");
        double rate = 1;
        if (Text(item, "SampleRate") is { } share && (!double.TryParse(share, NumberStyles.Float, CultureInfo.InvariantCulture, out rate) || !(rate > 0 && rate <= 1)))
        {
            throw Invalid(item, "SampleRate", share, "a share over 0 and at most 1, such as 0.01");
        }

        long seed = 0;
        string? seedText = Text(item, "Seed") ?? (file.Properties.GetValueOrDefault("DataBuildSeed", "").Trim() is { Length: > 0 } property ? property : null);
        return seedText is null || long.TryParse(seedText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out seed)
            ? new CrawlOptions(sha256, root, most, rate, seed)
            : throw Invalid(item, "Seed", seedText, "a whole number");
    }

    private static bool IsName(string name) => Names.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static string? Text(CrawlItem item, string name) =>
        item.Metadata.FirstOrDefault(m => m.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value?.Trim() is { Length: > 0 } value ? value : null;

    private static RemoteInputException Invalid(CrawlItem item, string name, string found, string expected) =>
        new(RemoteInputException.NotAllowed, $"metadata {name} of '{item.Include}' is '{found}'; expected {expected}");
}
