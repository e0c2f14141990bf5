using System.Reflection;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Published;
using DataBuild.Engine.Verification;
using Xunit;

namespace DataBuild.Testing;

/// <summary>
/// Verifies a dataset in <c>dotnet test</c>, as <c>dotnet build -t:VerifyDataset</c> does: derive a class, name the dataset, and add tests of your own beside
/// the inherited ones. The test project names the dataset project by a <c>DatasetReference</c> item.
/// </summary>
/// <example><code>public sealed class WebTests() : DatasetTests("Web");</code></example>
public abstract class DatasetTests
{
    private readonly Lazy<PlanFile> _plan;
    private readonly Lazy<PublishedDataset> _dataset;

    /// <summary>Names the dataset.</summary>
    /// <param name="name">Name of the dataset: that of its project, unless <c>DatasetName</c> says otherwise.</param>
    protected DatasetTests(string name)
    {
        _plan = new Lazy<PlanFile>(() => PlanFile.Load(FindPlan(name)));
        _dataset = new Lazy<PublishedDataset>(() => PublishedDataset.Open(_plan.Value.OutputDirectory));
    }

    /// <summary>The dataset that the build has made.</summary>
    protected PublishedDataset Dataset => _dataset.Value;

    /// <summary>The sample of rows is that of the file <c>*.rows.verified.txt</c>.</summary>
    [Fact]
    public void RowsAreAsVerified() => Verify("rows");

    /// <summary>The counts of all stages are those of the file <c>*.stages.verified.txt</c>.</summary>
    [Fact]
    public void StageCountsAreAsVerified() => Verify("stages");

    /// <summary>The manifest is the file <c>*.manifest.verified.json</c>.</summary>
    [Fact]
    public void ManifestIsAsVerified() => Verify("manifest");

    private void Verify(string kind)
    {
        BuildDiagnostic? error = DatasetVerification.Verify(_plan.Value, kind).SingleOrDefault();
        if (error is not null)
        {
            throw new DatasetNotVerifiedException($"{error.File}({error.Line}): {error.Code}: {error.Message}");
        }
    }

    private string FindPlan(string name)
    {
        string key = $"DataBuild.Plan.{name}";
        AssemblyMetadataAttribute[] all = [.. GetType().Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()];
        return all.FirstOrDefault(a => a.Key == key)?.Value
            ?? throw new InvalidOperationException($"the test project does not reference the dataset '{name}'; add <DatasetReference Include=\"../{name}/{name}.csproj\" /> to it");
    }
}
