using System.Text;
using System.Text.Json;

namespace DataBuild.Worker.Progress;

/// <summary>The file that a running build writes its events to, one JSON object a line, and that others may read at the same time.</summary>
internal sealed class EventFile : IDisposable
{
    private const int BeginLength = 60;

    private readonly string _path;
    private FileStream? _stream;
    private string _begin = "";
    private string _rest = "";

    /// <summary>Reads a file of events from the beginning.</summary>
    public EventFile(string path) => _path = path;

    /// <summary>Path of the file that goes with a plan file.</summary>
    public static string PathFor(string planPath) => planPath.Replace(".databuild.plan.json", ".databuild.events.jsonl", StringComparison.Ordinal);

    /// <summary>The events that have been written since the last call. A new build begins its file anew.</summary>
    /// <param name="restarted">True when these are the first events of a build.</param>
    public List<JsonElement> ReadNew(out bool restarted)
    {
        restarted = false;
        if (!File.Exists(_path))
        {
            return [];
        }

        // The first line of a build's file is no other's.
        FileStream current = new(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] head = new byte[BeginLength];
        string begin = Encoding.UTF8.GetString(head, 0, current.ReadAtLeast(head, head.Length, throwOnEndOfStream: false));
        if (_stream is null || begin != _begin)
        {
            _stream?.Dispose();
            _stream = current;
            _stream.Position = 0;
            _begin = begin;
            _rest = "";
            restarted = true;
        }
        else
        {
            current.Dispose();
        }

        using MemoryStream read = new();
        _stream.CopyTo(read);
        string[] lines = (_rest + Encoding.UTF8.GetString(read.ToArray())).Split('\n');
        _rest = lines[^1];
        return [.. lines[..^1].Select(Parse).OfType<JsonElement>()];
    }

    public void Dispose() => _stream?.Dispose();

    /// <summary>The event in a line; null when it is none.</summary>
    public static JsonElement? Parse(string line)
    {
        if (!line.StartsWith('{'))
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.TryGetProperty("event", out _) ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
