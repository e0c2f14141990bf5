using System.Text;
using System.Text.Json;

namespace DataBuild.Worker.Progress;

/// <summary>The file that a running build writes its events to, one JSON object a line, and that others may read at the same time.</summary>
internal sealed class EventFile : IDisposable
{
    private readonly string _path;
    private FileStream? _stream;
    private DateTime _created;
    private string _rest = "";

    /// <summary>Reads the events of a plan's build from the beginning.</summary>
    public EventFile(string planPath) => _path = PathFor(planPath);

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

        DateTime created = File.GetCreationTimeUtc(_path);
        if (_stream is null || created != _created || new FileInfo(_path).Length < _stream.Position)
        {
            _stream?.Dispose();
            _stream = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            _created = created;
            _rest = "";
            restarted = true;
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
