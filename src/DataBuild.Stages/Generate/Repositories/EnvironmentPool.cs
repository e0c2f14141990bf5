using System.Text.Json;

namespace DataBuild.Stages.Generate.Repositories;

/// <summary>Environments that have worked: of a repository the one of the same version, else of the nearest lower one (SWE-Factory's memory pool).</summary>
public sealed class EnvironmentPool
{
    private readonly Dictionary<string, SortedList<string, PooledEnvironment>> _environments = new(StringComparer.Ordinal);

    /// <summary>Reads JSON lines with <c>repo</c>, <c>version</c>, <c>setup</c> and <c>evaluation</c>, as <c>GradeReport</c> writes them. The first of a repository and version counts.</summary>
    /// <exception cref="StageException">DB4018: a line is not so.</exception>
    public static EnvironmentPool Read(string path)
    {
        EnvironmentPool pool = new();
        int number = 0;
        try
        {
            foreach (string line in File.ReadLines(path))
            {
                number++;
                if (!string.IsNullOrWhiteSpace(line))
                {
                    using JsonDocument json = JsonDocument.Parse(line);
                    JsonElement root = json.RootElement;
                    pool.Add(new PooledEnvironment(
                        root.GetProperty("repo").GetString()!, root.GetProperty("version").GetString()!, root.GetProperty("setup").GetString()!, root.GetProperty("evaluation").GetString()!));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            string where = number == 0 ? "" : $"line {number}: ";
            throw new StageException("DB4018", $"the pool of environments cannot be read: {where}{e.Message}; expected JSON lines with repo, version, setup and evaluation", path, e);
        }

        return pool;
    }

    /// <summary>Adds an environment, unless there is one of that repository and version.</summary>
    public void Add(PooledEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (!_environments.TryGetValue(environment.Repository, out SortedList<string, PooledEnvironment>? versions))
        {
            _environments.Add(environment.Repository, versions = new SortedList<string, PooledEnvironment>(VersionOrder.Instance));
        }

        versions.TryAdd(environment.Version, environment);
    }

    /// <summary>The environment of the same version, else of the nearest lower one; null for none.</summary>
    public PooledEnvironment? Find(string repository, string version) =>
        _environments.TryGetValue(repository, out SortedList<string, PooledEnvironment>? versions)
            ? versions.LastOrDefault(v => VersionOrder.Instance.Compare(v.Key, version) <= 0).Value
            : null;
}
