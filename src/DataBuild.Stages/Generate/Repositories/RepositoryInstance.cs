using System.Text.Json;
using System.Text.RegularExpressions;

namespace DataBuild.Stages.Generate.Repositories;

/// <summary>A change of a repository that its tests can grade: a commit, the change made on it, and the change of its tests. Fields are named as in SWE-bench.</summary>
/// <param name="Repository">Name of the repository, <c>owner/name</c>.</param>
/// <param name="BaseCommit">Full id of the commit before the change.</param>
/// <param name="Patch">The change, as <c>git diff</c> writes it.</param>
/// <param name="TestPatch">The change of the tests.</param>
/// <param name="Version">Version of the repository there, as <c>git describe --tags</c> says it; empty for none.</param>
public sealed partial record RepositoryInstance(string Repository, string BaseCommit, string Patch, string TestPatch, string Version)
{
    /// <summary>Files that the change of the tests changes or removes: those that must be as at the commit before it is applied.</summary>
    public IReadOnlyList<string> TestFiles => [.. TestFile().Matches(TestPatch).Select(m => m.Groups[1].Value).Distinct(StringComparer.Ordinal)];

    /// <summary>Reads JSON lines with <c>id</c> (or <c>instance_id</c>), <c>repo</c>, <c>base_commit</c>, <c>patch</c>, <c>test_patch</c> and, where they have it, <c>version</c>. Other fields are passed over.</summary>
    /// <exception cref="StageException">DB4099: a line is not so, or an id stands twice.</exception>
    public static Dictionary<string, RepositoryInstance> Read(string path) => KeyedJsonLines.Read(
        path, Keyed, "DB4099", "the changes of repositories", "JSON lines with id, repo, base_commit, patch, test_patch and, where it is known, version");

    private static (string Id, RepositoryInstance Instance) Keyed(JsonElement root) => (Text(root, root.TryGetProperty("id", out _) ? "id" : "instance_id"), Of(root));

    private static RepositoryInstance Of(JsonElement root)
    {
        string commit = Text(root, "base_commit");
        return Commit().IsMatch(commit)
            ? new RepositoryInstance(Text(root, "repo"), commit, Text(root, "patch"), Text(root, "test_patch"), root.TryGetProperty("version", out JsonElement version) ? version.GetString() ?? "" : "")
            : throw new FormatException($"base_commit is '{commit}', expected the 40 or 64 hexadecimal digits of a commit");
    }

    private static string Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.GetString() is { } text ? text : throw new FormatException($"found no {name}");

    [GeneratedRegex("^(?:[0-9a-f]{40}|[0-9a-f]{64})$")]
    private static partial Regex Commit();

    [GeneratedRegex(@"^--- a/([^\r\n]+?)\r?$", RegexOptions.Multiline)]
    private static partial Regex TestFile();
}
