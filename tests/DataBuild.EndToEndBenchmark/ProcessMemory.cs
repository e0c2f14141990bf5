using System.Globalization;

namespace DataBuild.EndToEndBenchmark;

/// <summary>
/// Largest resident sets of the processes of a build. It must not slow what is measured on few cores: a process is looked up once in its life, and only those
/// of the build are read again.
/// </summary>
/// <param name="root">Process that all processes of the build come from.</param>
internal sealed class ProcessMemory(int root)
{
    private readonly HashSet<int> _others = [];
    private readonly HashSet<int> _ofBuild = [root];

    /// <summary>Largest resident set of the worker, bytes; 0 when none was seen.</summary>
    public long WorkerPeakBytes { get; private set; }

    /// <summary>Largest resident set of a process of MSBuild and its compiler, bytes.</summary>
    public long BuildPeakBytes { get; private set; }

    /// <summary>Looks at the processes as they are now. The operating system keeps each one's peak, so that rare looks miss nothing but a last moment.</summary>
    public void Sample()
    {
        foreach (string path in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(path.AsSpan("/proc/".Length), NumberStyles.None, CultureInfo.InvariantCulture, out int process) && !_others.Contains(process))
            {
                try
                {
                    Sample(process);
                }
                catch (IOException)
                {
                    // The process ended between two reads.
                }
            }
        }
    }

    private void Sample(int process)
    {
        string status = File.ReadAllText($"/proc/{process}/status");
        if (!_ofBuild.Contains(process))
        {
            // A parent has a lower number and is seen before, but for a counter of processes that began anew: looked up then.
            if (!IsOfBuild((int)Value(status, "PPid:")))
            {
                _others.Add(process);
                return;
            }

            _ofBuild.Add(process);
        }

        // Asked each time: between fork and exec a process has the command line of its parent.
        long peak = Value(status, "VmHWM:") * 1024;
        if (File.ReadAllText($"/proc/{process}/cmdline").Contains("DataBuild.Worker", StringComparison.Ordinal))
        {
            WorkerPeakBytes = Math.Max(WorkerPeakBytes, peak);
        }
        else
        {
            BuildPeakBytes = Math.Max(BuildPeakBytes, peak);
        }
    }

    private bool IsOfBuild(int process)
    {
        for (int depth = 0; process > 1 && depth < 20; depth++)
        {
            if (_ofBuild.Contains(process))
            {
                return true;
            }

            if (_others.Contains(process))
            {
                return false;
            }

            process = (int)Value(File.ReadAllText($"/proc/{process}/status"), "PPid:");
        }

        return false;
    }

    private static long Value(string status, string name)
    {
        int at = status.IndexOf('\n' + name, StringComparison.Ordinal);
        if (at < 0)
        {
            return 0;
        }

        ReadOnlySpan<char> value = status.AsSpan(at + 1 + name.Length);
        value = value[..value.IndexOf('\n')].Trim();
        int space = value.IndexOf(' ');
        return long.Parse(space < 0 ? value : value[..space], CultureInfo.InvariantCulture);
    }
}
