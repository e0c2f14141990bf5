using System.Security.Cryptography;
using System.Text.Json;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Packaging;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Worker;

/// <summary>
/// Writes the file that lets the next build see, from lengths and times alone, that nothing has changed: inputs, files that options name, stage assemblies,
/// the worker's own files and the outputs.
/// </summary>
internal static class UpToDateFile
{
    /// <summary>Path of the file that goes with a plan file.</summary>
    public static string PathFor(string planPath) => planPath.Replace(".databuild.plan.json", ".databuild.uptodate.json", StringComparison.Ordinal);

    public static void Write(string planPath, DatasetBuild build, Manifest manifest)
    {
        SortedSet<string> paths = new(StringComparer.Ordinal);
        paths.UnionWith(build.Shards.Select(s => s.Input.Path));
        paths.UnionWith(build.Plan.File.PathLists.Select(l => l.Path));
        paths.UnionWith(build.Plan.Stages.SelectMany(s => s.Files).Select(f => f.Path));
        paths.UnionWith(build.Plan.File.StageAssemblies.Where(File.Exists));
        paths.UnionWith(DatasetDescription.StatementPath(build.Plan.File) is { } statement ? [statement] : []);
        paths.UnionWith(Directory.EnumerateFiles(AppContext.BaseDirectory, "DataBuild.*.dll"));
        string output = build.Plan.File.OutputDirectory;
        paths.UnionWith(manifest.Files.Select(f => Path.Combine(output, f.Path)));
        paths.Add(Path.Combine(output, "manifest.json"));
        paths.Add(Path.Combine(output, "report.html"));
        paths.Add(Path.Combine(output, "provenance.intoto.json"));

        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteString("planDigest", Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(planPath))));
            writer.WriteStartArray("files");
            foreach (string path in paths)
            {
                FileStamp stamp = FileStamp.Of(path);
                writer.WriteStartObject();
                writer.WriteString("path", Path.GetFullPath(path));
                writer.WriteNumber("length", stamp.Length);
                writer.WriteNumber("mtimeTicks", stamp.Modified);
                writer.WriteNumber("ctimeTicks", stamp.Changed);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        string target = PathFor(planPath);
        string temporary = $"{target}.tmp";
        // The build trusts only files that are older than this one; file systems tick in milliseconds.
        DateTime newest = paths.Max(File.GetLastWriteTimeUtc);
        do
        {
            File.WriteAllBytes(temporary, stream.ToArray());
        }
        while (File.GetLastWriteTimeUtc(temporary) <= newest && newest <= DateTime.UtcNow);

        CrashPoint.Reached();
        File.Move(temporary, target, overwrite: true);
    }
}
