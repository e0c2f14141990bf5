using System.Globalization;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Inputs;

/// <summary>How inputs are fetched.</summary>
/// <param name="Folder">Where local copies lie (<c>DataBuildDownloadPath</c>; <c>inputs</c> in the store).</param>
internal sealed record FetchSettings(string Folder)
{
    private const int MostAtOnce = 64;
    private const int MostAttempts = 20;
    private const int MostTimeoutSeconds = 3600;

    /// <summary>Inputs fetched side by side (<c>DataBuildDownloads</c>), 1 to 64.</summary>
    public int AtOnce { get; init; } = 4;

    /// <summary>Tries in a row that may bring nothing (<c>DataBuildDownloadAttempts</c>), 1 to 20.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>Longest time in which nothing may arrive (<c>DataBuildDownloadTimeout</c>, seconds).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes of one input at most (<c>DataBuildDownloadLimit</c>).</summary>
    public long Limit { get; init; } = 64L << 30;

    /// <summary>Asks servers whether local copies are still what they have (<c>DataBuildRefreshInputs</c>).</summary>
    public bool Refresh { get; init; }

    /// <summary>Sends no credentials to S3 (<c>DataBuildS3Unsigned</c>).</summary>
    public bool Unsigned { get; init; }

    /// <summary>No copy that is used may look as if it was last used earlier: when the build's stay in the store began.</summary>
    public DateTime UsedSince { get; init; } = DateTime.MinValue;

    /// <summary>Wait after the first try that failed; doubled after each further one, up to <see cref="LongestDelay"/>.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Longest wait between two tries, whatever the server asks for.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Reads the settings of a plan.</summary>
    /// <exception cref="PlanException">A property is out of range.</exception>
    public static FetchSettings Of(PlanFile plan)
    {
        FetchSettings settings = new(Property(plan, "DataBuildDownloadPath") is { } path ? Path.GetFullPath(Path.Combine(plan.ProjectDirectory, path)) : DownloadedInputs.FolderIn(plan.StoreDirectory))
        {
            Refresh = Flag(plan, "DataBuildRefreshInputs"),
            Unsigned = Flag(plan, "DataBuildS3Unsigned"),
        };
        long limit = settings.Limit;
        if (Property(plan, "DataBuildDownloadLimit") is { } text && (!ByteSize.TryParse(text, out limit) || limit < 1))
        {
            throw Invalid(plan, "DataBuildDownloadLimit", text, "bytes, or a number with a unit: 500MB, 20GB, 1.5TB, 20GiB");
        }

        return settings with
        {
            AtOnce = Number(plan, "DataBuildDownloads", settings.AtOnce, MostAtOnce),
            Attempts = Number(plan, "DataBuildDownloadAttempts", settings.Attempts, MostAttempts),
            Timeout = TimeSpan.FromSeconds(Number(plan, "DataBuildDownloadTimeout", (int)settings.Timeout.TotalSeconds, MostTimeoutSeconds)),
            Limit = limit,
        };
    }

    private static int Number(PlanFile plan, string name, int otherwise, int most) =>
        Property(plan, name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= most ? number
        : throw Invalid(plan, name, text, string.Create(CultureInfo.InvariantCulture, $"a whole number from 1 to {most}"));

    private static bool Flag(PlanFile plan, string name) =>
        Property(plan, name) is { } text && (bool.TryParse(text, out bool value) ? value : throw Invalid(plan, name, text, "true or false"));

    private static string? Property(PlanFile plan, string name) =>
        plan.Properties.TryGetValue(name, out string? value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    private static PlanException Invalid(PlanFile plan, string name, string found, string expected) => new("DB0007", $"{name} is '{found}'; expected {expected}", plan.ProjectFile);
}
