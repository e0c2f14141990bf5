using System.Reflection;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace DataBuild.Tasks.Tests;

/// <summary>A dataset project's folder, its plan, and a fake worker that follows a script.</summary>
internal sealed class TestDataset : IDisposable
{
    public TestDataset(params string[] script)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllLines(Path.Combine(Folder, "fake-worker.script"), script);
        File.WriteAllText(Path.Combine(Folder, "a.warc.gz"), "crawl");
        File.WriteAllText(ProjectFile, "<Project />\n");
    }

    public static string FakeWorker { get; } = typeof(TestDataset).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "FakeWorker").Value!;

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "databuild-tasks-tests", Guid.NewGuid().ToString("N"), "Tiny ä");

    public string ProjectFile => Path.Combine(Folder, "Tiny.csproj");

    public string PlanFile => Path.Combine(Folder, "obj", "Tiny.databuild.plan.json");

    public string CompilerPlanFile => Path.Combine(Folder, "obj", "Tiny.databuild.pipeline.json");

    public string UpToDateFile => Path.Combine(Folder, "obj", "Tiny.databuild.uptodate.json");

    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile).ReplaceLineEndings("\n") : "";

    private string LogFile => Path.Combine(Folder, "fake-worker.log");

    public WriteDatasetPlan PlanTask(IBuildEngine engine, params ITaskItem[] stages) => new()
    {
        BuildEngine = engine,
        DatasetName = "Tiny",
        ProjectFile = ProjectFile,
        Configuration = "Debug",
        OutputDirectory = "bin/Debug/Tiny/",
        StoreDirectory = "obj/databuild/store",
        OutputFormat = "parquet",
        Properties = [new TaskItem("DataBuildSeed", new Dictionary<string, string> { ["Value"] = "7" }), new TaskItem("DataBuildMaxDocuments", new Dictionary<string, string> { ["Value"] = "" })],
        Crawl = [new TaskItem("a.warc.gz")],
        Stages = stages,
        StageAssemblies = [new TaskItem("bin/Debug/net10.0/Tiny.dll")],
        PlanFile = PlanFile,
        CompilerPlanFile = CompilerPlanFile,
    };

    public void WritePlan()
    {
        using RecordingBuildEngine engine = new();
        Assert.True(PlanTask(engine, new TaskItem("Extract")).Execute());
    }

    public RunPhase Phase(string phase, IBuildEngine engine) => new()
    {
        BuildEngine = engine,
        Phase = phase,
        DatasetName = "Tiny",
        PlanFile = PlanFile,
        UpToDateFile = UpToDateFile,
        WorkerPath = FakeWorker,
    };

    /// <summary>Waits until the fake worker has written that line; its own start takes a while.</summary>
    public void WaitForLog(string line)
    {
        while (!Log.Split('\n').Contains(line))
        {
            Thread.Sleep(20);
        }
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);
}
