using System.Text;
using System.Text.Json;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Packaging;
using DataBuild.Engine.Planning;

namespace DataBuild.Worker;

/// <summary>Writes build events as JSON lines; one line an event, flushed at once.</summary>
internal sealed class JsonEvents(Stream output) : IBuildEvents, IDisposable
{
    private readonly Lock _lock = new();
    private FileStream? _file;

    public bool HasErrors { get; private set; }

    /// <summary>Writes what follows to a file too, from its beginning: whoever watches the build reads it there.</summary>
    public void WriteTo(string path)
    {
        lock (_lock)
        {
            _file?.Dispose();
            // Another file, not the old one cut: that is how whoever reads it sees that a build begins.
            File.Delete(path);
            _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 1);
            _file.Write(Encoding.UTF8.GetBytes($"{{\"event\":\"begin\",\"build\":\"{Guid.NewGuid():N}\"}}\n"));
        }
    }

    public void Planned(DatasetPlan plan) => Write(writer =>
    {
        writer.WriteString("event", "plan");
        writer.WriteString("dataset", plan.File.Name);
        writer.WriteString("configuration", plan.File.Configuration);
        writer.WriteString("output", plan.File.OutputDirectory);
        writer.WriteNumber("process", Environment.ProcessId);
        writer.WriteNumber("inputs", plan.Inputs.Count);
        writer.WriteNumber("inputBytes", plan.Inputs.Sum(i => new FileInfo(i.Path).Length));
        writer.WriteStartArray("stages");
        writer.WriteStringValue("read");
        foreach (PlannedStage stage in plan.Stages)
        {
            writer.WriteStringValue(stage.Name);
        }

        writer.WriteStringValue(DatasetPackager.StageName);

        writer.WriteEndArray();
    });

    /// <summary>A phase begins.</summary>
    public void PhaseStarted(StagePhase phase) => Write(writer =>
    {
        writer.WriteString("event", "phase");
        writer.WriteString("phase", phase.ToString());
    });

    /// <summary>Writes to the file, where there is one, that the build has ended; whoever started the worker knows it and may be gone.</summary>
    public void End(bool ok)
    {
        lock (_lock)
        {
            _file?.Write(Encoding.UTF8.GetBytes($"{{\"event\":\"end\",\"ok\":{(ok ? "true" : "false")}}}\n"));
        }

        Dispose();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    public void Message(MessageImportance importance, string text) => Write(writer =>
    {
        writer.WriteString("event", "message");
        writer.WriteString("importance", importance switch
        {
            MessageImportance.High => "high",
            MessageImportance.Normal => "normal",
            _ => "low",
        });
        writer.WriteString("text", TerminalText.Lines(text));
    });

    public void Diagnostic(BuildDiagnostic diagnostic)
    {
        HasErrors |= diagnostic.IsError;
        Write(writer =>
        {
            writer.WriteString("event", "diagnostic");
            writer.WriteString("severity", diagnostic.IsError ? "error" : "warning");
            writer.WriteString("code", diagnostic.Code);
            writer.WriteString("message", TerminalText.Lines(diagnostic.Message));
            writer.WriteString("file", diagnostic.File);
            writer.WriteNumber("line", diagnostic.Line);
            writer.WriteNumber("column", diagnostic.Column);
        });
    }

    public void Progress(StageProgress progress) => Write(writer =>
    {
        writer.WriteString("event", "progress");
        writer.WriteString("phase", progress.Phase.ToString());
        writer.WriteString("stage", progress.Stage);
        writer.WriteNumber("shardsDone", progress.ShardsDone);
        writer.WriteNumber("shards", progress.Shards);
        writer.WriteNumber("documents", progress.Documents);
        writer.WriteNumber("bytes", progress.Bytes);
        writer.WriteNumber("seconds", Math.Round(progress.Seconds, 3));
        if (progress.Share is { } share)
        {
            writer.WriteNumber("share", Math.Round(share, 4));
        }
    });

    public void StageFinished(StageSummary summary) => Write(writer =>
    {
        writer.WriteString("event", "stage");
        writer.WriteString("stage", summary.Stage);
        writer.WriteString("kind", summary.Kind);
        writer.WriteString("phase", summary.Phase.ToString());
        writer.WriteString("inputs", string.Join(';', summary.Inputs));
        writer.WriteString("options", summary.Options.TrimEnd('\n'));
        writer.WriteNumber("shards", summary.Shards);
        writer.WriteNumber("computed", summary.Computed);
        writer.WriteNumber("decided", summary.Decided);
        writer.WriteNumber("reused", summary.Reused);
        writer.WriteBoolean("merged", summary.Merged);
        writer.WriteNumber("documents", summary.Documents);
        writer.WriteNumber("in", summary.Counts.In);
        writer.WriteNumber("kept", summary.Counts.Kept);
        writer.WriteStartObject("dropped");
        foreach ((string reason, long count) in summary.Counts.Dropped)
        {
            writer.WriteNumber(reason, count);
        }

        writer.WriteEndObject();
        writer.WriteNumber("seconds", Math.Round(summary.Seconds, 3));
    });

    public void Done(bool ok) => Write(writer =>
    {
        writer.WriteString("event", "done");
        writer.WriteBoolean("ok", ok);
    });

    private void Write(Action<Utf8JsonWriter> body)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter writer = new(line))
        {
            writer.WriteStartObject();
            body(writer);
            writer.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        lock (_lock)
        {
            line.WriteTo(output);
            output.Flush();
            if (_file is not null)
            {
                line.WriteTo(_file);
            }
        }
    }
}
