using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace DataBuild.Stages.Score;

/// <summary>Finds out on which execution providers the nodes of a graph really run: an appended provider may take none of them, and ONNX Runtime says nothing.</summary>
internal sealed class ProviderProfile : IDisposable
{
    private const int Length = 32;

    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-profile-").FullName;

    /// <summary>Switches profiling on for a session to be.</summary>
    public ProviderProfile(SessionOptions options)
    {
        options.EnableProfiling = true;
        options.ProfileOutputPathPrefix = Path.Combine(_folder, "run");
    }

    /// <summary>Runs the model once, on padding, ends profiling and counts the nodes of each provider.</summary>
    public static SortedDictionary<string, int> Run(OnnxModelSession model, OnnxScorerOptions options)
    {
        int length = model.FixedLength > 0 ? model.FixedLength : Length;
        int rows = Math.Max(1, model.FixedRows);
        using (ScoreBatch batch = new(model, rows, length, options.PaddingId))
        using (RunOptions run = new())
        {
            batch.Run(run, static (_, _) => { });
        }

        return Count(model.Session.EndProfiling());
    }

    /// <summary>The provider asked for, with the nodes that ran on it and on others.</summary>
    public static string Describe(string provider, IReadOnlyDictionary<string, int> nodes)
    {
        string others = string.Concat(nodes.Where(n => n.Key != provider).Select(n => $", {n.Value} on {n.Key}"));
        return $"{provider} ({nodes.GetValueOrDefault(provider)} nodes{others})";
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Events of the category Node carry the provider that ran the kernel (onnxruntime/core/framework/sequential_executor.cc).
    private static SortedDictionary<string, int> Count(string path)
    {
        HashSet<(string Provider, string Node)> seen = [];
        using JsonDocument events = JsonDocument.Parse(File.ReadAllBytes(path));
        foreach (JsonElement e in events.RootElement.EnumerateArray())
        {
            if (e.TryGetProperty("cat", out JsonElement category) && category.GetString() == "Node"
                && e.TryGetProperty("args", out JsonElement arguments) && arguments.TryGetProperty("provider", out JsonElement provider) && provider.GetString() is { Length: > 0 } name)
            {
                seen.Add((name, e.GetProperty("name").GetString() ?? ""));
            }
        }

        SortedDictionary<string, int> counts = new(StringComparer.Ordinal);
        foreach ((string provider, _) in seen)
        {
            counts[provider] = counts.GetValueOrDefault(provider) + 1;
        }

        return counts;
    }
}
