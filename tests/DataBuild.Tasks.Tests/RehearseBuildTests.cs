using Microsoft.Build.Utilities;

namespace DataBuild.Tasks.Tests;

/// <summary>The worker that starts while packages are restored, and the guess at the plan that it begins with.</summary>
public sealed class RehearseBuildTests : IDisposable
{
    private readonly TestDataset _dataset = new();
    private readonly RecordingBuildEngine _engine = new();

    private string GuessFile => Path.Combine(_dataset.Folder, "obj", "Tiny.databuild.guess.json");

    public void Dispose()
    {
        _engine.Dispose();
        _dataset.Dispose();
    }

    [Fact]
    public void The_guess_is_the_plan_and_nothing_is_written_for_the_compiler()
    {
        Assert.True(Guess().Execute());
        Assert.False(File.Exists(_dataset.CompilerPlanFile));

        Assert.True(Plan().Execute());

        Assert.Equal(File.ReadAllBytes(_dataset.PlanFile), File.ReadAllBytes(GuessFile));
    }

    [Theory]
    [InlineData("sources")]
    [InlineData("stages of packages")]
    [InlineData("inputs from afar")]
    [InlineData("unknown format")]
    public void A_plan_that_cannot_be_told_is_not_guessed_and_the_guess_before_goes(string reason)
    {
        Assert.True(Guess().Execute());
        WriteDatasetPlan task = Guess();
        switch (reason)
        {
            case "sources":
                task.Assembly = "bin/Debug/net10.0/Tiny.dll";
                task.Sources = [new TaskItem("MyStage.cs")];
                break;
            case "stages of packages":
                task.StageAssemblies = [new TaskItem("bin/Debug/net10.0/Stages.dll")];
                break;
            case "inputs from afar":
                task.Crawl = [new TaskItem("https://data.example/a.warc.gz")];
                break;
            default:
                task.OutputFormat = "parket";
                break;
        }

        Assert.True(task.Execute());

        Assert.False(File.Exists(GuessFile));
        Assert.Empty(_engine.Errors);
    }

    [Fact]
    public void What_is_wrong_is_said_once_by_the_build()
    {
        WriteDatasetPlan guess = Guess();
        WriteDatasetPlan plan = Plan();
        guess.Crawl = plan.Crawl = [new TaskItem("a.warc.gz"), new TaskItem("./a.warc.gz")];
        Assert.True(guess.Execute());
        Assert.Empty(_engine.Warnings);

        Assert.True(plan.Execute());

        Assert.Single(_engine.Warnings);
    }

    [Fact]
    public void Whoever_comes_first_has_the_worker()
    {
        Assert.True(Plan().Execute());
        Assert.True(Guess().Execute());
        Assert.True(Rehearse().Execute());

        using WorkerProcess? taken = RehearsingWorker.Take(_engine, _dataset.PlanFile, TestDataset.FakeWorker);

        Assert.NotNull(taken);
        Assert.Null(RehearsingWorker.Take(_engine, _dataset.PlanFile, TestDataset.FakeWorker));
    }

    [Fact]
    public void A_target_that_is_no_build_ends_the_worker()
    {
        Assert.True(Plan().Execute());
        Assert.True(Rehearse().Execute());

        Assert.True(new EndRehearsal { BuildEngine = _engine, PlanFile = _dataset.PlanFile }.Execute());

        Assert.Null(RehearsingWorker.Take(_engine, _dataset.PlanFile, TestDataset.FakeWorker));
    }

    [Fact]
    public void A_project_file_that_says_the_same_starts_no_worker()
    {
        // Files of a real build are older than its end.
        File.SetLastWriteTimeUtc(Path.Combine(_dataset.Folder, "a.warc.gz"), DateTime.UtcNow.AddMinutes(-1));
        Assert.True(Plan().Execute());
        using (RecordingBuildEngine build = new())
        {
            Assert.True(_dataset.Phase("Package", build).Execute());
        }

        Assert.True(Guess().Execute());
        Assert.True(Rehearse().Execute());
        Assert.Null(RehearsingWorker.Take(_engine, _dataset.PlanFile, TestDataset.FakeWorker));

        File.AppendAllText(Path.Combine(_dataset.Folder, "a.warc.gz"), "more");
        Assert.True(Rehearse().Execute());
        using WorkerProcess? taken = RehearsingWorker.Take(_engine, _dataset.PlanFile, TestDataset.FakeWorker);
        Assert.NotNull(taken);
    }

    private WriteDatasetPlan Plan()
    {
        WriteDatasetPlan task = _dataset.PlanTask(_engine, new TaskItem("Extract"));
        task.StageAssemblies = [];
        return task;
    }

    private WriteDatasetPlan Guess()
    {
        WriteDatasetPlan task = Plan();
        task.IsGuess = true;
        task.PlanFile = GuessFile;
        return task;
    }

    private RehearseBuild Rehearse() => new()
    {
        BuildEngine = _engine,
        DatasetName = "Tiny",
        PlanFile = _dataset.PlanFile,
        GuessFile = GuessFile,
        UpToDateFile = _dataset.UpToDateFile,
        WorkerPath = TestDataset.FakeWorker,
    };
}
