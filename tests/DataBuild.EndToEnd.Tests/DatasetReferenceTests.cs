using System.Text.Json;

namespace DataBuild.EndToEnd.Tests;

/// <summary>A dataset made of other datasets.</summary>
public sealed class DatasetReferenceTests
{
    [Fact]
    public void Referenced_datasets_are_built_before_and_their_rows_are_inputs()
    {
        using DatasetProject mixture = new DatasetProject("Mixture").WithItems("""
            <ProjectReference Include="../First/First.csproj" Weight="2" Epochs="4" />
            <ProjectReference Include="../Second/Second.csproj" Weight="1" Epochs="4" />
            <Stage Include="ExactDedup" />
            """);
        mixture.Edit("</Project>", "  <PropertyGroup><DataBuildOutputFormat>jsonl</DataBuildOutputFormat></PropertyGroup>\n</Project>");
        string folder = Path.GetDirectoryName(mixture.Folder)!;
        using DatasetProject first = Part("First", folder, 0, 3, "parquet");
        using DatasetProject second = Part("Second", folder, 2, 3, "jsonl.zst");
        // A stage class of its own would clash if the assemblies were referenced.
        mixture.Write("Code.cs", "public static class OfNoReference { public static string Text => Mixture.Pipeline.Stages[0]; }");

        BuildResult built = mixture.Build("-m:2").AssertSucceeded();

        Assert.Equal(3, built.Stages.Single(s => s is { Stage: "Extract", Dataset: "First" }).Kept);
        Assert.Equal(3, built.Stages.Single(s => s is { Stage: "Extract", Dataset: "Second" }).Kept);
        StageCounts merged = built.AssertStage("ExactDedup", shards: 2, merged: true);
        Assert.Equal((6, 5), (merged.In, merged.Kept));
        int Last(string project, string target) => built.ProjectTargets.FindLastIndex(t => t == (project, target));
        Assert.True(Last("First", "PackageDataset") < Last("Mixture", "WriteDatasetPlan") && Last("Second", "PackageDataset") < Last("Mixture", "WriteDatasetPlan"));
        using JsonDocument plan = JsonDocument.Parse(mixture.Read("obj/Debug/net10.0/Mixture.databuild.plan.json"));
        Assert.Equal(
            ["../First/bin/Debug/First/data/train-00000-of-00001.parquet First 2 4", "../Second/bin/Debug/Second/data/train-00000-of-00001.jsonl.zst Second 1 4"],
            plan.RootElement.GetProperty("crawl").EnumerateArray().Select(c =>
                $"{c.GetProperty("include").GetString()} {string.Join(' ', new[] { "Part", "Weight", "Epochs" }.Select(m => c.GetProperty("metadata").GetProperty(m).GetString()))}"));

        // Rows name the dataset that they are of, not the folder where its build left it.
        Assert.Equal(
            ["First/train-00000-of-00001.parquet", "Second/train-00000-of-00001.jsonl.zst"],
            File.ReadLines(Path.Combine(mixture.Output, "data", "train-00000-of-00001.jsonl")).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("source").GetString()).Distinct());
        Assert.DoesNotContain("bin/", File.ReadAllText(mixture.Manifest), StringComparison.Ordinal);

        // No assembly of a dataset is referenced; nothing is done again; a graph build says the same; a change of a part reaches the whole.
        Assert.False(File.Exists(Path.Combine(mixture.Folder, "bin/Debug/net10.0/First.dll")));
        BuildResult again = mixture.Build("-graph").AssertSucceeded();
        Assert.Empty(again.Stages);
        first.Write("crawl/b.warc.gz", CrawlFile.Pages(10, 1));
        Assert.Equal(6, mixture.Build("-graph").AssertSucceeded().AssertStage("ExactDedup", merged: true).Kept);
    }

    private static DatasetProject Part(string name, string folder, int firstPage, int pages, string format)
    {
        DatasetProject part = new DatasetProject(name, folder).WithItems("""
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            """);
        part.Edit("</Project>", $"  <PropertyGroup><DataBuildOutputFormat>{format}</DataBuildOutputFormat></PropertyGroup>\n</Project>");
        part.Write("crawl/a.warc.gz", CrawlFile.Pages(firstPage, pages));
        return part;
    }
}
