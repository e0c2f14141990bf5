using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace DataBuild.Engine.Execution.Slurm;

/// <summary>A task of a job as <c>squeue</c> tells it.</summary>
/// <param name="JobName">Name of its job.</param>
/// <param name="Index">Index in its array; 0 for a job that is no array.</param>
/// <param name="State">State in Slurm's words: <c>PENDING</c>, <c>RUNNING</c>, <c>FAILED</c> and so on.</param>
/// <param name="Reason">Why it is in that state.</param>
/// <param name="Node">Where it runs or ran.</param>
/// <param name="Id">Id to cancel it by: <c>17_3</c>.</param>
internal sealed record SlurmTask(string JobName, int Index, string State, string Reason, string Node, string Id)
{
    // COMPLETING: its processes have ended; on a node that is gone it stays so until the controller notices.
    private static readonly string[] FinalStates =
        ["COMPLETED", "COMPLETING", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY", "BOOT_FAIL", "DEADLINE", "PREEMPTED", "REVOKED", "SPECIAL_EXIT"];

    /// <summary>True while Slurm may yet run it to its end.</summary>
    public bool IsActive => !FinalStates.Contains(State, StringComparer.Ordinal);

    /// <summary>True for a task that waits for its time to begin: two minutes after Slurm has put it back into the queue, or what <c>--begin</c> asks for.</summary>
    public bool IsPutBack => State == "PENDING" && Reason == "BeginTime";

    /// <summary>True for a task that waits for what never comes, or that the controller holds after its start failed.</summary>
    public bool IsStuck => IsActive && (Reason.Contains("DependencyNeverSatisfied", StringComparison.Ordinal) || Reason.Contains("launch failed", StringComparison.OrdinalIgnoreCase)
        || Reason.Contains("JobHoldMaxRequeue", StringComparison.Ordinal));
}

/// <summary>The commands of a Slurm installation: <c>sbatch</c>, <c>squeue</c>, <c>sacct</c>, <c>sinfo</c>, <c>scontrol</c> and <c>scancel</c>.</summary>
internal sealed class SlurmCommands
{
    /// <summary>A command of Slurm cannot be started.</summary>
    public const string Missing = "DB3090";

    /// <summary><c>sbatch</c> refused a job.</summary>
    public const string Refused = "DB3091";

    // The commands themselves give up on a controller that is away after some minutes; they are asked again.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string? _folder;

    /// <summary>Finds the commands.</summary>
    /// <param name="folder">Where they lie; null for the search path.</param>
    public SlurmCommands(string? folder = null) => _folder = folder;

    /// <summary>Submits a job.</summary>
    /// <returns>Its id, which is good for a message and for a dependency, and not unique over restarts of the controller.</returns>
    /// <exception cref="ExecutorException">There is no <c>sbatch</c>, or it refused.</exception>
    public string Submit(IReadOnlyList<string> arguments)
    {
        (int exit, string output, string error) = Run("sbatch", ["--parsable", .. arguments]);
        string id = output.Trim().Split(';')[0];
        return exit == 0 && id.Length > 0
            ? id
            : throw new ExecutorException(Refused, $"sbatch refused a job (exit code {exit}): {OneLine(error.Length > 0 ? error : output)}; the command was: sbatch --parsable {string.Join(' ', arguments.Select(Quote))}");
    }

    /// <summary>The tasks of jobs that Slurm knows by name, also those that ended a short while ago; null when the controller does not answer.</summary>
    public IReadOnlyList<SlurmTask>? Queue(IReadOnlyCollection<string> jobNames)
    {
        (int exit, string output, _) = Run("squeue", ["--noheader", "--array", "--states=all", "--name=" + string.Join(',', jobNames), "--format=%j|%K|%T|%r|%N|%i"]);
        if (exit != 0)
        {
            return null;
        }

        List<SlurmTask> tasks = [];
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = line.Split('|');
            if (fields.Length == 6 && jobNames.Contains(fields[0]))
            {
                int index = int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
                tasks.Add(new SlurmTask(fields[0], index, fields[2], fields[3], fields[4], fields[5]));
            }
        }

        return tasks;
    }

    /// <summary>The last state of a task of which the controller knows no more, by the cluster's accounting; null where there is none.</summary>
    public string? AccountedState(string jobName, int index, bool isArray)
    {
        try
        {
            (int exit, string output, _) = Run("sacct", ["--noheader", "--parsable2", "--allocations", "--name=" + jobName, "--format=JobID,State,ExitCode,NodeList"]);
            string suffix = string.Create(CultureInfo.InvariantCulture, $"_{index}");
            return exit != 0 ? null : output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('|'))
                .LastOrDefault(f => f.Length == 4 && (!isArray || f[0].EndsWith(suffix, StringComparison.Ordinal))) is { } found ? $"{found[1]}, exit code {found[2]}, on {found[3]}" : null;
        }
        catch (ExecutorException exception) when (exception.Code == Missing)
        {
            return null;
        }
    }

    /// <summary>Nodes that do not answer their controller; none when that cannot be told.</summary>
    public HashSet<string> LostNodes()
    {
        HashSet<string> lost = new(StringComparer.Ordinal);
        (int exit, string output, _) = Run("sinfo", ["--noheader", "--Node", "--format=%N|%T"]);
        foreach (string[] fields in exit != 0 ? [] : output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('|')))
        {
            // A star marks a node that has not answered for a while.
            if (fields.Length == 2 && (fields[1].EndsWith('*') || fields[1].StartsWith("down", StringComparison.OrdinalIgnoreCase) || fields[1].StartsWith("fail", StringComparison.OrdinalIgnoreCase)))
            {
                lost.Add(fields[0]);
            }
        }

        return lost;
    }

    /// <summary>The number of tasks that one array may have.</summary>
    public int MaxArraySize()
    {
        const int SlurmDefault = 1001;
        (int exit, string output, _) = Run("scontrol", ["show", "config"]);
        foreach (string line in exit != 0 ? [] : output.Split('\n'))
        {
            string[] parts = line.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts is ["MaxArraySize", var text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size > 1)
            {
                // The largest index is one less.
                return size - 1;
            }
        }

        return SlurmDefault - 1;
    }

    /// <summary>Cancels jobs by name: ids may be used again after a restart of the controller.</summary>
    public void CancelJobs(IEnumerable<string> jobNames)
    {
        foreach (string name in jobNames)
        {
            Run("scancel", ["--quiet", "--name=" + name]);
        }
    }

    /// <summary>Cancels what waits of jobs, by name; what runs goes on.</summary>
    public void CancelWaitingJobs(IEnumerable<string> jobNames)
    {
        foreach (string name in jobNames)
        {
            Run("scancel", ["--quiet", "--state=PENDING", "--name=" + name]);
        }
    }

    /// <summary>Cancels one task.</summary>
    public void CancelTask(string id) => Run("scancel", ["--quiet", id]);

    private (int Exit, string Output, string Error) Run(string command, IReadOnlyList<string> arguments)
    {
        ProcessStartInfo start = new(_folder is null ? command : Path.Combine(_folder, command), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };

        // What a person set for own jobs must not change the form of what is read here.
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("SQUEUE_", StringComparison.Ordinal) || k.StartsWith("SINFO_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                return (-1, "", $"{command} did not answer in {Patience.TotalMinutes} minutes");
            }

            return (process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
        }
        catch (Win32Exception exception)
        {
            throw new ExecutorException(Missing, $"DataBuildExecutor is Slurm, and the command '{command}' cannot be started: {exception.Message}; install Slurm's client commands on this machine, or build with -p:DataBuildExecutor=Local");
        }
    }

    private static string OneLine(string text) => string.Join("; ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static string Quote(string argument) => argument.Contains(' ', StringComparison.Ordinal) ? $"'{argument}'" : argument;
}
