using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DataBuild.Engine.Planning;

namespace DataBuild.Engine.Execution.Slurm;

/// <summary>
/// A wave as it lies on the shared file system: what its tasks are to do, what they said, and which jobs there are. Whoever builds next, on any machine, knows
/// from it what the last build had begun.
/// </summary>
internal sealed class WaveFolder(string path)
{
    /// <summary>Number of the merge among the results.</summary>
    public const int Merge = -1;

    private const string Finished = "finished";

    public string Path => path;

    public string Logs { get; } = System.IO.Path.Combine(path, "logs");

    public string TaskScript { get; } = System.IO.Path.Combine(path, "task.sh");

    /// <summary>True when its results were taken over: only its logs are of interest.</summary>
    public bool IsFinished => File.Exists(In(Finished));

    /// <summary>The folders of a dataset's waves, in order.</summary>
    public static IEnumerable<WaveFolder> All(string root) =>
        Directory.Exists(root) ? Directory.EnumerateDirectories(root, "wave-*").Order(StringComparer.Ordinal).Select(f => new WaveFolder(f)) : [];

    /// <summary>Creates the next folder.</summary>
    public static WaveFolder Create(string root)
    {
        int number = All(root).Select(f => int.Parse(System.IO.Path.GetFileName(f.Path)["wave-".Length..], CultureInfo.InvariantCulture)).LastOrDefault() + 1;
        WaveFolder folder = new(System.IO.Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"wave-{number:D4}")));
        foreach (string part in new[] { "chunks", "results", "logs" })
        {
            Directory.CreateDirectory(folder.In(part));
        }

        return folder;
    }

    public void Write(WaveDescription wave) => Write(In("wave.json"), wave, WaveJson.Default.WaveDescription);

    /// <summary>What the wave is; null for a folder that was left before it was complete.</summary>
    public WaveDescription? Description => TryRead(In("wave.json"), WaveJson.Default.WaveDescription) is { FormatVersion: WaveDescription.CurrentFormatVersion } wave ? wave : null;

    public void Write(PlanFile plan) => Write(In("plan.json"), plan, PlanFileJson.Default.PlanFile);

    public PlanFile Plan => PlanFile.Load(In("plan.json"));

    public void WriteChunk(int chunk, WaveChunk shards) => Write(Numbered("chunks", chunk), shards, WaveJson.Default.WaveChunk);

    /// <summary>The shards of a chunk; for the merge those that no chunk works on.</summary>
    /// <exception cref="IOException">The file cannot be read or is none.</exception>
    public WaveChunk Chunk(int chunk) => TryRead(Numbered("chunks", chunk), WaveJson.Default.WaveChunk)
        ?? throw new IOException($"'{Numbered("chunks", chunk)}' cannot be read; the folder must be on a file system that all nodes share");

    public void WriteResult(int chunk, ChunkResult result) => Write(Numbered("results", chunk), result, WaveJson.Default.ChunkResult);

    /// <summary>What a chunk gave; null while it has not ended.</summary>
    public ChunkResult? Result(int chunk) => TryRead(Numbered("results", chunk), WaveJson.Default.ChunkResult);

    /// <summary>Forgets what a chunk gave, before it runs again.</summary>
    public void RemoveResult(int chunk) => File.Delete(Numbered("results", chunk));

    /// <summary>Numbers of the chunks that have ended.</summary>
    public IReadOnlySet<int> Ended => Directory.EnumerateFiles(In("results"), "*.json")
        .Select(f => System.IO.Path.GetFileNameWithoutExtension(f)).Select(n => n == "merge" ? Merge : int.Parse(n, CultureInfo.InvariantCulture)).ToHashSet();

    /// <summary>Names of the jobs.</summary>
    public IReadOnlyList<string> JobNames
    {
        get => TryRead(In("jobs.json"), WaveJson.Default.WaveJobNames)?.Names ?? [];
        set => Write(In("jobs.json"), new WaveJobNames { Names = value }, WaveJson.Default.WaveJobNames);
    }

    /// <summary>The log of a task.</summary>
    public string LogOf(string jobName, int index, bool isArray) =>
        System.IO.Path.Combine(Logs, isArray ? string.Create(CultureInfo.InvariantCulture, $"{jobName}.{index}.log") : $"{jobName}.log");

    /// <summary>Leaves only the logs.</summary>
    public void Finish()
    {
        File.WriteAllText(In(Finished), "");
        foreach (string part in new[] { "chunks", "results" })
        {
            Directory.Delete(In(part), recursive: true);
        }

        File.Delete(In("plan.json"));
    }

    public void Delete() => Directory.Delete(path, recursive: true);

    private string In(string name) => System.IO.Path.Combine(path, name);

    private string Numbered(string part, int chunk) =>
        System.IO.Path.Combine(path, part, chunk == Merge ? "merge.json" : string.Create(CultureInfo.InvariantCulture, $"{chunk:D6}.json"));

    private static void Write<T>(string file, T value, JsonTypeInfo<T> type)
    {
        // Two tasks may write the same result at the same time; each does so under a name of its own.
        string temporary = $"{file}.{Environment.MachineName}-{Environment.ProcessId}.tmp";
        using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            JsonSerializer.Serialize(stream, value, type);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, file, overwrite: true);
    }

    private static T? TryRead<T>(string file, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), type);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }
}
