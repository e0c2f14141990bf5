using System.Text.Json;
using DataBuild.Tests;

namespace DataBuild.EndToEnd.Tests;

/// <summary>Builds with a worker that follows a script.</summary>
public sealed class WorkerProcessTests
{
    private static readonly string UseFakeWorker = $"-p:DataBuildWorkerPath={DatasetProject.FakeWorker}";

    [Fact]
    public void A_crash_is_an_error_of_its_phase()
    {
        using DatasetProject project = Project();
        project.Write("fake-worker.script", "[Clean]\nerror Unhandled exception: boom\nexit 134");

        BuildResult result = project.Build(UseFakeWorker).AssertFailed("DB0001");

        LoggedDiagnostic error = Assert.Single(result.Errors);
        Assert.Contains("phase Clean of 'Tiny' (exit code 134)", error.Message, StringComparison.Ordinal);
        Assert.Contains("boom", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("DeduplicateDocuments", result.Targets);
    }

    [SkippableFact]
    public void Interrupt_ends_the_build_and_the_worker()
    {
        Skip.If(OperatingSystem.IsWindows(), "sends SIGINT");
        InterruptSignal.Require();
        using DatasetProject project = Project();
        project.Write("fake-worker.script", "[Extract]\nwait-for-cancel");
        using RunningBuild build = DotNet.Start(project.Folder, "build", "Tiny.csproj", UseFakeWorker);
        string log = Path.Combine(project.Folder, "fake-worker.log");
        build.WaitUntil(() => File.Exists(log) && File.ReadAllText(log).Contains("waiting", StringComparison.Ordinal));

        build.Interrupt();
        BuildResult result = build.Wait();

        Assert.NotEqual(0, result.ExitCode);
        Assert.Empty(result.Errors);
        Assert.Contains("cancel\n", project.Read("fake-worker.log"), StringComparison.Ordinal);
        Assert.DoesNotContain("run Clean", project.Read("fake-worker.log"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_editor_gets_the_plan_and_runs_no_stage()
    {
        using DatasetProject project = Project();
        Assert.Equal(0, DotNet.Run(project.Folder, "restore").ExitCode);

        string[] designTime = ["msbuild", "-t:ResolveReferences;Compile", "-p:DesignTimeBuild=true", "-p:BuildingProject=false", UseFakeWorker];
        BuildResult result = DotNet.Run(project.Folder, [.. designTime, "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true"]);

        result.AssertSucceeded();
        Assert.Contains("WriteDatasetPlan", result.Targets);
        Assert.DoesNotContain("ExtractDocuments", result.Targets);
        Assert.True(File.Exists(Path.Combine(project.Folder, "obj/Debug/net10.0/Tiny.databuild.plan.json")));
        Assert.False(File.Exists(Path.Combine(project.Folder, "fake-worker.log")));

        // An editor runs the compiler itself on what such a build gathers; a mistake in an imported file is told at its place there.
        project.Write("stages.props", """
            <Project>
              <ItemGroup>
                <Stage Include="MinHashDedup" Bnads="14" />
              </ItemGroup>
            </Project>
            """);
        project.Edit("</Project>", "<Import Project=\"stages.props\" /></Project>");
        LoggedDiagnostic error = Assert.Single(DotNet.Run(project.Folder, designTime).AssertFailed("DB1002").Errors);
        Assert.Equal((Path.Combine(project.Folder, "stages.props"), 3, 35), (error.File, error.Line, error.Column));
        Assert.Contains("did you mean 'Bands'?", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(project.Folder, "fake-worker.log")));
    }

    [Fact]
    public void An_editor_compares_every_file_that_the_dataset_is_made_of()
    {
        using DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/*.warc.gz" />
            <Takedown Include="gone.txt" />
            <Stage Include="Extract" />
            <Stage Include="UrlFilter" Domains="lists/a.txt;lists/b.txt" />
            <Stage Include="Score" Model="quality.onnx" />
            <Stage Include="Tokenize" Tokenizer="o200k_base" />
            """);
        foreach (string file in new[] { "crawl/a.warc.gz", "gone.txt", "lists/a.txt", "lists/b.txt", "quality.onnx" })
        {
            project.Write(file, "");
        }

        Assert.Equal(0, DotNet.Run(project.Folder, "restore").ExitCode);
        using JsonDocument items = JsonDocument.Parse(DotNet.Command(
            project.Folder, "msbuild", "-t:CollectDatasetInputs", "-getItem:UpToDateCheckInput,UpToDateCheckBuilt", "-p:DesignTimeBuild=true", "-p:BuildingProject=false"));
        string[] Files(string item) =>
        [
            .. items.RootElement.GetProperty("Items").GetProperty(item).EnumerateArray().Where(i => i.TryGetProperty("Set", out JsonElement set) && set.GetString() == "Dataset")
                .Select(i => Path.GetRelativePath(project.Folder, i.GetProperty("FullPath").GetString()!)).Order(StringComparer.Ordinal),
        ];

        Assert.Equal(["crawl/a.warc.gz", "gone.txt", "lists/a.txt", "lists/b.txt", "quality.onnx"], Files("UpToDateCheckInput"));
        Assert.Equal(["bin/Debug/Tiny/manifest.json"], Files("UpToDateCheckBuilt"));
    }

    [Fact]
    public void Two_datasets_of_one_build_run_in_workers_of_their_own()
    {
        using DatasetProject first = Project();
        string folder = Path.GetDirectoryName(first.Folder)!;
        using DatasetProject second = new DatasetProject("Other", folder).WithItems("""<Crawl Include="crawl/*.warc.gz" /><Stage Include="Extract" />""");
        second.Write("crawl/a.warc.gz", [1, 2, 3]);
        File.WriteAllText(Path.Combine(folder, "All.proj"), """
            <Project DefaultTargets="Build">
              <ItemGroup><Dataset Include="Tiny/Tiny.csproj;Other/Other.csproj" /></ItemGroup>
              <Target Name="Restore"><MSBuild Projects="@(Dataset)" Targets="Restore" BuildInParallel="true" /></Target>
              <Target Name="Build"><MSBuild Projects="@(Dataset)" Targets="GetDataset" BuildInParallel="true"><Output TaskParameter="TargetOutputs" ItemName="Manifest" /></MSBuild>
                <Message Importance="High" Text="manifests: @(Manifest)" />
              </Target>
            </Project>
            """);

        BuildResult result = DotNet.Run(folder, "build", "All.proj", "-m:2", UseFakeWorker).AssertSucceeded();

        Assert.EndsWith("run Package\nend of input\n", first.Read("fake-worker.log"), StringComparison.Ordinal);
        Assert.EndsWith("run Package\nend of input\n", second.Read("fake-worker.log"), StringComparison.Ordinal);
        Assert.Contains($"manifests: {first.Manifest};{second.Manifest}", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Targets_of_the_project_go_before_and_after_every_phase()
    {
        string[] phases = ["WriteDatasetPlan", "ExtractDocuments", "CleanDocuments", "DeduplicateDocuments", "ScoreDocuments", "TokenizeDocuments", "PackageDataset"];
        using DatasetProject project = Project();
        project.Edit("</Project>", string.Concat(phases.Select(p => $"""
            <Target Name="Before{p}" BeforeTargets="{p}" />
            <Target Name="Asked{p}" />
            <PropertyGroup><{p}DependsOn>Asked{p}</{p}DependsOn></PropertyGroup>
            <Target Name="After{p}" AfterTargets="{p}"><Message Importance="High" Text="after {p}" /></Target>

            """)) + "</Project>");

        BuildResult result = project.Build(UseFakeWorker).AssertSucceeded();

        string[] order = [.. phases.SelectMany(p => new[] { "Before" + p, "Asked" + p, p, "After" + p })];
        string[] ran = [.. result.Targets.Where(order.Contains).Distinct()];
        Assert.Equal(phases, ran.Where(phases.Contains));
        foreach (string phase in phases)
        {
            int at = Array.IndexOf(ran, phase);
            Assert.True(Array.IndexOf(ran, "Before" + phase) is >= 0 and int before && before < at, $"Before{phase}: {string.Join(' ', ran)}");
            Assert.True(Array.IndexOf(ran, "Asked" + phase) is >= 0 and int asked && asked < at, $"Asked{phase}: {string.Join(' ', ran)}");
            Assert.Equal("After" + phase, ran[at + 1]);
        }

        Assert.True(result.Targets.IndexOf("CoreCompile") is >= 0 and int compile && compile < result.Targets.IndexOf("ExtractDocuments"));
        Assert.Contains("after PackageDataset", result.Output, StringComparison.Ordinal);

        // A build that has nothing to do passes the same targets and starts no worker.
        string log = project.Read("fake-worker.log");
        project.Build(UseFakeWorker).AssertUpToDate("Tiny");
        Assert.Equal(log, project.Read("fake-worker.log"));

        // A phase by its own name: with what comes before it, and no more.
        File.Delete(Path.Combine(project.Folder, "fake-worker.log"));
        File.Delete(project.Manifest);
        project.Build("-t:CleanDocuments", UseFakeWorker).AssertSucceeded();
        Assert.Equal("run Extract\nrun Clean\nend of input\n", project.Read("fake-worker.log"));
    }

    private static DatasetProject Project()
    {
        DatasetProject project = new DatasetProject().WithItems("""<Crawl Include="crawl/*.warc.gz" /><Stage Include="Extract" />""");
        project.Write("crawl/a.warc.gz", [1, 2, 3]);
        return project;
    }
}
