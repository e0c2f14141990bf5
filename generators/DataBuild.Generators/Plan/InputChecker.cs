using DataBuild.Generators.Model;
using DataBuild.Generators.Text;

namespace DataBuild.Generators.Plan;

/// <summary>Finds metadata of <c>Crawl</c> items that means nothing: nobody reads it, so a slip would go unnoticed.</summary>
internal static class InputChecker
{
    /// <summary>What inputs may have, as <c>DataBuild.InputDocumentation</c> says it.</summary>
    internal static readonly string[] Known =
    [
        "TextField", "IdField", "UrlField", "DateField", "LabelField", "DocumentLabel", "License", "Attribution", "Source", "Weight", "Epochs", "Part",
        "Sha256", "MaxFiles", "SampleRate", "Seed", "Root",
    ];

    // How editors show an item, and whether it is copied: true of items of any kind.
    private static readonly string[] OfAnyItem = ["Link", "LinkBase", "Visible", "DependentUpon", "CopyToOutputDirectory", "CopyToPublishDirectory", "Pack", "PackagePath"];

    private static readonly HashSet<string> All = new(Known.Concat(OfAnyItem), StringComparer.OrdinalIgnoreCase);

    /// <summary>Inputs may have metadata of this name.</summary>
    public static bool IsKnown(string metadata) => All.Contains(metadata);

    public static IEnumerable<DiagnosticInfo> Check(ProjectFileItems file) => file.UnknownInputMetadata.Select(metadata =>
    {
        string rest = Suggestion.For(metadata.Name, Known) is { } meant ? $"; did you mean '{meant}'?" : $"; inputs have: {string.Join(", ", Known)}";
        return new DiagnosticInfo("DB1030", metadata.Location, new EquatableArray<string>([$"Crawl items have no metadata '{metadata.Name}'{rest}"]));
    });
}
