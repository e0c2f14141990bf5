using System.Reflection;

namespace DataBuild.Tests;

/// <summary>Where tests find the repository and, when present, the shared data folder.</summary>
internal static class TestPaths
{
    private static readonly Dictionary<string, string?> Metadata = typeof(TestPaths).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .GroupBy(a => a.Key)
        .ToDictionary(g => g.Key, g => g.First().Value);

    public static string RepositoryRoot => Metadata["RepositoryRoot"]!;

    public static bool HasShared => Directory.Exists(Metadata["SharedDataRoot"]);

    /// <summary>Path of a file below the shared data folder; null where it is missing.</summary>
    public static string? SharedOrNull(string relativePath)
    {
        string path = Path.Combine(Metadata["SharedDataRoot"]!, relativePath);
        return File.Exists(path) ? path : null;
    }

    /// <summary>Path of a file or folder below the shared data folder; skips the calling test where that folder is missing.</summary>
    public static string Shared(string relativePath)
    {
        string path = Path.Combine(Metadata["SharedDataRoot"]!, relativePath);
        Skip.IfNot(File.Exists(path) || Directory.Exists(path), $"'{relativePath}' of the shared data folder is not present on this machine");
        return path;
    }
}
