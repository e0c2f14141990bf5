using System.Diagnostics;
using System.Text;
using System.Text.Json;
using DataBuild.Tests;

namespace DataBuild.Worker.Tests.Slurm;

/// <summary>Builds on a real cluster: two slurmd and a controller, started by the test.</summary>
public sealed class SlurmTests(SlurmCluster cluster) : IClassFixture<SlurmCluster>, IDisposable
{
    private readonly WorkerSession _session = new();
    private readonly WorkerSession _local = new();

    private string PlanPath => Path.Combine(_session.Folder, "Test.databuild.plan.json");

    public void Dispose()
    {
        _session.Dispose();
        _local.Dispose();
    }

    [SkippableFact]
    public async Task QuickStart_gives_the_same_bytes_when_a_node_dies_in_the_middle()
    {
        RequireLongRun();
        cluster.Require();
        _session.AddQuickStart();
        _session.Properties["DataBuildExecutor"] = "Slurm";
        Task<WorkerResult> build = Task.Run(() => _session.Build());
        try
        {
            SlurmCluster.Freeze(_session.Folder, "n2");
            cluster.KillNode("n2");
            WorkerResult result = await build;
            Assert.True(result.Ok, string.Join('\n', result.Diagnostics));

            // Whether the node was missed first or the end of its tasks: they ran again.
            Assert.Contains(Messages(result), m => m.Contains("submitted again", StringComparison.Ordinal));
        }
        finally
        {
            cluster.StartNode("n2");
        }

        _local.AddQuickStart();
        Assert.True(_local.Build().Ok);
        Assert.Equal(Bytes(_local), Bytes(_session));
    }

    [SkippableFact]
    public void A_later_build_takes_up_the_jobs_of_one_whose_machine_died()
    {
        cluster.Require();
        AddPages(_session);
        using (Process build = Start())
        {
            int frozen = SlurmCluster.Freeze(_session.Folder);
            build.Kill();
            build.WaitForExit();
            SlurmCluster.Signal("CONT", frozen);
        }

        WorkerResult result = _session.Build();
        Assert.True(result.Ok, string.Join('\n', result.Diagnostics));
        Assert.Contains(Messages(result), m => m.Contains("the jobs of an interrupted build go on", StringComparison.Ordinal));
        AssertSameAsLocal();
    }

    [SkippableFact]
    public void Jobs_of_an_interrupted_build_with_other_stages_are_cancelled()
    {
        cluster.Require();
        AddPages(_session);
        using (Process build = Start())
        {
            SlurmCluster.Freeze(_session.Folder);
            build.Kill();
            build.WaitForExit();
        }

        string[] orphans = SlurmCluster.Queue();
        Assert.NotEmpty(orphans);
        _session.ClearStages();
        _session.Stage("Extract", ("Math", "None"));
        WorkerResult result = _session.Build();
        Assert.True(result.Ok, string.Join('\n', result.Diagnostics));
        Assert.Contains(Messages(result), m => m.Contains("with other stages are cancelled", StringComparison.Ordinal));
        Assert.DoesNotContain(SlurmCluster.Queue(), line => line.Contains("RUNNING", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void An_interrupt_cancels_all_jobs()
    {
        InterruptSignal.Require();
        cluster.Require();
        AddPages(_session);
        using Process build = Start();
        SlurmCluster.Freeze(_session.Folder);
        InterruptSignal.Send(build.Id);
        Assert.True(build.WaitForExit(TimeSpan.FromMinutes(2)), "the build did not end");
        Assert.NotEqual(0, build.ExitCode);
        SlurmCluster.WaitFor("empty queue", TimeSpan.FromMinutes(2), () => SlurmCluster.Queue().Length == 0);
        Assert.True(_session.Build().Ok);
        AssertSameAsLocal();
    }

    [SkippableFact]
    public async Task A_task_that_is_put_back_into_the_queue_runs_twice_and_changes_nothing()
    {
        RequireLongRun();
        cluster.Require();
        AddPages(_session);
        Task<WorkerResult> build = Task.Run(() => _session.Build());
        int frozen = SlurmCluster.Freeze(_session.Folder);
        string running = SlurmCluster.Queue().First(l => l.Contains("|RUNNING|", StringComparison.Ordinal)).Split('|')[3];

        // Not the frozen one always: whichever it is, its work is done a second time.
        SlurmCluster.Run("scontrol", "requeue", running);
        SlurmCluster.Signal("CONT", frozen);
        WorkerResult result = await build;
        Assert.True(result.Ok, string.Join('\n', result.Diagnostics));
        AssertSameAsLocal();
    }

    [SkippableFact]
    public void A_merge_that_would_wait_for_ever_is_run_when_its_tasks_are_there()
    {
        RequireLongRun();
        cluster.Require();
        AddPages(_session);

        // As on a cluster without the option that has Slurm remove such a job: the rest of the command is what Slurm gets.
        string commands = Path.Combine(_session.Folder, "commands");
        Directory.CreateDirectory(commands);
        string sbatch = Path.Combine(commands, "sbatch");
        File.WriteAllText(sbatch, """
            #!/bin/bash
            for argument in "$@"; do [ "$argument" = --kill-on-invalid-dep=yes ] || kept+=("$argument"); done
            PATH=${PATH#*:} exec sbatch "${kept[@]}"

            """);
        SlurmCluster.Run("chmod", "755", sbatch);
        StringBuilder said = new();
        using Process build = Start(said, commands);
        int task = SlurmCluster.Freeze(_session.Folder);
        SlurmCluster.Signal("STOP", build.Id);

        // A task that ends in failure: what depends on its success can never run.
        SlurmCluster.Signal("KILL", task);
        SlurmCluster.WaitFor("merge that can never run", TimeSpan.FromMinutes(3), () => SlurmCluster.Run("squeue", "--noheader", "--format=%j|%r").Output.Contains("-merge|DependencyNeverSatisfied", StringComparison.Ordinal));
        SlurmCluster.Signal("CONT", build.Id);
        Assert.True(build.WaitForExit(TimeSpan.FromMinutes(5)), "the build does not end");
        build.WaitForExit();
        Assert.True(build.ExitCode == 0, said.ToString());
        Assert.Contains("the merge ended without a result", said.ToString(), StringComparison.Ordinal);
        AssertSameAsLocal();
    }

    [SkippableFact]
    public async Task A_crash_of_the_controller_in_the_middle_changes_nothing()
    {
        RequireLongRun();
        cluster.Require();
        AddPages(_session);
        Task<WorkerResult> build = Task.Run(() => _session.Build());

        // Moments after the jobs were accepted, with a task in the middle of its work that ends while there is no controller.
        int frozen = SlurmCluster.Freeze(_session.Folder);
        cluster.KillController();
        SlurmCluster.Signal("CONT", frozen);
        SlurmCluster.WaitFor("end of the task", TimeSpan.FromMinutes(3), () => !Directory.Exists($"/proc/{frozen}"));
        cluster.StartController();
        SlurmCluster.WaitFor("end of the build", TimeSpan.FromMinutes(5), () =>
        {
            SlurmCluster.BringBackDrainedNodes();
            return build.IsCompleted;
        });
        WorkerResult result = await build;
        Assert.True(result.Ok, string.Join('\n', result.Diagnostics));
        AssertSameAsLocal();
        SlurmCluster.WaitFor("empty queue", TimeSpan.FromMinutes(3), () =>
        {
            SlurmCluster.BringBackDrainedNodes();
            return SlurmCluster.Queue().Length == 0;
        });
    }

    [SkippableFact]
    public void A_failing_task_says_what_a_local_build_says_with_its_log()
    {
        cluster.Require();
        AddPages(_session);
        AddPages(_local);
        foreach (WorkerSession session in new[] { _session, _local })
        {
            session.Input("broken.warc.gz", "neither gzip nor WARC"u8.ToArray());
        }

        _local.Properties.Clear();
        JsonElement there = Error(_session.Build());
        JsonElement here = Error(_local.Build());
        Assert.Equal(here.GetProperty("code").GetString(), there.GetProperty("code").GetString());
        Assert.Equal(Path.Combine(_session.Folder, "crawl", "broken.warc.gz"), there.GetProperty("file").GetString());
        string message = there.GetProperty("message").GetString()!;
        Assert.Contains("of the Slurm job databuild-", message, StringComparison.Ordinal);
        string log = message[(message.IndexOf("its log: ", StringComparison.Ordinal) + "its log: ".Length)..].TrimEnd(')');
        Assert.Contains(here.GetProperty("code").GetString()!, File.ReadAllText(log), StringComparison.Ordinal);
        SlurmCluster.WaitFor("empty queue", TimeSpan.FromMinutes(2), () => SlurmCluster.Queue().Length == 0);
    }

    [SkippableFact]
    public void A_refused_job_is_an_error_with_the_words_of_sbatch()
    {
        cluster.Require();
        AddPages(_session);
        _session.Properties["DataBuildSlurmPartition"] = "no-such-partition";
        JsonElement error = Error(_session.Build());
        Assert.Equal("DB3091", error.GetProperty("code").GetString());
        Assert.Contains("invalid partition", error.GetProperty("message").GetString()!, StringComparison.OrdinalIgnoreCase);
    }

    // Slurm's own times, which end only after minutes, are part of these.
    private static void RequireLongRun() => Skip.If(LongRun.Count("DATABUILD_SLURM_LONG", 0) == 0, "takes minutes; DATABUILD_SLURM_LONG=1 runs it");

    private static void AddPages(WorkerSession session)
    {
        for (int input = 0; input < 4; input++)
        {
            session.Input($"{input}.warc.gz", WorkerSession.Warc([.. Enumerable.Range(0, 20).Select(i => ($"https://example.org/{input}/{i}", WorkerSession.Page($"Page {i}", i + (input % 2))))]));
        }

        session.Stage("Extract");
        session.Stage("ExactDedup");
        session.Properties["DataBuildExecutor"] = "Slurm";
        session.Properties["DataBuildSlurmShardsPerTask"] = "2";
    }

    private void AssertSameAsLocal()
    {
        AddPages(_local);
        _local.Properties.Clear();
        Assert.True(_local.Build().Ok);
        Assert.Equal(Bytes(_local), Bytes(_session));
    }

    // The build as a process of its own, which can be killed and interrupted.
    private Process Start(StringBuilder? said = null, string? commands = null)
    {
        _session.WritePlan();
        ProcessStartInfo start = new(WorkerCommand.Parts[0], [.. WorkerCommand.Parts.Skip(1), "run", PlanPath]) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (commands is not null)
        {
            start.Environment["PATH"] = $"{commands}:{Environment.GetEnvironmentVariable("PATH")}";
        }

        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => said?.AppendLine(line.Data);
        process.BeginOutputReadLine();
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    private static JsonElement Error(WorkerResult result) => result.Events.First(e =>
        e.GetProperty("event").GetString() == "diagnostic" && e.GetProperty("severity").GetString() == "error");

    private static IEnumerable<string> Messages(WorkerResult result) =>
        result.Events.Where(e => e.GetProperty("event").GetString() == "message").Select(e => e.GetProperty("text").GetString()!);

    private static string Bytes(WorkerSession session) => string.Join('\n', Directory.EnumerateFiles(session.Output, "*", SearchOption.AllDirectories)
        .Where(f => Path.GetFileName(f) != "report.html").Order(StringComparer.Ordinal)
        .Select(f => $"{Path.GetRelativePath(session.Output, f)} {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f)))}"));
}
