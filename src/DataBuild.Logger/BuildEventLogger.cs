using System.Buffers;
using System.Text.Json;
using Microsoft.Build.Framework;

namespace DataBuild.Logger;

/// <summary>
/// Writes what matters of a build to standard output, one JSON object a line: targets, errors, warnings, the dataset tasks' structured messages (their
/// metadata are the worker's events), and the end. <c>databuild build</c> starts <c>dotnet build</c> with it in place of the console logger and draws
/// what it says.
/// </summary>
public sealed class BuildEventLogger : ILogger
{
    private const string EventPrefix = "databuild.";
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
        eventSource.TargetStarted += (_, e) => Write("target", json =>
        {
            json.WriteString("project", Path.GetFileNameWithoutExtension(e.ProjectFile));
            json.WriteString("name", e.TargetName);
        });
        eventSource.ErrorRaised += (_, e) => Diagnostic("error", e.Code, e.Message, e.File, e.LineNumber, e.ColumnNumber);
        eventSource.WarningRaised += (_, e) => Diagnostic("warning", e.Code, e.Message, e.File, e.LineNumber, e.ColumnNumber);
        eventSource.MessageRaised += (_, e) => Message(e);
        eventSource.BuildFinished += (_, e) => Write("end", json => json.WriteBoolean("ok", e.Succeeded));
    }

    /// <inheritdoc/>
    public void Shutdown() => _output.Flush();

    private void Message(BuildMessageEventArgs message)
    {
        if (message is IExtendedBuildEventArgs { ExtendedType: { } type } extended && type.StartsWith(EventPrefix, StringComparison.Ordinal))
        {
            Write(type[EventPrefix.Length..], json =>
            {
                foreach ((string name, string? value) in extended.ExtendedMetadata ?? new Dictionary<string, string?>())
                {
                    if (name != "event")
                    {
                        WriteValue(json, name, value);
                    }
                }
            });
        }
        else if (message.Importance == MessageImportance.High && message.SenderName == "RunPhase")
        {
            Write("message", json => json.WriteString("text", message.Message));
        }
    }

    // The metadata of a structured message are the members of the worker's event as JSON text, strings without their quotes.
    private static void WriteValue(Utf8JsonWriter json, string name, string? value)
    {
        json.WritePropertyName(name);
        if (value is { Length: > 0 } && (char.IsAsciiDigit(value[0]) || value[0] is '{' or '[' or '-' || value is "true" or "false" or "null") && IsJson(value))
        {
            json.WriteRawValue(value);
        }
        else
        {
            json.WriteStringValue(value);
        }
    }

    private static bool IsJson(string value)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(value);
            return true;
        }
        catch (JsonException)
        {
            return false;
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
