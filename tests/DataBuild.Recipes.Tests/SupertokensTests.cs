using System.Text.Json;
using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The example of Supertokens: its texts are those of Kl3m.</summary>
public sealed class SupertokensTests() : DatasetTests("Supertokens")
{
    [Fact]
    public void EveryTextIsReadAndKept() => Assert.Equal(Dataset.Manifest.Inputs.Sum(i => i.Documents), Dataset.Rows(["id"]).Count());

    [Fact]
    public void EveryRowOfTheNewMatrixIsAccountedFor()
    {
        JsonElement report = JsonElement.Parse(File.ReadAllText(Path.Combine(Dataset.Folder, "transplant", "report.json")));
        int Count(string name) => report.GetProperty(name).GetInt32();
        Assert.Equal(Count("rows"), Count("copied") + Count("localAndGlobal") + Count("local") + Count("global") + Count("drawn"));
        Assert.True(Count("copied") > 1000 && Count("localAndGlobal") > 500, report.ToString());
    }
}
