using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace DataBuild.Engine.Store;

/// <summary>
/// Whether a finished dataset still fits its plan, inputs, models, code and outputs, told from sizes and times alone, so that nothing of it
/// is read. When in doubt the answer is no: the worker then compares contents and finds everything in the store.
/// </summary>
/// <param name="Reason">Why it is not up to date; null when it is.</param>
public sealed record UpToDateState(string? Reason)
{
    /// <summary>True when nothing is to be done.</summary>
    public bool IsUpToDate => Reason is null;

    /// <summary>Compares the record of the last build with what lies on disk.</summary>
    /// <param name="stateFile">Record, as the worker wrote it after packaging.</param>
    /// <param name="planFile">Plan of this build.</param>
    /// <param name="workerPath">Worker of this build.</param>
    public static UpToDateState Check(string stateFile, string planFile, string workerPath)
    {
        FileInfo state = new(stateFile);
        if (!state.Exists)
        {
            return new("no finished build is recorded");
        }

        DateTime recorded = state.LastWriteTimeUtc;
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(stateFile));
            string digest = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(planFile)));
            if (document.RootElement.GetProperty("planDigest").GetString() != digest)
            {
                return new("the plan has changed");
            }

            foreach (JsonElement file in document.RootElement.GetProperty("files").EnumerateArray())
            {
                if (Difference(file, recorded) is { } difference)
                {
                    return new(difference);
                }
            }
        }
        catch (Exception e) when (e is IOException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return new(string.Create(CultureInfo.InvariantCulture, $"the record '{stateFile}' cannot be read: {e.Message}"));
        }

        return new(RebuiltToolOf(workerPath, recorded));
    }

    private static string? Difference(JsonElement file, DateTime recorded)
    {
        string path = file.GetProperty("path").GetString()!;
        FileStamp current = FileStamp.Of(path);
        if (current.Length < 0)
        {
            return $"'{path}' is missing";
        }

        FileStamp expected = new(
            file.GetProperty("length").GetInt64(),
            file.GetProperty("mtimeTicks").GetInt64(),
            file.TryGetProperty("ctimeTicks", out JsonElement changed) ? changed.GetInt64() : current.Changed);
        if (current != expected)
        {
            return $"'{path}' has changed";
        }

        // As with Git's index: a file written at the very time of the record may have been written again within the same tick.
        return current.Modified >= recorded.Ticks ? $"'{path}' is as new as the record" : null;
    }

    /// <summary>The worker's own libraries count as inputs: a newer one may compute another result.</summary>
    private static string? RebuiltToolOf(string workerPath, DateTime recorded)
    {
        DirectoryInfo folder = new(Path.GetDirectoryName(workerPath)!);
        if (!folder.Exists)
        {
            return $"the folder of the worker '{workerPath}' is missing";
        }

        FileInfo? newer = folder.EnumerateFiles("DataBuild.*.dll").FirstOrDefault(dll => dll.LastWriteTimeUtc >= recorded);
        return newer is null ? null : $"'{newer.FullName}' is newer than the last build";
    }
}
