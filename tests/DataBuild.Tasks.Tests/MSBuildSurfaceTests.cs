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

        surface.RemoveWhere(name => name.Contains(" _", StringComparison.Ordinal));
        Assert.Contains("target ExtractDocuments", surface);
        Assert.Contains("property DataBuildOutputFormat", surface);
        Assert.Contains("item Crawl", surface);
        SnapshotAssert.Match(string.Join('\n', surface), "Surface");
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

    [GeneratedRegex("^(Include|Update|Remove|Exclude|Condition|Label|KeepMetadata|RemoveMetadata|KeepDuplicates)$")]
    private static partial Regex ItemAttributes();

    [GeneratedRegex(@"\$\(((?:DataBuild|Dataset)[A-Za-z]*)\)")]
    private static partial Regex OwnProperty();
}
