using System.Buffers;
using System.Text.Json;
using Microsoft.Build.Framework;

namespace DataBuild.Logger;

/// <summary>
/// Writes what matters of a build to standard output, one JSON object a line: targets, errors, warnings, what the dataset tasks say,
/// where the workers write their events, and the end. <c>databuild build</c> starts <c>dotnet build</c> with it in place of the console logger and draws
/// what it says.
/// </summary>
public sealed class BuildEventLogger : ILogger
{
    private const string EventsMark = ": events in ";
    private readonly Lock _lock = new();
    private Stream _output = Stream.Null;

    /// <inheritdoc/>
    public LoggerVerbosity Verbosity { get; set; }

    /// <inheritdoc/>
    public string? Parameters { get; set; }

    /// <inheritdoc/>
    public void Initialize(IEventSource eventSource)
    {
        _output = Console.OpenStandardOutput();
        eventSource.TargetStarted += (_, e) =>
        {
            // A name with an underscore is nobody's business but that of the file that has the target.
            if (!e.TargetName.StartsWith('_'))
            {
                Write("target", json =>
                {
                    json.WriteString("project", Path.GetFileNameWithoutExtension(e.ProjectFile));
                    json.WriteString("name", e.TargetName);
                });
            }
        };
        eventSource.ErrorRaised += (_, e) => Diagnostic("error", e.Code, e.Message, e.File, e.LineNumber, e.ColumnNumber);
        eventSource.WarningRaised += (_, e) => Diagnostic("warning", e.Code, e.Message, e.File, e.LineNumber, e.ColumnNumber);
        eventSource.MessageRaised += (_, e) => Message(e);
        eventSource.BuildFinished += (_, e) => Write("end", json => json.WriteBoolean("ok", e.Succeeded));
    }

    /// <inheritdoc/>
    public void Shutdown() => _output.Flush();

    // Structured messages of a task that runs in a host of its own do not come here: what a worker does is read from the file that it writes.
    private void Message(BuildMessageEventArgs message)
    {
        if (message.SenderName is not ("RunPhase" or "StartWorker" or "Message") || message.Message is not { } text)
        {
            return;
        }

        int file = text.IndexOf(EventsMark, StringComparison.Ordinal);
        if (file >= 0)
        {
            Write("events", json =>
            {
                json.WriteString("dataset", text[..file]);
                json.WriteString("path", text[(file + EventsMark.Length)..]);
            });
        }
        else if (message.Importance == MessageImportance.High)
        {
            Write("message", json =>
            {
                json.WriteString("task", message.SenderName);
                json.WriteString("text", text);
            });
        }
    }

    private void Diagnostic(string severity, string? code, string? message, string? file, int line, int column) => Write("diagnostic", json =>
    {
        json.WriteString("severity", severity);
        json.WriteString("code", code);
        json.WriteString("message", message);
        json.WriteString("file", file);
        json.WriteNumber("line", line);
        json.WriteNumber("column", column);
    });

    private void Write(string name, Action<Utf8JsonWriter> members)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("event", name);
            members(json);
            json.WriteEndObject();
        }

        lock (_lock)
        {
            _output.Write(buffer.WrittenSpan);
            _output.Write("\n"u8);
            _output.Flush();
        }
    }
}
