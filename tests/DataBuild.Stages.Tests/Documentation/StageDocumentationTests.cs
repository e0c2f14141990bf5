using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using DataBuild.Generated.DataBuild_Stages;
using DataBuild.Tests;

namespace DataBuild.Stages.Tests.Documentation;

/// <summary>
/// The reference of stages is made from the stages. After a change of one:
/// <c>DATABUILD_UPDATE_DOCS=1 dotnet test tests/DataBuild.Stages.Tests --filter StageDocumentationTests</c>.
/// </summary>
public sealed class StageDocumentationTests
{
    [Fact]
    public void The_page_of_stages_is_up_to_date() => AssertUpToDate("docs/stages.md", StageDocumentation.Markdown(StageRegistry.Stages));

    [Fact]
    public void The_schema_of_project_files_is_up_to_date() => AssertUpToDate("docs/stages.xsd", StageXmlSchema.Render(StageRegistry.Stages));

    [Fact]
    public void Every_stage_option_and_column_is_explained()
    {
        List<string> silent = [];
        foreach (StageDescriptor stage in StageRegistry.Stages)
        {
            silent.AddRange(stage.Summary.Length == 0 ? [stage.Name] : []);
            silent.AddRange(stage.Options.Where(o => o.Summary.Length == 0).Select(o => $"{stage.Name}.{o.Name}"));
            silent.AddRange(stage.Columns.Where(c => c.Description.Length == 0).Select(c => $"{stage.Name} column {c.Name}"));
        }

        Assert.Empty(silent);
    }

    [Fact]
    public void The_schema_accepts_project_files_and_knows_the_stages_in_them()
    {
        XmlSchemaSet schemas = new();
        using (StringReader text = new(StageXmlSchema.Render(StageRegistry.Stages)))
        using (XmlReader reader = XmlReader.Create(text))
        {
            schemas.Add(null, reader);
        }

        schemas.Compile();
        string projectFile = Path.Combine(TestPaths.RepositoryRoot, "example-datasets/QuickStart/QuickStart.csproj");
        XDocument project = XDocument.Load(projectFile);
        List<string> errors = [];
        project.Validate(schemas, (_, e) => errors.Add(e.Message), addSchemaInfo: true);
        Assert.Empty(errors);
        XElement stage = project.Descendants("Stage").First();
        Assert.NotNull(stage.GetSchemaInfo()?.SchemaElement);
        Assert.NotNull(stage.Attribute("Include")!.GetSchemaInfo()?.SchemaAttribute);
    }

    private static void AssertUpToDate(string relativePath, string expected)
    {
        string path = Path.Combine(TestPaths.RepositoryRoot, relativePath);
        if (Environment.GetEnvironmentVariable("DATABUILD_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.True(File.Exists(path), $"'{relativePath}' is missing; make it with DATABUILD_UPDATE_DOCS=1");
        Assert.Equal(expected, File.ReadAllText(path).ReplaceLineEndings("\n"));
    }
}
