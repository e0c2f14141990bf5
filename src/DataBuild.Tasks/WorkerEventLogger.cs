using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace DataBuild.Tasks;

/// <summary>Turns the worker's events into events of the build's log.</summary>
internal sealed class WorkerEventLogger(TaskLoggingHelper log, IBuildEngine engine, string datasetName, Stopwatch clock)
{
    /// <summary>Type of the structured message that holds one stage's counts; its metadata is the event.</summary>
    public const string StageEventType = "databuild.stage";

    // The report and the binary log hold all of them. One alone is not left out: to say so takes as much room.
    private const int MostReasons = 4;

    private TimeSpan _nextProgress = TimeSpan.FromSeconds(10);
    private TimeSpan _progressInterval = TimeSpan.FromSeconds(10);

    /// <summary>Logs one event. Null, or at the end of the phase whether it succeeded.</summary>
    /// <exception cref="WorkerException">The event does not follow the protocol.</exception>
    public bool? Log(JsonElement workerEvent)
    {
        try
        {
            switch (workerEvent.GetProperty("event").GetString())
            {
                case "message":
                    log.LogMessage(Importance(workerEvent), "{0}", Text(workerEvent, "text"));
                    return null;
                case "diagnostic":
                    LogDiagnostic(workerEvent);
                    return null;
                case "progress":
                    LogProgress(workerEvent);
                    return null;
                case "stage":
                    LogStage(workerEvent);
                    return null;
                case "done":
                    return workerEvent.GetProperty("ok").GetBoolean();
                default:
                    // A newer worker may tell more than this task knows.
                    log.LogMessage(MessageImportance.Low, "{0}", workerEvent.GetRawText());
                    return null;
            }
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new WorkerException(DiagnosticCodes.ProtocolViolation, $"the worker sent an event that does not follow the protocol ({e.Message}): {workerEvent.GetRawText()}");
        }
    }

    private void LogDiagnostic(JsonElement e)
    {
        string code = Text(e, "code");
        string message = Text(e, "message");
        string? file = e.TryGetProperty("file", out JsonElement path) ? path.GetString() : null;
        int line = Integer(e, "line");
        int column = Integer(e, "column");
        if (Text(e, "severity") == "error")
        {
            log.LogError(null, code, null, DiagnosticCodes.HelpLink(code), file, line, column, 0, 0, message, null);
        }
        else
        {
            log.LogWarning(null, code, null, DiagnosticCodes.HelpLink(code), file, line, column, 0, 0, message, null);
        }
    }

    /// <summary>At most one line every ten seconds, then ever fewer: a log of a day's build stays readable.</summary>
    private void LogProgress(JsonElement e)
    {
        if (clock.Elapsed < _nextProgress)
        {
            return;
        }

        _nextProgress = clock.Elapsed + _progressInterval;
        _progressInterval = TimeSpan.FromSeconds(Math.Min(300, _progressInterval.TotalSeconds * 1.5));
        log.LogMessage(MessageImportance.High, "{0}", FormatProgress(datasetName, e));
    }

    private void LogStage(JsonElement e)
    {
        // The line for people is a plain message: console loggers do not print a structured one that comes out of a task host.
        string text = FormatStage(e);
        log.LogMessage(MessageImportance.High, "{0}", text);
        Dictionary<string, string?> metadata = new(StringComparer.Ordinal);
        foreach (JsonProperty property in e.EnumerateObject())
        {
            metadata[property.Name] = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString() : property.Value.GetRawText();
        }

        metadata["dataset"] = datasetName;
        ExtendedBuildMessageEventArgs message = new(StageEventType, text, null, null, MessageImportance.Low)
        {
            ExtendedMetadata = metadata,
        };
        // The logging class of MSBuild has no method for structured messages.
        engine.LogMessageEvent(message);
    }

    internal static string FormatProgress(string datasetName, JsonElement e)
    {
        long done = Long(e, "shardsDone");
        long shards = Long(e, "shards");
        double seconds = Number(e, "seconds");
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"  {datasetName}: {Text(e, "stage")} {done}/{shards} shards, {Count(Long(e, "documents"))} documents");
        if (seconds > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $", {Count((long)(Long(e, "documents") / seconds))} documents/s, {Number(e, "bytes") / seconds / 1e6:0.0} MB/s");
            double share = e.TryGetProperty("share", out JsonElement told) ? told.GetDouble() : shards > 0 ? (double)done / shards : 0;
            if (share is > 0 and < 1)
            {
                text.Append(CultureInfo.InvariantCulture, $", about {Duration(seconds / share * (1 - share))} left");
            }
        }

        return text.ToString();
    }

    internal static string FormatStage(JsonElement e)
    {
        long shards = Long(e, "shards");
        long computed = Long(e, "computed");
        string work = FormatWork(shards, computed, Long(e, "decided"), e.TryGetProperty("merged", out JsonElement merged) && merged.GetBoolean(), Number(e, "seconds"));
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"  {StageName(e),-18} {Long(e, "in"),8} in {Long(e, "kept"),8} kept");
        if (e.TryGetProperty("dropped", out JsonElement dropped))
        {
            List<(string Reason, long Count)> reasons = [.. dropped.EnumerateObject().Select(r => (r.Name, r.Value.GetInt64())).Where(r => r.Item2 > 0)];
            if (reasons.Count > 0)
            {
                int told = reasons.Count > MostReasons + 1 ? MostReasons : reasons.Count;
                text.Append(CultureInfo.InvariantCulture, $" {reasons.Sum(r => r.Count),7} dropped: ");
                text.AppendJoin(", ", reasons.OrderByDescending(r => r.Count).ThenBy(r => r.Reason, StringComparer.Ordinal).Take(told)
                    .Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Reason} {r.Count}")));
                if (reasons.Count > told)
                {
                    text.Append(CultureInfo.InvariantCulture, $", {reasons.Count - told} more reasons");
                }
            }
        }

        text.Append(CultureInfo.InvariantCulture, $"  [{shards} shard{(shards == 1 ? "" : "s")}: {work}]");
        return text.ToString();
    }

    /// <summary>The stage by the name that project files use, and by its own name where that tells more than a part of it.</summary>
    private static string StageName(JsonElement e)
    {
        string name = Text(e, "stage");
        string kind = e.TryGetProperty("kind", out JsonElement value) ? value.GetString() ?? name : name;
        return kind.Contains(name, StringComparison.OrdinalIgnoreCase) ? kind : $"{kind} ({name})";
    }

    /// <summary>What of a stage was work of this build; the rest came from the store.</summary>
    private static string FormatWork(long shards, long computed, long decided, bool merged, double seconds)
    {
        List<string> work = [];
        if (computed > 0)
        {
            work.Add(computed == shards ? "all computed" : string.Create(CultureInfo.InvariantCulture, $"{computed} computed"));
        }

        // A computed shard is decided too; what counts is verdicts made anew from stored figures.
        if (decided > computed)
        {
            work.Add(string.Create(CultureInfo.InvariantCulture, $"{decided - computed} decided again"));
        }

        if (merged)
        {
            work.Add("merged");
        }

        if (work.Count == 0)
        {
            return "all from the store";
        }

        // Seconds of work over all threads; what took next to nothing says nothing.
        if (seconds >= 0.05)
        {
            work.Add(string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"));
        }

        return string.Join(", ", work);
    }

    private static string Count(long n) => n switch
    {
        >= 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{n / 1e6:0} M"),
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{n / 1e6:0.0} M"),
        _ => n.ToString(CultureInfo.InvariantCulture),
    };

    private static string Duration(double seconds) => seconds switch
    {
        < 90 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 5400 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.0} h"),
    };

    private static MessageImportance Importance(JsonElement e) => Text(e, "importance") switch
    {
        "high" => MessageImportance.High,
        "normal" => MessageImportance.Normal,
        _ => MessageImportance.Low,
    };

    private static string Text(JsonElement e, string name) => e.GetProperty(name).GetString() ?? "";

    private static int Integer(JsonElement e, string name) => e.TryGetProperty(name, out JsonElement value) ? value.GetInt32() : 0;

    private static long Long(JsonElement e, string name) => e.TryGetProperty(name, out JsonElement value) ? value.GetInt64() : 0;

    private static double Number(JsonElement e, string name) => e.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : 0;
}
