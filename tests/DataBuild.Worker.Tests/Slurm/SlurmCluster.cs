using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using DataBuild.Tests;

namespace DataBuild.Worker.Tests.Slurm;

/// <summary>A cluster of two nodes on this machine (<c>tests/slurm/cluster.sh</c>), for the tests of one class. Tests skip, with the reason, where it does not start.</summary>
public sealed class SlurmCluster : IDisposable
{
    private const string ConfigurationVariable = "SLURM_CONF";
    private const string NodeVariable = "SLURMD_NODENAME=";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "databuild-slurm", Guid.NewGuid().ToString("N"));
    private readonly string? _problem;

    public SlurmCluster()
    {
        (int exit, _, string error) = Run("bash", Script, "start", _folder);
        _problem = exit == 0 ? null : $"Slurm does not run here (Debian: apt-get install slurmctld slurmd slurm-client munge): {error.Trim()}";
        if (_problem is null)
        {
            // Read by Slurm's commands only, which this process and the workers start.
            Environment.SetEnvironmentVariable(ConfigurationVariable, Path.Combine(_folder, "slurm.conf"));
        }
    }

    private static string Script => Path.Combine(TestPaths.RepositoryRoot, "tests", "slurm", "cluster.sh");

    /// <summary>Skips the test without a cluster; waits until both nodes are free, whatever the test before it left behind.</summary>
    public void Require()
    {
        Skip.If(_problem is not null, _problem);
        Run("scancel", "--user=" + Environment.UserName);
        WaitFor("two idle nodes", TimeSpan.FromMinutes(3), () =>
        {
            BringBackNodes("drain", "down");
            return Nodes().Count(n => n.State == "idle") == 2;
        });
    }

    /// <summary>Lines of <c>squeue</c>: name, state, node, id.</summary>
    public static string[] Queue() => Run("squeue", "--noheader", "--array", "--format=%j|%T|%N|%i").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Waits for a worker of a wave below a folder that runs on a node, and stops it, so that it is in the middle of its work for as long as the test wants.</summary>
    /// <returns>Its process id.</returns>
    public static int Freeze(string folder, string? node = null)
    {
        int found = 0;
        WaitFor("a running task", TimeSpan.FromMinutes(3), () =>
        {
            foreach (string process in Directory.EnumerateDirectories("/proc").Where(p => int.TryParse(Path.GetFileName(p), CultureInfo.InvariantCulture, out _)))
            {
                string arguments = ReadAll(Path.Combine(process, "cmdline"));
                string environment = ReadAll(Path.Combine(process, "environ"));
                if (arguments.Contains("run-actions", StringComparison.Ordinal) && arguments.Contains(folder, StringComparison.Ordinal) && arguments.StartsWith('/')
                    && arguments.Contains("--chunk", StringComparison.Ordinal) && environment.Split('\0').Any(v => v.StartsWith(NodeVariable, StringComparison.Ordinal) && (node is null || v == NodeVariable + node)))
                {
                    found = int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture);
                    return Run("kill", "-STOP", found.ToString(CultureInfo.InvariantCulture)).Exit == 0;
                }
            }

            return false;
        });
        return found;
    }

    public static void Signal(string signal, int process) => Run("kill", "-" + signal, process.ToString(CultureInfo.InvariantCulture));

    /// <summary>Takes a node away, as a power failure does: its daemon, the stepds that it started and all processes of its tasks.</summary>
    public void KillNode(string node)
    {
        Signal("KILL", int.Parse(File.ReadAllText(Path.Combine(_folder, $"slurmd.{node}.pid")).Trim(), CultureInfo.InvariantCulture));
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(p => int.TryParse(Path.GetFileName(p), CultureInfo.InvariantCulture, out _)))
        {
            bool isTask = ReadAll(Path.Combine(process, "environ")).Contains(NodeVariable + node + "\0", StringComparison.Ordinal)
                && ReadAll(Path.Combine(process, "environ")).Contains(_folder, StringComparison.Ordinal);
            bool isStep = ReadAll(Path.Combine(process, "cmdline")).StartsWith("slurmstepd", StringComparison.Ordinal) && ReadAll(Path.Combine(process, "environ")).Contains(Path.Combine(_folder, "spool." + node), StringComparison.Ordinal);
            if (isTask || isStep)
            {
                Signal("KILL", int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture));
            }
        }
    }

    /// <summary>Ends the controller as a crash does: what it has not saved yet, jobs that it accepted among it, is lost.</summary>
    public void KillController() => Signal("KILL", int.Parse(File.ReadAllText(Path.Combine(_folder, "slurmctld.pid")).Trim(), CultureInfo.InvariantCulture));

    /// <summary>Starts the controller again and waits until it knows of both nodes.</summary>
    public void StartController()
    {
        Run("bash", Script, "controller", _folder);
        WaitFor("controller", TimeSpan.FromMinutes(2), () => Run("scontrol", "ping").Output.Contains("is UP", StringComparison.Ordinal));
        WaitFor("registered nodes", TimeSpan.FromMinutes(2), () => Nodes().Count(n => n.State.Length > 0 && !n.State.StartsWith("unknown", StringComparison.Ordinal)) == 2);
    }

    /// <summary>
    /// Does what an administrator does: takes nodes into use again that the controller drained. One that starts a task for the second time, as it knows nothing of the
    /// first, is told by the node that the job is there already, and drains the node for it (<c>Duplicate jobid</c>), some ten seconds after it came back.
    /// </summary>
    public static void BringBackDrainedNodes() => BringBackNodes("drain");

    public void StartNode(string node) => Run("bash", Script, "node", _folder, node);

    /// <summary>Waits for a condition; says what the cluster is like when it does not come.</summary>
    public static void WaitFor(string what, TimeSpan most, Func<bool> condition)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < most, $"no {what} in {most.TotalSeconds} s; squeue says: {string.Join(" ; ", Queue())}; sinfo says: {Run("sinfo", "--noheader", "--Node", "--format=%N %T %E").Output.ReplaceLineEndings(" ; ")}");
            Thread.Sleep(50);
        }
    }

    public static (int Exit, string Output, string Error) Run(string command, params string[] arguments)
    {
        ProcessStartInfo start = new(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            StringBuilder error = new();

            // Daemons that the script starts hold its error output open: its end is not waited for.
            process.ErrorDataReceived += (_, line) => error.AppendLine(line.Data);
            process.BeginErrorReadLine();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit(TimeSpan.FromSeconds(60));
            return (process.ExitCode, output, error.ToString());
        }
        catch (Win32Exception exception)
        {
            return (-1, "", exception.Message);
        }
    }

    public void Dispose()
    {
        if (_problem is null)
        {
            Run("scancel", "--user=" + Environment.UserName);
            Environment.SetEnvironmentVariable(ConfigurationVariable, null);
        }

        if (Directory.Exists(_folder))
        {
            Run("bash", Script, "stop", _folder);
            WaitFor("end of the daemons", TimeSpan.FromMinutes(2), () =>
            {
                try
                {
                    Directory.Delete(_folder, recursive: true);
                    return true;
                }
                catch (IOException)
                {
                    // A daemon that ends still writes its state.
                    return false;
                }
            });
        }
    }

    private static (string Name, string State)[] Nodes() =>
        [.. Run("sinfo", "--noheader", "--Node", "--format=%N|%T").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('|')).Where(f => f.Length == 2).Select(f => (f[0], f[1]))];

    private static void BringBackNodes(params string[] states)
    {
        foreach ((string name, _) in Nodes().Where(n => states.Any(s => n.State.StartsWith(s, StringComparison.Ordinal))))
        {
            Run("scontrol", "update", "nodename=" + name, "state=resume");
        }
    }

    private static string ReadAll(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The process is gone, or another user's.
            return "";
        }
    }
}
