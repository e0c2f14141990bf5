using System.Diagnostics;

namespace DataBuild.EndToEnd.Tests;

/// <summary>What a build does again after each kind of change.</summary>
public sealed class IncrementalBuildTests
{
    private const string Items = """
        <Crawl Include="crawl/*.warc.gz" />
        <Stage Include="Extract" Format="Markdown" />
        <Stage Include="GopherQuality" MinWords="20" />
        <Stage Include="ExactDedup" />
        """;

    private const string AsPackaged = "-p:DataBuildTaskFactory=AssemblyTaskFactory";

    [Fact]
    public void A_dataset_from_first_build_to_clean()
    {
        using DatasetProject project = new DatasetProject().WithItems(Items);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 6));
        project.Write("crawl/b.warc.gz", CrawlFile.Pages(4, 6));

        // First build: everything is computed; pages 4 and 5 lie in both files.
        BuildResult first = project.Build().AssertSucceeded();
        Assert.Contains("Csc", first.Tasks);
        first.AssertStage("Extract", shards: 2, computed: 2);
        first.AssertStage("GopherQuality", shards: 2, computed: 2);
        StageCounts duplicates = first.AssertStage("ExactDedup", shards: 2, merged: true);
        Assert.Equal((12, 10), (duplicates.In, duplicates.Kept));
        Assert.Equal(2, duplicates.Dropped["exact_duplicate"]);
        Assert.Contains("Tiny -> bin/Debug/Tiny/manifest.json", first.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(project.Manifest));
        SortedDictionary<string, string> firstOutput = project.OutputDigests();

        // Nothing changed. With the tasks in MSBuild's own process, as those of the package, nothing is rehearsed either.
        BuildResult nothing = project.Build(AsPackaged);
        nothing.AssertUpToDate("Tiny");
        Assert.DoesNotContain("RehearseBuild", nothing.Tasks);

        // An edit of the project file that says the same thing.
        project.Edit("MinWords=\"20\"", "MinWords=\"20\" ");
        project.Build().AssertSucceeded();
        Assert.Equal(firstOutput, project.OutputDigests());

        // A threshold: decided again from stored figures; nothing is extracted or measured. The worker starts while NuGet looks at packages.
        project.Edit("MinWords=\"20\"", "MinWords=\"5000\"");
        BuildResult threshold = project.Build(AsPackaged).AssertSucceeded();
        Assert.True(threshold.Tasks.IndexOf("RehearseBuild") is >= 0 and int rehearsal && rehearsal < threshold.Tasks.IndexOf("StartWorker"));
        // It began with the very plan that the build came to.
        string plan = Path.Combine(project.Folder, "obj", "Debug", "net10.0", "Tiny.databuild.plan.json");
        Assert.Equal(File.ReadAllBytes(plan), File.ReadAllBytes(plan.Replace(".plan.", ".guess.", StringComparison.Ordinal)));
        threshold.AssertStage("Extract", computed: 0, decided: 0);
        StageCounts dropped = threshold.AssertStage("GopherQuality", computed: 0, decided: 2);
        Assert.Equal(0, dropped.Kept);
        threshold.AssertStage("ExactDedup", computed: 0);

        // Back again: the store knows everything, and the dataset is the first one to the byte.
        project.Edit("MinWords=\"5000\"", "MinWords=\"20\"");
        BuildResult back = project.Build().AssertSucceeded();
        Assert.All(back.Stages, s => Assert.Equal((0, 0), (s.Computed, s.Decided)));
        Assert.Equal(firstOutput, project.OutputDigests());

        // An input more: that shard, and the merge. Its time is older than everything built so far.
        project.Write("crawl/c.warc.gz", CrawlFile.Pages(20, 3));
        File.SetLastWriteTimeUtc(Path.Combine(project.Folder, "crawl/c.warc.gz"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        BuildResult added = project.Build().AssertSucceeded();
        Assert.DoesNotContain("Csc", added.Tasks);
        added.AssertStage("Extract", shards: 3, computed: 1);
        added.AssertStage("GopherQuality", shards: 3, computed: 1);
        Assert.Equal(13, added.AssertStage("ExactDedup", shards: 3, merged: true).Kept);

        // An input less.
        File.Delete(Path.Combine(project.Folder, "crawl/c.warc.gz"));
        project.Build().AssertSucceeded().AssertStage("Extract", shards: 2, computed: 0);
        Assert.Equal(firstOutput, project.OutputDigests());

        // Clean takes the dataset and leaves the store.
        Assert.Equal(0, project.Clean().ExitCode);
        Assert.False(Directory.Exists(project.Output));
        Assert.True(Directory.Exists(project.Store));
        BuildResult rebuilt = project.Build("-p:DataBuildThreads=1").AssertSucceeded();
        Assert.All(rebuilt.Stages, s => Assert.Equal(0, s.Computed));
        Assert.Equal(firstOutput, project.OutputDigests());

        // CleanStore takes that too; from nothing comes the same dataset.
        // A worker that an edit has started early is not in the way.
        project.Edit("MinWords=\"20\"", "MinWords=\"21\"");
        Assert.Equal(0, project.Build("-t:CleanStore", AsPackaged).ExitCode);
        Assert.False(Directory.Exists(project.Store));
        project.Edit("MinWords=\"21\"", "MinWords=\"20\"");
        project.Build("-p:DataBuildThreads=8").AssertSucceeded().AssertStage("Extract", computed: 2);
        Assert.Equal(firstOutput, project.OutputDigests());
    }

    [Fact]
    public void Touched_files_and_commits_compute_nothing()
    {
        using DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            <Stage Include="KeepAll" />
            <Stage Include="ExactDedup" />
            """);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 4));
        project.Write("KeepAll.cs", """
            /// <summary>Keeps all.</summary>
            [Stage("KeepAll")]
            public sealed partial record KeepAll : DocumentStage
            {
                /// <inheritdoc/>
                public override Verdict Run(Document document) => Verdict.Keep;
            }
            """);
        project.Write(".gitignore", "bin/\nobj/");
        Git(project, "init", "--quiet");
        Commit(project, "first");
        project.Build().AssertSucceeded().AssertStage("KeepAll", computed: 1);
        SortedDictionary<string, string> output = project.OutputDigests();

        // A commit puts another revision into what compilers write, and changes no input.
        project.Write("notes.txt", "of no concern");
        Commit(project, "second");
        project.Build().AssertUpToDate("Tiny");

        // Files that are newer than all outputs, with the bytes of before.
        foreach (string file in new[] { "crawl/a.warc.gz", "KeepAll.cs", "Tiny.csproj" })
        {
            File.SetLastWriteTimeUtc(Path.Combine(project.Folder, file), DateTime.UtcNow);
        }

        BuildResult touched = project.Build().AssertSucceeded();
        Assert.All(touched.Stages, s => Assert.Equal((0, 0, false), (s.Computed, s.Decided, s.Merged)));
        Assert.Equal(output, project.OutputDigests());
        project.Build().AssertUpToDate("Tiny");
    }

    [Fact]
    public void A_damaged_output_is_made_again()
    {
        using DatasetProject project = new DatasetProject().WithItems(Items);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 3));
        project.Build().AssertSucceeded();
        SortedDictionary<string, string> output = project.OutputDigests();

        File.WriteAllText(project.Manifest, "garbage");
        project.Build().AssertSucceeded().AssertStage("Extract", computed: 0);

        Assert.Equal(output, project.OutputDigests());
    }

    [Fact]
    public void Publish_copies_the_dataset()
    {
        using DatasetProject project = new DatasetProject().WithItems(Items);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 3));

        BuildResult published = DotNet.Run(project.Folder, "publish", "Tiny.csproj", "-c", "Debug", "-o", "out");

        published.AssertSucceeded();
        Assert.Equal(File.ReadAllText(project.Manifest), project.Read("out/Tiny/manifest.json"));
        Assert.Equal(
            Directory.EnumerateFiles(project.Output, "*", SearchOption.AllDirectories).Count(),
            Directory.EnumerateFiles(Path.Combine(project.Folder, "out", "Tiny"), "*", SearchOption.AllDirectories).Count());
    }

    private static void Commit(DatasetProject project, string message)
    {
        Git(project, "add", "-A");
        Git(project, "-c", "user.name=Someone", "-c", "user.email=someone@example.org", "commit", "--quiet", "-m", message);
    }

    private static void Git(DatasetProject project, params string[] arguments)
    {
        using Process git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = project.Folder })!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }
}
