using System.Globalization;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Execution.Slurm;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Worker.Tests.Slurm;

/// <summary>
/// Slurm's surprises, each by itself: the commands are scripts that print what a file says and note how they were called, so that a state which a real cluster
/// reaches once in a while is there at once. <see cref="SlurmTests"/> has the real thing.
/// </summary>
public sealed class WaveRunTests : IDisposable
{
    private const string Job = "databuild-test";
    private static readonly SlurmPace Quick = new(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(150));

    private readonly string _root = Path.Combine(Path.GetTempPath(), "databuild-tests", Guid.NewGuid().ToString("N"));
    private readonly ConsoleEvents _events = new(quiet: true);
    private readonly WaveFolder _folder;

    public WaveRunTests()
    {
        Directory.CreateDirectory(Path.Combine(_root, "bin"));
        _folder = WaveFolder.Create(_root);
        Command("sbatch", """
            echo "$@" >> sbatch.log
            count=$(wc -l < sbatch.log)
            if [ -f queue.$count.txt ]; then mv queue.$count.txt queue.txt; fi
            echo $count
            """);
        Command("squeue", "echo >> squeue.log; cat queue.txt");
        Command("scancel", "echo \"$@\" >> scancel.log");
        Command("sinfo", "cat nodes.txt");
        Command("scontrol", "echo 'MaxArraySize            = 101'");
        Command("sacct", "exit 1");
        Queue();
        File.WriteAllText(In("nodes.txt"), "n1|mixed\n");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Chunks_are_cut_into_arrays_and_the_merge_depends_on_all_of_them()
    {
        NewRun(250, merge: true).Submit();
        string[] submitted = Log("sbatch.log");
        Assert.Equal(4, submitted.Length);
        Assert.Contains("--array=0-99 ", submitted[0], StringComparison.Ordinal);
        Assert.Contains($"--job-name={Job}-200 ", submitted[2], StringComparison.Ordinal);
        Assert.Contains("--array=0-49 ", submitted[2], StringComparison.Ordinal);
        Assert.Contains("--dependency=afterok:1:2:3 --kill-on-invalid-dep=yes", submitted[3], StringComparison.Ordinal);
        Assert.All(submitted, s => Assert.Contains("--requeue", s, StringComparison.Ordinal));
    }

    [Fact]
    public void A_task_that_the_controller_has_forgotten_is_submitted_again_and_then_given_up_with_its_log()
    {
        WaveRun run = NewRun(3, merge: false, new SlurmSettings { Retries = 1 });
        run.Submit();
        Done(0);
        Done(2);
        File.WriteAllText(Path.Combine(_folder.Logs, $"{Job}-0.1.log"), "first line\nKilled by the kernel\n");
        ExecutorException exception = Assert.Throws<ExecutorException>(() => run.Wait(CancellationToken.None));
        Assert.Equal("DB3092", exception.Code);
        Assert.Contains("Killed by the kernel", exception.Message, StringComparison.Ordinal);
        Assert.Contains("2 times (unknown to Slurm)", exception.Message, StringComparison.Ordinal);
        Assert.Contains("--array=1 ", Log("sbatch.log")[1], StringComparison.Ordinal);
        Assert.Contains(Log("scancel.log"), l => l.Contains(Job, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_merge_whose_dependency_is_never_satisfied_is_cancelled_and_runs_when_the_tasks_are_there()
    {
        WaveRun run = NewRun(1, merge: true);
        run.Submit();
        Queue($"{Job}-merge|N/A|PENDING|DependencyNeverSatisfied||2");
        QueueAfter(3, $"{Job}-merge|N/A|RUNNING|None|n1|3");
        Done(0);
        Task<IReadOnlyDictionary<string, StageWork>> wait = Task.Run(() => run.Wait(CancellationToken.None));
        Until(() => Log("scancel.log").Any(l => l.EndsWith(" 2", StringComparison.Ordinal)));
        Until(() => Log("sbatch.log").Length == 3);
        Assert.DoesNotContain("--dependency", Log("sbatch.log")[2], StringComparison.Ordinal);
        Done(WaveFolder.Merge);
        Assert.Empty(await wait);
    }

    [Theory]
    [InlineData("PENDING", "launch failed requeued held")]
    [InlineData("PENDING", "JobHoldMaxRequeue")]
    [InlineData("NODE_FAIL", "NodeDown")]
    [InlineData("COMPLETING", "None")]
    public async Task A_task_that_would_never_end_by_itself_is_submitted_again(string state, string reason)
    {
        WaveRun run = NewRun(1, merge: false);
        run.Submit();
        Queue($"{Job}-0|0|{state}|{reason}|n1|1_0");
        QueueAfter(2, $"{Job}-0|0|RUNNING|None|n1|2_0");
        Task<IReadOnlyDictionary<string, StageWork>> wait = Task.Run(() => run.Wait(CancellationToken.None));
        Until(() => Log("sbatch.log").Length == 2);
        Done(0);
        await wait;
        Assert.Equal(2, Log("sbatch.log").Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_task_that_was_put_back_gets_a_copy_at_once_and_one_that_is_to_begin_later_does_not(bool hasRun)
    {
        WaveRun run = NewRun(1, merge: false);
        run.Submit();
        Queue($"{Job}-0|0|PENDING|BeginTime||1_0");
        if (hasRun)
        {
            File.WriteAllText(Path.Combine(_folder.Logs, $"{Job}-0.0.log"), "begun\n");
        }

        Task<IReadOnlyDictionary<string, StageWork>> wait = Task.Run(() => run.Wait(CancellationToken.None));
        if (hasRun)
        {
            Until(() => Log("sbatch.log").Length == 2);
        }
        else
        {
            // As many looks as the other case needs several times over.
            int looks = Log("squeue.log").Length;
            Until(() => Log("squeue.log").Length > looks + 10);
        }

        Done(0);
        await wait;
        Assert.Equal(hasRun ? 2 : 1, Log("sbatch.log").Length);
    }

    [Fact]
    public async Task A_task_on_a_node_that_does_not_answer_gets_a_copy_elsewhere_once()
    {
        WaveRun run = NewRun(1, merge: false);
        run.Submit();
        Queue($"{Job}-0|0|RUNNING|None|n2|1_0");
        File.WriteAllText(In("nodes.txt"), "n1|idle\nn2|mixed*\n");
        Task<IReadOnlyDictionary<string, StageWork>> wait = Task.Run(() => run.Wait(CancellationToken.None));
        Until(() => Log("sbatch.log").Length > 1);
        Assert.Contains("--exclude=n2", Log("sbatch.log")[1], StringComparison.Ordinal);

        // Once: as many looks as the copy took, several times over.
        int looks = Log("squeue.log").Length;
        Until(() => Log("squeue.log").Length > looks + 10);
        Assert.Equal(2, Log("sbatch.log").Length);
        Done(0);
        await wait;

        // The other copy is not left behind.
        Assert.NotEmpty(Log("scancel.log"));
    }

    [Fact]
    public async Task A_merge_that_waits_for_the_slower_copy_of_a_task_is_let_go()
    {
        WaveRun run = NewRun(1, merge: true);
        run.Submit();
        string waiting = $"{Job}-merge|N/A|PENDING|Dependency||2";
        Queue($"{Job}-0|0|RUNNING|None|n2|1_0", waiting);
        File.WriteAllText(In("nodes.txt"), "n1|idle\nn2|mixed*\n");
        QueueAfter(4, $"{Job}-merge|N/A|RUNNING|None|n1|4");
        Task<IReadOnlyDictionary<string, StageWork>> wait = Task.Run(() => run.Wait(CancellationToken.None));
        Until(() => Log("sbatch.log").Length == 3);
        Done(0);
        Until(() => Log("sbatch.log").Length == 4);
        Assert.DoesNotContain("--dependency", Log("sbatch.log")[3], StringComparison.Ordinal);
        Assert.Contains(Log("scancel.log"), l => l.EndsWith(" 2", StringComparison.Ordinal));
        Done(WaveFolder.Merge);
        await wait;
        Assert.Equal(4, Log("sbatch.log").Length);
    }

    [Theory]
    [InlineData("PENDING", "launch failed requeued held", true)]
    [InlineData("RUNNING", "None", false)]
    [InlineData("COMPLETED", "None", false)]
    public void What_a_controller_came_back_with_is_not_left_waiting(string state, string reason, bool isCancelled)
    {
        WaveRun run = NewRun(1, merge: false);
        run.Submit();
        Queue($"{Job}-0|0|{state}|{reason}||1_0");
        Done(0);
        Assert.Empty(run.Wait(CancellationToken.None));
        Assert.Equal(isCancelled ? [$"--quiet --state=PENDING --name={Job}-0"] : [], Log("scancel.log"));
    }

    [Theory]
    [InlineData("cat queue.txt", "1 wait (Resources)")]
    [InlineData("exit 1", "controller does not answer")]
    public void Nothing_is_waited_for_for_ever(string squeue, string said)
    {
        Command("squeue", squeue);
        WaveRun run = NewRun(1, merge: false, new SlurmSettings { MaxWait = TimeSpan.FromMilliseconds(400) });
        run.Submit();
        Queue($"{Job}-0|0|PENDING|Resources||1_0");
        ExecutorException exception = Assert.Throws<ExecutorException>(() => run.Wait(CancellationToken.None));
        Assert.Equal("DB3093", exception.Code);
        Assert.Contains(said, exception.Message, StringComparison.Ordinal);
        Assert.NotEmpty(Log("scancel.log"));
    }

    [Fact]
    public void An_error_of_a_task_is_the_builds_error()
    {
        WaveRun run = NewRun(2, merge: false);
        run.Submit();
        _folder.WriteResult(1, new ChunkResult { Machine = "n7", Error = new BuildDiagnostic(true, "DB3001", "stage 'x' failed", "/project/Stage.cs", 12) });
        ExecutorException exception = Assert.Throws<ExecutorException>(() => run.Wait(CancellationToken.None));
        Assert.Equal(("DB3001", "/project/Stage.cs", 12), (exception.Code, exception.File, exception.Line));
        Assert.Contains("task 1 of the Slurm job databuild-test-0 on n7", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_one_node_cannot_read_is_tried_again()
    {
        WaveRun run = NewRun(1, merge: false);
        run.Submit();
        QueueAfter(2, $"{Job}-0|0|RUNNING|None|n1|2_0");
        _folder.WriteResult(0, new ChunkResult { Machine = "n7", Error = new BuildDiagnostic(true, "DB3003", "no space left") });
        Task<IReadOnlyDictionary<string, StageWork>> wait = Task.Run(() => run.Wait(CancellationToken.None));
        Until(() => Log("sbatch.log").Length == 2);
        Done(0);
        await wait;
    }

    [Fact]
    public void Missing_commands_are_named()
    {
        WaveRun run = new(_folder, Describe(1, merge: false), new SlurmSettings(), new SlurmCommands(Path.Combine(_root, "nowhere")), Quick, _events, new FileDigests(null));
        ExecutorException exception = Assert.Throws<ExecutorException>(run.Submit);
        Assert.Equal("DB3090", exception.Code);
    }

    private WaveRun NewRun(int chunks, bool merge, SlurmSettings? settings = null) =>
        new(_folder, Describe(chunks, merge), settings ?? new SlurmSettings(), new SlurmCommands(Path.Combine(_root, "bin")), Quick, _events, new FileDigests(null));

    private static WaveDescription Describe(int chunks, bool merge) => new() { Plan = "", JobName = Job, Chunks = chunks, HasMerge = merge, MergedThrough = -1, IsSampling = false };

    private void Done(int chunk) => _folder.WriteResult(chunk, new ChunkResult { Machine = "n1" });

    private string In(string name) => Path.Combine(_root, name);

    private void Queue(params string[] lines)
    {
        File.WriteAllText(In("queue.new"), string.Concat(lines.Select(l => l + "\n")));
        File.Move(In("queue.new"), In("queue.txt"), overwrite: true);
    }

    // What squeue says from a submission on, as from a cluster that has accepted it: at the very moment, however slow this machine is.
    private void QueueAfter(int submission, params string[] lines) =>
        File.WriteAllText(In(string.Create(CultureInfo.InvariantCulture, $"queue.{submission}.txt")), string.Concat(lines.Select(l => l + "\n")));

    private string[] Log(string name) => File.Exists(In(name)) ? File.ReadAllLines(In(name)) : [];

    private void Command(string name, string body)
    {
        string path = Path.Combine(_root, "bin", name);
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"#!/bin/sh\ncd '{_root}'\n{body}\n"));
        Assert.Equal(0, SlurmCluster.Run("chmod", "755", path).Exit);
    }

    private static void Until(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromMinutes(2)), "what was expected did not happen in 2 minutes");
}
