using System.Text.RegularExpressions;
using DataBuild.Tests;

namespace DataBuild.Engine.Tests;

/// <summary>The pages that tell of faults and attacks name the tests that show what they promise; a test that is renamed or removed must not leave its promise behind.</summary>
public sealed partial class FaultPageTests
{
    [Theory]
    [InlineData("faults.md", 42)]
    [InlineData("security.md", 15)]
    public void EveryTestThatThePageNamesExists(string page, int leastTests)
    {
        Dictionary<string, string> classes = [];
        foreach (string file in Directory.EnumerateFiles(Path.Combine(TestPaths.RepositoryRoot, "tests"), "*Tests.cs", SearchOption.AllDirectories))
        {
            string name = Path.GetFileNameWithoutExtension(file);
            classes[name] = classes.GetValueOrDefault(name) + File.ReadAllText(file);
        }

        string[] missing = [.. Named(page).Where(test => !classes.TryGetValue(test.Class, out string? code)
            || (test.Method.Length > 0 && !Regex.IsMatch(code, $@"public (?:async Task|Task|void) {test.Method}\("))).Select(t => $"{t.Class}.{t.Method}")];
        Assert.Empty(missing);
        Assert.True(Named(page).Distinct().Count() >= leastTests);
    }

    [Fact]
    public void EveryRowOfTheCatalogueNamesATest()
    {
        string[] rows = [.. File.ReadLines(Path.Combine(TestPaths.RepositoryRoot, "docs", "faults.md")).Where(l => Row().IsMatch(l))];
        Assert.Equal(Enumerable.Range(1, 42), rows.Select(r => int.Parse(Row().Match(r).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)));
        Assert.All(rows, row => Assert.Matches(Test(), row.Split('|')[4]));
    }

    private static IEnumerable<(string Class, string Method)> Named(string page) =>
        Test().Matches(File.ReadAllText(Path.Combine(TestPaths.RepositoryRoot, "docs", page))).Select(m => (m.Groups[1].Value, m.Groups[2].Value));

    [GeneratedRegex(@"^\| ([0-9]+) \|")]
    private static partial Regex Row();

    [GeneratedRegex("`([A-Za-z0-9]+Tests)(?:\\.([A-Za-z0-9_]+))?`")]
    private static partial Regex Test();
}
