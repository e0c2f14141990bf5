using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace DataBuild.Generators.Tests.Plan;

/// <summary>Project files, and the plans that MSBuild would make of them.</summary>
internal static class PlanSamples
{
    public const string ProjectPath = "/data/QuickStart/QuickStart.csproj";

    public const string Project =
        """
        <Project Sdk="DataBuild.Sdk">
          <ItemGroup>
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="WordCount" MinWords="7" StopWords="der;die" Form="nfkc" />
            <Stage Include="SampleDedup" Model="models/a.onnx">
              <Name>second-pass</Name>
              <Keep>digest >= 3</Keep>
            </Stage>
            <Stage Include="KeepAll" />
          </ItemGroup>
        </Project>
        """;

    /// <summary>The plan, then the project file, then imported files.</summary>
    public static AdditionalText[] Files(string project, params (string Path, string Text)[] imports) =>
    [
        new MemoryFile("/data/QuickStart/obj/QuickStart.databuild.pipeline.json", Plan([.. imports, (ProjectPath, project)])),
        new MemoryFile(ProjectPath, project),
        .. imports.Select(i => new MemoryFile(i.Path, i.Text)),
    ];

    // A small evaluation: no properties, conditions 'false' only.
    private static string Plan((string Path, string Text)[] files)
    {
        JsonArray stages = [];
        int inputs = 0;
        foreach ((string path, string text) in files)
        {
            foreach (XElement item in XElement.Parse(text, LoadOptions.PreserveWhitespace).Elements("ItemGroup").Elements().Where(e => (string?)e.Attribute("Condition") != "false"))
            {
                foreach (string name in ((string?)item.Attribute("Include") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                {
                    if (item.Name.LocalName == "Crawl")
                    {
                        inputs++;
                        continue;
                    }

                    JsonObject metadata = [];
                    foreach (XAttribute attribute in item.Attributes().Where(a => a.Name != "Include" && a.Name != "Condition"))
                    {
                        metadata[attribute.Name.LocalName] = attribute.Value;
                    }

                    foreach (XElement child in item.Elements())
                    {
                        metadata[child.Name.LocalName] = child.Value;
                    }

                    stages.Add(new JsonObject { ["name"] = name, ["metadata"] = metadata, ["definedIn"] = path });
                }
            }
        }

        return new JsonObject
        {
            ["formatVersion"] = 1,
            ["name"] = "QuickStart",
            ["projectFile"] = ProjectPath,
            ["hasInputs"] = inputs > 0,
            ["outputColumns"] = "",
            ["stages"] = stages,
        }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }
}
