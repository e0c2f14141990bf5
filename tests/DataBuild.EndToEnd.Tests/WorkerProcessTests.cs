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
        Skip.If(RunningBuild.InterruptIsIgnored, "this test run was started with SIGINT ignored, as shells do in the background, and so is every process that it starts");
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

        BuildResult result = DotNet.Run(project.Folder, "msbuild", "-t:ResolveReferences;Compile", "-p:DesignTimeBuild=true", "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true", UseFakeWorker);

        result.AssertSucceeded();
        Assert.Contains("WriteDatasetPlan", result.Targets);
        Assert.True(File.Exists(Path.Combine(project.Folder, "obj/Debug/net10.0/Tiny.databuild.plan.json")));
        Assert.False(File.Exists(Path.Combine(project.Folder, "fake-worker.log")));
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
    public void Targets_of_the_project_go_between_the_phases()
    {
        using DatasetProject project = Project();
        project.Edit("</Project>", """
            <Target Name="AfterExtract" AfterTargets="ExtractDocuments"><Message Importance="High" Text="extracted" /></Target>
            <Target Name="BeforePackage" BeforeTargets="PackageDataset"><Message Importance="High" Text="about to package" /></Target>
            </Project>
            """);

        BuildResult result = project.Build(UseFakeWorker).AssertSucceeded();

        string[] phases = ["WriteDatasetPlan", "CoreCompile", "ExtractDocuments", "AfterExtract", "CleanDocuments", "DeduplicateDocuments", "ScoreDocuments", "TokenizeDocuments", "BeforePackage", "PackageDataset"];
        Assert.Equal(phases, result.Targets.Where(phases.Contains));
        Assert.Contains("about to package", result.Output, StringComparison.Ordinal);

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
