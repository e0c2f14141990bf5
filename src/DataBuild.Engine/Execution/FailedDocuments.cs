using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DataBuild.Engine.Planning;

namespace DataBuild.Engine.Execution;

/// <summary>
/// Documents on which a stage failed, saved with all that a bug report needs: <c>obj/databuild/failed/&lt;stage&gt;-&lt;digest&gt;.json</c>.
/// </summary>
internal sealed class FailedDocuments(PlanFile plan)
{
    /// <summary>Documents saved for each stage of a build; the rest is counted.</summary>
    public const int SavedPerStage = 20;

    private const int MaximumPayloadBytes = 16 << 20;

    private readonly ConcurrentDictionary<string, (int Count, string Address, string Path)> _first = new(StringComparer.Ordinal);

    /// <summary>Saves a document, unless enough of the stage are saved.</summary>
    /// <returns>Where it is saved, or a file of an earlier document of the stage.</returns>
    public string Save(PlannedStage stage, Shard shard, Document document, Exception exception)
    {
        string folder = Path.Combine(plan.ProjectDirectory, "obj", "databuild", "failed");
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{shard.InputDigest} {document.Id}")))[..16];
        string path = Path.Combine(folder, $"{Safe(stage.Name)}-{digest}.json");
        (int count, _, string firstPath) = _first.AddOrUpdate(
            stage.Name, _ => (1, document.Url.Length > 0 ? document.Url : document.Id, path), (_, old) => old with { Count = old.Count + 1 });
        if (count > SavedPerStage)
        {
            return firstPath;
        }

        Directory.CreateDirectory(folder);
        string temporary = path + ".tmp";
        using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteString("dataBuild", EngineVersion.Current);
            writer.WriteString("stage", stage.Descriptor.Name);
            writer.WriteString("code", stage.CodeVersion);
            writer.WriteString("options", stage.MeasureOptions + stage.ThresholdOptions);
            writer.WriteString("input", shard.Name);
            writer.WriteString("inputSha256", shard.InputDigest);
            writer.WriteString("id", document.Id);
            writer.WriteString("url", document.Url);
            writer.WriteString("mediaType", document.MediaType);
            writer.WriteString("charset", document.HttpCharset);
            writer.WriteString("exception", exception.ToString());
            if (document.HasText)
            {
                writer.WriteString("text", document.TextUtf8);
            }

            if (document.Payload.Length is > 0 and <= MaximumPayloadBytes)
            {
                writer.WriteBase64String("payload", document.Payload);
            }

            writer.WriteEndObject();
        }

        File.Move(temporary, path, overwrite: true);
        return path;
    }

    /// <summary>The first document of a stage that was dropped in this build, for a warning; null when there was none.</summary>
    public (string Address, string Path)? First(string stage) => _first.TryGetValue(stage, out (int, string Address, string Path) first) ? (first.Address, first.Path) : null;

    private static string Safe(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' ? c : '_'));
}
