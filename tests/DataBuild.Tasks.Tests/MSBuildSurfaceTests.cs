using System.Text.RegularExpressions;
using System.Xml.Linq;
using DataBuild.Tests;

namespace DataBuild.Tasks.Tests;

/// <summary>
/// What project files can name of the SDK: properties, items with their metadata, targets. A name that goes or changes breaks someone's project, so every
/// change of this list is reviewed. Names that begin with '_' are the SDK's own.
/// </summary>
public sealed partial class MSBuildSurfaceTests
{
    [Fact]
    public void The_public_names_are_as_reviewed()
    {
        string folder = Path.Combine(TestPaths.RepositoryRoot, "msbuild", "DataBuild.Sdk");
        SortedSet<string> surface = new(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".props", StringComparison.Ordinal) || f.EndsWith(".targets", StringComparison.Ordinal))
            .Where(f => !Path.GetRelativePath(folder, f).Replace('\\', '/').Split('/').Any(p => p is "bin" or "obj" or "recipes")))
        {
            foreach (XElement element in XElement.Load(file).DescendantsAndSelf())
            {
                Collect(element, surface);
            }
        }

        // Of stages, docs/stages.xsd is the list under review; inputs have their metadata there too.
        string[] inputs = MetadataOfInputs();
        surface.UnionWith(inputs.Select(m => "metadata Crawl." + m));
        surface.RemoveWhere(name => name.Contains(" _", StringComparison.Ordinal));
        Assert.Contains("target ExtractDocuments", surface);
        Assert.Contains("property DataBuildOutputFormat", surface);
        Assert.Contains("item Crawl", surface);
        SnapshotAssert.Match(string.Join('\n', surface), "Surface");
    }

    [Fact]
    public void The_readme_names_all_metadata_of_inputs_and_all_settings_of_a_dataset()
    {
        string readme = File.ReadAllText(Path.Combine(TestPaths.RepositoryRoot, "README.md"));
        Assert.All(MetadataOfInputs(), m => Assert.Contains($"`{m}`", readme, StringComparison.Ordinal));

        string targets = File.ReadAllText(Path.Combine(TestPaths.RepositoryRoot, "msbuild", "DataBuild.Sdk", "targets", "Properties.targets"));
        string[] pages = [readme, .. Directory.EnumerateFiles(Path.Combine(TestPaths.RepositoryRoot, "docs"), "*.md").Select(File.ReadAllText)];
        Assert.All(PlanProperty().Matches(targets).Select(m => m.Groups[1].Value), p => Assert.True(
            p == "DataBuildVerifyDocuments" || pages.Any(page => page.Contains($"`{p}", StringComparison.Ordinal)), $"no page of the documentation explains {p}"));
    }

    private static string[] MetadataOfInputs()
    {
        XNamespace xs = "http://www.w3.org/2001/XMLSchema";
        XElement schema = XElement.Load(Path.Combine(TestPaths.RepositoryRoot, "docs", "stages.xsd"));
        string[] names = [.. schema.Elements(xs + "element").Single(e => (string?)e.Attribute("name") == "Crawl").Descendants(xs + "attribute").Select(a => (string)a.Attribute("name")!).Where(n => n != "Include")];
        Assert.Contains("License", names);
        return names;
    }

    private static void Collect(XElement element, SortedSet<string> surface)
    {
        string name = element.Name.LocalName;
        switch (element.Parent?.Name.LocalName)
        {
            case null:
                break;
            case "PropertyGroup":
                surface.Add("property " + name);
                break;
            case "ItemGroup":
                surface.Add("item " + name);
                surface.UnionWith(element.Attributes().Select(a => a.Name.LocalName).Where(a => !ItemAttributes().IsMatch(a)).Select(a => $"metadata {name}.{a}"));
                surface.UnionWith(element.Elements().Select(e => $"metadata {name}.{e.Name.LocalName}"));
                break;
            default:
                if (name == "Target")
                {
                    surface.Add("target " + element.Attribute("Name")!.Value);
                }

                break;
        }

        // Properties that are read and have no default are settings too.
        foreach (string text in element.Attributes().Select(a => a.Value).Append(element.HasElements ? "" : element.Value))
        {
            surface.UnionWith(OwnProperty().Matches(text).Select(m => "property " + m.Groups[1].Value));
        }
    }

    [GeneratedRegex("<DataBuildPlanProperty Include=\"([A-Za-z0-9]+)\"")]
    private static partial Regex PlanProperty();

    [GeneratedRegex("^(Include|Update|Remove|Exclude|Condition|Label|KeepMetadata|RemoveMetadata|KeepDuplicates)$")]
    private static partial Regex ItemAttributes();

    [GeneratedRegex(@"\$\(((?:DataBuild|Dataset)[A-Za-z]*)\)")]
    private static partial Regex OwnProperty();
}
