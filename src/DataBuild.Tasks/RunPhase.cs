using System.Diagnostics;
using System.Text.Json;
using Microsoft.Build.Framework;

namespace DataBuild.Tasks;

/// <summary>
/// Runs one phase of a dataset's plan in the worker and relays what happens there into the build's log. The first phase of a build decides
/// whether anything is to be done at all; the worker then lives until the end of the build.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class RunPhase : WorkerTask, ICancelableTask
{
    private static readonly TimeSpan CancelGrace = TimeSpan.FromSeconds(5);

    private readonly Lock _workerLock = new();
    private WorkerProcess? _worker;
    private volatile bool _cancelled;

    /// <summary>Phase to run: <c>Extract</c>, <c>Clean</c>, <c>Deduplicate</c>, <c>Score</c>, <c>Tokenize</c> or <c>Package</c>; <c>Verify</c> and <c>Accept</c> compare and accept the finished dataset.</summary>
    [Required]
    public string Phase { get; set; } = "";

    /// <inheritdoc/>
    public void Cancel()
    {
        _cancelled = true;
        WorkerProcess? worker;
        lock (_workerLock)
        {
            worker = _worker;
        }

        worker?.CancelAndKillAfter(CancelGrace);
    }

    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            DatasetBuild build = FindOrBegin(CheckState);
            if (build.IsUpToDate && UpToDateFile.Length > 0)
            {
                return true;
            }

            return RunInWorker(build);
        }
        catch (WorkerException e)
        {
            if (!_cancelled)
            {
                foreach (string line in e.Output)
                {
                    Log.LogMessage(MessageImportance.High, "{0}", "  worker: " + line);
                }

                Log.LogError(null, e.Code, null, DiagnosticCodes.HelpLink(e.Code), null, 0, 0, 0, 0, e.Message, null);
                return false;
            }

            return LogCancelled();
        }
    }

    private bool RunInWorker(DatasetBuild build)
    {
        int granted = RequestCores();
        try
        {
            WorkerProcess worker = WorkerOf(build);
            lock (_workerLock)
            {
                _worker = worker;
            }

            if (_cancelled)
            {
                return LogCancelled();
            }

            Log.LogMessage(MessageImportance.Low, $"{DatasetName}: phase {Phase} on {granted} threads, worker process {worker.Id}");
            Log.LogMessage(MessageImportance.Low, $"{DatasetName}: events in {PlanFile.Replace(".databuild.plan.json", ".databuild.events.jsonl", StringComparison.Ordinal)}");
            worker.Send(json =>
            {
                json.WriteString("command", Phase switch { "Verify" => "verify", "Accept" => "accept", _ => "run" });
                json.WriteString("plan", PlanFile);
                json.WriteString("phase", Phase);
                json.WriteNumber("threads", granted);
            });
            bool succeeded = Relay(worker);
            return _cancelled ? LogCancelled() : succeeded;
        }
        finally
        {
            lock (_workerLock)
            {
                _worker = null;
            }

            ReleaseCores(granted);
        }
    }

    /// <summary>Logs the worker's events until the phase is done; true when it succeeded.</summary>
    private bool Relay(WorkerProcess worker)
    {
        WorkerEventLogger logger = new(Log, BuildEngine, DatasetName, Stopwatch.StartNew());
        // Another project may use this node while the worker computes.
        BuildEngine3.Yield();
        try
        {
            while (worker.ReadLine() is { } line)
            {
                if (!TryParse(line, out JsonElement workerEvent))
                {
                    // Native libraries print to standard output too; what they say is kept for those who look.
                    Log.LogMessage(MessageImportance.Low, line);
                }
                else if (logger.Log(workerEvent) is { } ok)
                {
                    if (!ok && !Log.HasLoggedErrors && !_cancelled)
                    {
                        throw new WorkerException(DiagnosticCodes.UnexplainedFailure, $"phase {Phase} of '{DatasetName}' failed and the worker gave no error; it said: {worker.LastWords()}", worker.ErrorTail());
                    }

                    return ok && !Log.HasLoggedErrors;
                }
            }
        }
        finally
        {
            BuildEngine3.Reacquire();
        }

        throw worker.Crashed(Phase, DatasetName, InFlightDocuments.Describe(PlanFile));
    }

    private static bool TryParse(string line, out JsonElement value)
    {
        value = default;
        if (!line.StartsWith('{'))
        {
            return false;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            value = document.RootElement.Clone();
            return value.TryGetProperty("event", out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private bool LogCancelled()
    {
        Log.LogWarning(
            null, DiagnosticCodes.Cancelled, null, DiagnosticCodes.HelpLink(DiagnosticCodes.Cancelled), null, 0, 0, 0, 0,
            $"'{DatasetName}' was cancelled in phase {Phase}; finished shards stay in the store and the next build goes on from them", null);
        return false;
    }
}
