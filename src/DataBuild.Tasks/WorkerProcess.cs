using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace DataBuild.Tasks;

/// <summary>The worker failed as a process.</summary>
internal sealed class WorkerException(string code, string message, params string[] output) : Exception(message)
{
    public string Code => code;

    /// <summary>The last lines of the worker's error output.</summary>
    public IReadOnlyList<string> Output => output;
}

/// <summary>
/// A running <c>DataBuild.Worker serve</c>: commands go in and events come out, one JSON object a line. End of input makes it exit.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int ErrorTailLines = 40;
    private static readonly TimeSpan ExitGrace = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Lock _inputLock = new();
    private readonly Queue<string> _errorTail = new();
    private readonly Timer _killTimer;

    private WorkerProcess(Process process)
    {
        _process = process;
        _killTimer = new Timer(_ => Kill());
        process.ErrorDataReceived += (_, line) => KeepErrorLine(line.Data);
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts the worker.</summary>
    /// <exception cref="WorkerException">It is not there or does not start.</exception>
    public static WorkerProcess Start(string workerPath, string dotNetHostPath, string workingDirectory)
    {
        if (!File.Exists(workerPath))
        {
            throw new WorkerException(DiagnosticCodes.WorkerMissing, $"the worker '{workerPath}' does not exist; restore the DataBuild.Sdk package or, in its repository, build src/DataBuild.Worker");
        }

        bool isManaged = Path.GetExtension(workerPath).Equals(".dll", StringComparison.OrdinalIgnoreCase);
        ProcessStartInfo start = new(isManaged ? DotNetHost(dotNetHostPath) : workerPath)
        {
            WorkingDirectory = workingDirectory,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        if (isManaged)
        {
            start.ArgumentList.Add(workerPath);
        }

        start.ArgumentList.Add("serve");
        // Settings that MSBuild makes for its own nodes must not reach the worker, which has its own runtimeconfig.
        start.Environment.Remove("DOTNET_gcServer");
        start.Environment.Remove("DOTNET_TieredPGO");
        try
        {
            return new WorkerProcess(Process.Start(start)!);
        }
        catch (Win32Exception e)
        {
            throw new WorkerException(DiagnosticCodes.WorkerMissing, $"the worker '{start.FileName}' could not be started: {e.Message}");
        }
    }

    /// <summary>Sends one command.</summary>
    /// <exception cref="WorkerException">The worker has died.</exception>
    public void Send(Action<Utf8JsonWriter> writeProperties)
    {
        ArrayBufferWriter<byte> line = new();
        using (Utf8JsonWriter json = new(line))
        {
            json.WriteStartObject();
            writeProperties(json);
            json.WriteEndObject();
        }

        try
        {
            lock (_inputLock)
            {
                _process.StandardInput.WriteLine(Encoding.UTF8.GetString(line.WrittenSpan));
                _process.StandardInput.Flush();
            }
        }
        catch (IOException)
        {
            // The pipe breaks only when the other side is gone; reading the output then ends and names the cause.
        }
    }

    /// <summary>The next line of output; null when there will be none.</summary>
    public string? ReadLine() => _process.StandardOutput.ReadLine();

    /// <summary>Asks the worker to stop, and kills it with all its children where it does not within that time.</summary>
    public void CancelAndKillAfter(TimeSpan grace)
    {
        _killTimer.Change(grace, Timeout.InfiniteTimeSpan);
        Send(json => json.WriteString("command", "cancel"));
    }

    /// <summary>The error for a worker that ended in the middle of a phase.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="datasetName">The dataset.</param>
    /// <param name="inFlight">What it was working on, as the end of a sentence.</param>
    public WorkerException Crashed(string phase, string datasetName, string inFlight)
    {
        string exit = _process.WaitForExit(ExitGrace) ? $"exit code {_process.ExitCode}" : "its output closed and it still runs";
        return new WorkerException(DiagnosticCodes.WorkerCrashed, $"the worker ended in phase {phase} of '{datasetName}' ({exit}){inFlight}; finished shards stay in the store; it said: {LastWords()}", ErrorTail());
    }

    /// <summary>The last lines that the worker wrote to its error output.</summary>
    public string[] ErrorTail()
    {
        lock (_errorTail)
        {
            return [.. _errorTail];
        }
    }

    /// <summary>The line of the error output that tells most: an error of one line reads well in every log.</summary>
    public string LastWords()
    {
        string[] tail = ErrorTail();
        return tail.FirstOrDefault(line => line.StartsWith("Unhandled exception", StringComparison.Ordinal)) ?? tail.LastOrDefault(line => line.Trim().Length > 0) ?? "(nothing)";
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            try
            {
                lock (_inputLock)
                {
                    _process.StandardInput.Close();
                }
            }
            catch (IOException)
            {
                // Already gone; nothing is left to close.
            }

            if (!_process.WaitForExit(ExitGrace))
            {
                Kill();
            }
        }

        _killTimer.Dispose();
        _process.Dispose();
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in the meantime.
        }
    }

    private void KeepErrorLine(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_errorTail)
        {
            if (_errorTail.Count == ErrorTailLines)
            {
                _errorTail.Dequeue();
            }

            _errorTail.Enqueue(line);
        }
    }

    private static string DotNetHost(string dotNetHostPath) =>
        dotNetHostPath.Length > 0 && File.Exists(dotNetHostPath) ? dotNetHostPath : "dotnet";
}
