using System.Text.Json;
using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The example of SWE-Factory: three repositories, whose tests really ran.</summary>
public sealed class SweFactoryTests() : DatasetTests("SweFactory")
{
    [Fact]
    public void ChangesWhoseTestsFailBeforeAndPassAfterAreTasks() => Assert.Equal(
        [
            "databuild__language-model-1 1 0 1",
            "python__shlex-3.12 1 0 2",
            "python__shlex-3.8 1 0 1",
            "python__textwrap-3.10 1 0 1",
        ],
        Dataset.Rows(["id", "grade_before", "grade_after", "grade_rounds"]).Select(r => string.Join(' ', r.Values)).Order(StringComparer.Ordinal));

    [Fact]
    public void EveryChangeHasItsCategory()
    {
        using JsonDocument grades = JsonDocument.Parse(File.ReadAllText(Path.Combine(Dataset.Folder, "grades", "grades.json")));
        Assert.Equal(6, grades.RootElement.GetProperty("total").GetInt32());
        Assert.Equal("python__textwrap-3.11", Assert.Single(grades.RootElement.GetProperty("pass2pass").EnumerateArray()).GetString());
        Assert.Equal("python__textwrap-3.10-licence", Assert.Single(grades.RootElement.GetProperty("fail2fail").EnumerateArray()).GetString());
        Assert.Equal(4, File.ReadAllLines(Path.Combine(Dataset.Folder, "grades", "environments.jsonl")).Length);
    }

    [Fact]
    public void AnUnknownCommitIsDropped()
    {
        var grade = Dataset.Manifest.Stages.Single(s => s.Name == "grade").Counts;
        Assert.Equal((7, 4), (grade.In, grade.Kept));
    }
}
