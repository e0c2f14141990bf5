using System.Text.RegularExpressions;
using DataBuild.Tests;

namespace DataBuild.Engine.Tests;

public sealed partial class DiagnosticPagesTests
{
    [Fact]
    public void EveryCodeHasAPageAndEveryPageACode()
    {
        string root = TestPaths.RepositoryRoot;
        SortedSet<string> codes = new(StringComparer.Ordinal);
        foreach (string folder in new[] { "src", "generators", "msbuild" })
        {
            foreach (string file in Directory.EnumerateFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories)
                .Where(f => f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".targets", StringComparison.Ordinal)))
            {
                string relative = Path.GetRelativePath(root, file);
                if (relative.Contains("/obj/", StringComparison.Ordinal) || relative.Contains("/bin/", StringComparison.Ordinal))
                {
                    continue;
                }

                // Codes stand in string literals; documentation may name ranges.
                codes.UnionWith(Code().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value));
            }
        }

        string[] pages = [.. Directory.EnumerateFiles(Path.Combine(root, "docs", "diagnostics"), "DB*.md").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];
        Assert.Equal(codes, pages);
    }

    [GeneratedRegex("\"(DB[0-9]{4})\"")]
    private static partial Regex Code();
}
