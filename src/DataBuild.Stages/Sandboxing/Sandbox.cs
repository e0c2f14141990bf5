using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace DataBuild.Stages.Sandboxing;

/// <summary>
/// Runs programs that nobody has read: in namespaces of their own (no network, no process but their own, file systems read-only), without any right, and under limits of
/// processor time, memory, file size and processes. Linux, by <c>unshare</c>, <c>setpriv</c> and <c>prlimit</c> of util-linux; where these namespaces cannot be had there is no
/// sandbox, and nothing is run unless that was asked for.
/// </summary>
public sealed class Sandbox
{
    private const int KilledByProcessorTime = 128 + 24; // SIGXCPU
    private const int Killed = 128 + 9; // what a program gets that outlives SIGXCPU, and what a machine without memory sends to any
    private const int Attempts = 3;

    // A start that takes longer is tried again: mounts wait for each other on a machine that makes many.
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // Written before the program starts: without it, what failed is the sandbox, and says nothing of the program.
    private const string Ready = "\u0001ready\n";

    // A root of its own in memory, with what programs need read-only; then all rights are dropped, so that nothing of it can be undone. The shell stays as the first process:
    // the kernel spares that one most signals.
    private const string Script =
        """
        set -e
        root=$1; work=$2; access=$3; more=$4; shift 4
        mount -t tmpfs -o size=64m,mode=755 tmpfs "$root"
        for d in usr bin sbin lib lib64 lib32 etc $more; do
          [ -e "/$d" ] || continue
          if [ -L "/$d" ]; then ln -s "$(readlink "/$d")" "$root/$d"; else
            mkdir -p "$root/$d"; mount --rbind "/$d" "$root/$d"; mount -o remount,bind,ro "$root/$d"; fi
        done
        mkdir -p "$root/proc" "$root/dev" "$root/tmp" "$root/work"
        mount -t proc proc "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc"
        mount -o remount,bind,ro "$root/proc"
        for d in null zero random urandom; do : > "$root/dev/$d"; mount --bind "/dev/$d" "$root/dev/$d"; done
        ln -s /proc/self/fd "$root/dev/fd"
        mount --bind "$work" "$root/work"
        [ "$access" = rw ] || mount -o remount,bind,ro "$root/work"
        mount -o remount,ro "$root" 2>/dev/null || true
        mount -t tmpfs -o size=64m,mode=777 tmpfs "$root/tmp"
        printf '\001ready\n' >&2
        chroot "$root" setpriv --bounding-set=-all --inh-caps=-all --no-new-privs "$@" || exit $?
        """;

    private static readonly SemaphoreSlim Slots = new(Math.Max(1, Environment.ProcessorCount));
    private readonly bool _isNone;

    private Sandbox(bool isNone) => _isNone = isNone;

    /// <summary>Opens the sandbox of this machine.</summary>
    /// <param name="stage">Name of the stage that asks, for messages.</param>
    /// <param name="mode">Whether programs may run without one.</param>
    /// <param name="context">Receives the warning DB4096 where they do.</param>
    /// <exception cref="StageException">DB4095: there is none here.</exception>
    public static Sandbox Open(string stage, SandboxMode mode, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (mode == SandboxMode.None)
        {
            context.Report(new StageNote("DB4096", true, $"the stage '{stage}' runs programs of the dataset without a sandbox (Sandbox=\"None\"): they can read, write and send what you can"));
            return new Sandbox(isNone: true);
        }

        Sandbox sandbox = new(isNone: false);
        return sandbox.Missing() is { } missing
            ? throw new StageException("DB4095", $"the stage '{stage}' runs programs of the dataset, and this machine has no sandbox for them: {missing}. Nothing was run; expected Linux with util-linux (unshare, setpriv, prlimit) and user namespaces")
            : sandbox;
    }

    /// <summary>Why there is no sandbox on this machine; null where there is one.</summary>
    public string? Missing()
    {
        if (!OperatingSystem.IsLinux())
        {
            return $"found {Environment.OSVersion.Platform}";
        }

        string folder = Directory.CreateTempSubdirectory("databuild-sandbox-").FullName;
        try
        {
            SandboxResult result = Run(["/bin/sh", "-c", "exit 7"], "", folder, [], new SandboxLimits(), isWritable: false, new Dictionary<string, string>(), CancellationToken.None);
            return result.ExitCode == 7 ? null : $"exit code {result.ExitCode}, {string.Join("; ", result.Errors.Trim().Split('\n').Take(3))}";
        }
        catch (StageException e)
        {
            return e.Message;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"'unshare' cannot be started: {e.Message}";
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Runs a program to its end, or to a limit. Within the sandbox its folder is <c>/work</c>; without one, the folder itself is the working folder.</summary>
    /// <param name="command">Program and arguments; a full path.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="folder">Folder that it works in.</param>
    /// <param name="readable">Further folders that it may read: where an interpreter lies.</param>
    /// <param name="limits">Limits.</param>
    /// <param name="isWritable">Whether it may write to its folder, not to <c>/tmp</c> alone.</param>
    /// <param name="environment">Environment variables; it sees no others but PATH, HOME and the locale.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="StageException">DB4095: the sandbox does not start.</exception>
    public SandboxResult Run(
        IReadOnlyList<string> command, string input, string folder, IReadOnlyList<string> readable, SandboxLimits limits, bool isWritable, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(environment);
        Slots.Wait(cancellation);
        string root = Directory.CreateTempSubdirectory("databuild-root-").FullName;
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                ProcessStartInfo start = Start(root, folder, readable, limits, isWritable, environment);
                foreach (string part in command)
                {
                    start.ArgumentList.Add(_isNone ? part.Replace("/work", folder, StringComparison.Ordinal) : part);
                }

                SandboxResult result = Wait(start, input, limits, _isNone, cancellation);
                int ready = _isNone ? 0 : result.Errors.IndexOf(Ready, StringComparison.Ordinal);
                if (ready < 0 && attempt == Attempts)
                {
                    throw new StageException("DB4095", $"the sandbox does not start: exit code {result.ExitCode}, {string.Join("; ", result.Errors.Trim().Split('\n').Take(3))}");
                }

                // What was killed and by no limit may have met the machine's want of memory: it is no grade before it has happened as often as is tried. The kernel may also
                // refuse a namespace for a moment, where many are made at once.
                if (ready >= 0 && (result.ExitCode != Killed || result.Limit is not null || attempt == Attempts))
                {
                    return _isNone ? result : result with { Errors = result.Errors.Remove(ready, Ready.Length) };
                }

                cancellation.WaitHandle.WaitOne(Pause * attempt);
                cancellation.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            Directory.Delete(root);
            Slots.Release();
        }
    }

    private ProcessStartInfo Start(string root, string folder, IReadOnlyList<string> readable, SandboxLimits limits, bool isWritable, IReadOnlyDictionary<string, string> environment)
    {
        ProcessStartInfo start = new()
        {
            FileName = _isNone ? "/usr/bin/env" : "unshare",
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        if (!_isNone)
        {
            // What every Linux has lies under /usr and /etc.
            string more = string.Join(' ', readable.Select(r => r.Trim('/')).Where(r => !r.StartsWith("usr/", StringComparison.Ordinal)));
            foreach (string part in (string[])["--user", "--map-root-user", .. limits.Network ? (string[])[] : ["--net"], "--mount", "--pid", "--fork", "--kill-child", "--ipc", "--uts", "sh", "-c", Script, "sh", root, folder, isWritable ? "rw" : "ro", more, "/usr/bin/env"])
            {
                start.ArgumentList.Add(part);
            }
        }

        start.ArgumentList.Add("-i");
        if (!_isNone)
        {
            start.ArgumentList.Add("--chdir=/work");
        }

        foreach ((string name, string value) in new Dictionary<string, string> { ["PATH"] = "/usr/local/bin:/usr/bin:/bin", ["HOME"] = "/tmp", ["LC_ALL"] = "C.UTF-8", ["TZ"] = "UTC" }.Concat(environment))
        {
            start.ArgumentList.Add($"{name}={value}");
        }

        foreach (string part in (string[])["prlimit", $"--cpu={limits.CpuSeconds}:{limits.CpuSeconds + 1}", Limit("data", limits.MemoryBytes), Limit("fsize", limits.FileBytes), $"--nproc={limits.Processes}", "--core=0", "--"])
        {
            start.ArgumentList.Add(part);
        }

        return start;
    }

    private static string Limit(string name, long value) => string.Create(CultureInfo.InvariantCulture, $"--{name}={value}");

    private static SandboxResult Wait(ProcessStartInfo start, string input, SandboxLimits limits, bool isReady, CancellationToken cancellation)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using Process process = Process.Start(start)!;
        string? limit = null;
        using CancellationTokenRegistration kill = ended.Token.Register(() => process.Kill(entireProcessTree: true));
        ended.CancelAfter(isReady ? limits.Wall : LongestStart);
        Task<string> output = ReadAsync(process.StandardOutput, isReady: true);
        Task<string> errors = ReadAsync(process.StandardError, isReady);
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended, or closed its input, without reading all of it: its output and exit code say what it did.
        }

        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        bool isStopped = ended.IsCancellationRequested;
        string said = output.GetAwaiter().GetResult();
        string errorsSaid = errors.GetAwaiter().GetResult();
        return new SandboxResult(
            process.ExitCode, said, errorsSaid, Volatile.Read(ref limit) ?? (process.ExitCode == KilledByProcessorTime || (isStopped && process.ExitCode != 0) ? "time_limit" : null));

        // The clock of the program begins when it does, not with the mounts before it.
        async Task<string> ReadAsync(StreamReader reader, bool isReady)
        {
            StringBuilder text = new();
            char[] buffer = new char[4096];
            int read;
            while ((read = await reader.ReadAsync(buffer, CancellationToken.None).ConfigureAwait(false)) > 0)
            {
                if (text.Length + read > limits.OutputBytes)
                {
                    Volatile.Write(ref limit, "output_limit");
                    await ended.CancelAsync().ConfigureAwait(false);
                    break;
                }

                text.Append(buffer, 0, read);
                if (!isReady && text.ToString().Contains(Ready, StringComparison.Ordinal))
                {
                    isReady = true;
                    ended.CancelAfter(limits.Wall);
                }
            }

            return text.ToString();
        }
    }
}
