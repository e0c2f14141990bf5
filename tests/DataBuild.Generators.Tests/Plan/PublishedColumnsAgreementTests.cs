using CsCheck;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;
using DataBuild.Generators.Model;
using DataBuild.Generators.Plan;
using DataBuild.Stages;

namespace DataBuild.Generators.Tests.Plan;

/// <summary>The row type that the compiler makes has the columns that the engine publishes: of every built-in stage, alone and together.</summary>
public sealed class PublishedColumnsAgreementTests : IDisposable
{
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "databuild-columns", Guid.NewGuid().ToString("N"))).FullName;
    private readonly StageRegistry _registry = StageRegistry.BuiltIn();
    private readonly Dictionary<string, StageSchema> _schemas = Attribute.GetCustomAttributes(typeof(BuiltInStages).Assembly, typeof(StageSchemaAttribute))
        .Cast<StageSchemaAttribute>().ToDictionary(s => s.Name, s => StageSchemaReader.Parse(s.Name, s.Schema, "DataBuild.Stages"));

    public PublishedColumnsAgreementTests() => File.WriteAllText(Path.Combine(_folder, "some.file"), "some");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_built_in_stage_has_a_schema() => Assert.Equal(_registry.Names.Order(StringComparer.Ordinal), _schemas.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Alone()
    {
        foreach (string stage in _registry.Names)
        {
            AssertAgree([(stage, null)], "");
            AssertAgree([(stage, "mine")], "");
        }
    }

    [Fact]
    public void Together_and_with_a_choice_of_columns()
    {
        string[] names = [.. _registry.Names];
        string[] columns = ["text", "url", "language_score", "language.score", "title", "id", "source", "date", "read.status", "read_status", "label"];
        Gen.Select(Gen.Int[0, names.Length - 1].Array[1, 6], Gen.Int[0, columns.Length - 1].Array[0, 4]).Sample(
            (stages, wanted) => AssertAgree([.. stages.Select((s, i) => (names[s], i % 2 == 0 ? $"use{i}" : null)).DistinctBy(s => s.Item2 ?? s.Item1)], string.Join(';', wanted.Select(w => columns[w]).Distinct())),
            iter: 300);
    }

    private void AssertAgree((string Stage, string? Name)[] uses, string outputColumns)
    {
        List<Engine.Planning.StageItem> items = [.. uses.Select(u => new Engine.Planning.StageItem { Name = u.Stage, Metadata = Options(u.Stage, u.Name) })];
        PlanFile file = new()
        {
            Name = "Sample",
            ProjectFile = Path.Combine(_folder, "Sample.csproj"),
            ProjectDirectory = _folder,
            OutputDirectory = Path.Combine(_folder, "out"),
            StoreDirectory = Path.Combine(_folder, "store"),
            Properties = new Dictionary<string, string> { ["DataBuildOutputColumns"] = outputColumns },
            Crawl = [new CrawlItem { Include = "some.file", Path = Path.Combine(_folder, "some.file") }],
            Stages = items,
        };
        List<BuildDiagnostic> diagnostics = [];
        DatasetPlan? plan = PlanResolver.Resolve(file, _registry, new FileDigests(Path.Combine(_folder, "digests.tsv")), diagnostics);
        if (plan is null)
        {
            // An order that is not allowed, or a column that is not there: such a plan has no rows.
            Assert.All(diagnostics, d => Assert.True(d.Code is "DB1009" or "DB1011" or "DB1007", $"{d.Code}: {d.Message}"));
            return;
        }

        PlanModel model = new(file.Name, file.ProjectFile, true, outputColumns, items.Select(i => new Generators.Plan.StageItem(i.Name, i.Metadata.Select(m => new Metadata(m.Key, m.Value)).ToEquatableArray(), "")).ToEquatableArray());
        Assert.Empty(PlanChecker.Check(model, _schemas.Values).Errors);
        string[] compiled = [.. PlanChecker.Check(model, _schemas.Values).Pipeline.Columns.Select(c => $"{c.Name} {c.Type} {c.Description}")];
        string[] published;
        try
        {
            published = [.. Engine.Packaging.PublishedColumns.Of(plan).Select(c => $"{c.Name} {c.Type} {c.Description}")];
        }
        catch (PlanException exception) when (exception.Code == "DB1011")
        {
            // A column that no stage makes: the engine says so, and the compiler leaves it out.
            return;
        }

        Assert.Equal(published, compiled);
    }

    private Dictionary<string, string> Options(string stage, string? name)
    {
        Dictionary<string, string> options = new(StringComparer.OrdinalIgnoreCase);
        foreach (OptionDescriptor option in _registry.Find(stage)!.Descriptor.Options.Where(o => o.Required))
        {
            options[option.Name] = option.Kind switch
            {
                OptionKind.File or OptionKind.FileList => "some.file",
                OptionKind.Expression => "url != \"\"",
                OptionKind.Choice => option.Choices[0],
                OptionKind.Integer or OptionKind.Number => double.IsFinite(option.Min) ? option.Min.ToString(System.Globalization.CultureInfo.InvariantCulture) : "1",
                _ => "text",
            };
        }

        if (name is not null)
        {
            options["Name"] = name;
        }

        return options;
    }
}
