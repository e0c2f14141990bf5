using System.Text.Json;
using Microsoft.Build.Utilities;

namespace DataBuild.Tasks.Tests;

public sealed class WriteDatasetPlanTests : IDisposable
{
    private readonly TestDataset _dataset = new();
    private readonly RecordingBuildEngine _engine = new();

    public void Dispose()
    {
        _engine.Dispose();
        _dataset.Dispose();
    }

    [Fact]
    public void Plan_holds_inputs_stages_and_settings_in_canonical_order()
    {
        TaskItem stage = new("Language", new Dictionary<string, string> { ["MinScore"] = "0.65", ["Keep"] = "en;de" });
        WriteDatasetPlan task = _dataset.PlanTask(_engine, new TaskItem("Extract"), stage);
        task.Crawl = [new TaskItem("crawl/b.warc.gz"), new TaskItem("crawl/a.warc.gz")];

        Assert.True(task.Execute());

        string plan = File.ReadAllText(_dataset.PlanFile).Replace(_dataset.Folder, "/project", StringComparison.Ordinal);
        Assert.Equal(
            """
            {
              "formatVersion": 1,
              "name": "Tiny",
              "projectFile": "/project/Tiny.csproj",
              "projectDirectory": "/project/",
              "configuration": "Debug",
              "outputDirectory": "/project/bin/Debug/Tiny/",
              "storeDirectory": "/project/obj/databuild/store",
              "outputFormat": "parquet",
              "lockedMode": false,
              "properties": {
                "DataBuildSeed": "7"
              },
              "crawl": [
                {
                  "include": "crawl/a.warc.gz",
                  "path": "/project/crawl/a.warc.gz",
                  "metadata": {},
                  "definedIn": ""
                },
                {
                  "include": "crawl/b.warc.gz",
                  "path": "/project/crawl/b.warc.gz",
                  "metadata": {},
                  "definedIn": ""
                }
              ],
              "stages": [
                {
                  "name": "Extract",
                  "metadata": {},
                  "definedIn": ""
                },
                {
                  "name": "Language",
                  "metadata": {
                    "Keep": "en;de",
                    "MinScore": "0.65"
                  },
                  "definedIn": ""
                }
              ],
              "stageAssemblies": [
                "/project/bin/Debug/net10.0/Tiny.dll"
              ]
            }

            """.ReplaceLineEndings("\n"),
            plan);
    }

    [Fact]
    public void An_unchanged_plan_is_not_written_again()
    {
        Assert.True(_dataset.PlanTask(_engine, new TaskItem("Extract")).Execute());
        DateTime old = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(_dataset.PlanFile, old);

        WriteDatasetPlan again = _dataset.PlanTask(_engine, new TaskItem("Extract"));
        Assert.True(again.Execute());
        Assert.False(again.Changed);
        Assert.Equal(old, File.GetLastWriteTimeUtc(_dataset.PlanFile));

        WriteDatasetPlan changed = _dataset.PlanTask(_engine, new TaskItem("Extract"), new TaskItem("Language"));
        Assert.True(changed.Execute());
        Assert.True(changed.Changed);
    }

    [Fact]
    public void The_compilers_file_is_written_again_for_another_stage_and_not_for_another_input()
    {
        WriteDatasetPlan first = _dataset.PlanTask(_engine, new TaskItem("Extract"));
        first.Properties = [new TaskItem("DataBuildOutputColumns", new Dictionary<string, string> { ["Value"] = "id;text" })];
        Assert.True(first.Execute());
        string written = File.ReadAllText(_dataset.CompilerPlanFile);
        using (JsonDocument plan = JsonDocument.Parse(written))
        {
            Assert.Equal(["formatVersion", "name", "projectFile", "hasInputs", "outputColumns", "stages"], plan.RootElement.EnumerateObject().Select(p => p.Name));
            Assert.True(plan.RootElement.GetProperty("hasInputs").GetBoolean());
            Assert.Equal("id;text", plan.RootElement.GetProperty("outputColumns").GetString());
        }

        DateTime old = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(_dataset.CompilerPlanFile, old);
        WriteDatasetPlan another = _dataset.PlanTask(_engine, new TaskItem("Extract"));
        another.Properties = first.Properties;
        another.Crawl = [new TaskItem("a.warc.gz"), new TaskItem("b.warc.gz", new Dictionary<string, string> { ["Weight"] = "2" })];
        Assert.True(another.Execute());
        Assert.True(another.Changed);
        Assert.Equal(old, File.GetLastWriteTimeUtc(_dataset.CompilerPlanFile));

        another.Stages = [new TaskItem("Extract"), new TaskItem("ExactDedup")];
        Assert.True(another.Execute());
        Assert.NotEqual(written, File.ReadAllText(_dataset.CompilerPlanFile));

        another.Crawl = [];
        Assert.True(another.Execute());
        Assert.Contains("\"hasInputs\": false", File.ReadAllText(_dataset.CompilerPlanFile), StringComparison.Ordinal);
    }

    [Fact]
    public void Special_characters_of_options_and_names_survive()
    {
        TaskItem stage = new("Score", new Dictionary<string, string> { ["Keep"] = "score >= 3 && text != \"%3b\" ä€😀" });
        WriteDatasetPlan task = _dataset.PlanTask(_engine, stage);
        task.Crawl = [new TaskItem("crawl/日本 %25.warc")];

        Assert.True(task.Execute());

        using JsonDocument plan = JsonDocument.Parse(File.ReadAllBytes(_dataset.PlanFile));
        Assert.Equal(stage.GetMetadata("Keep"), plan.RootElement.GetProperty("stages")[0].GetProperty("metadata").GetProperty("Keep").GetString());
        Assert.Equal(task.Crawl[0].ItemSpec, plan.RootElement.GetProperty("crawl")[0].GetProperty("include").GetString());
    }

    [Fact]
    public void An_input_listed_twice_is_a_warning_and_read_once()
    {
        WriteDatasetPlan task = _dataset.PlanTask(_engine, new TaskItem("Extract"));
        task.Crawl = [new TaskItem("crawl/a.warc"), new TaskItem("crawl/../crawl/a.warc")];

        Assert.True(task.Execute());

        Assert.Equal("DB0005", Assert.Single(_engine.Warnings).Code);
        using JsonDocument plan = JsonDocument.Parse(File.ReadAllBytes(_dataset.PlanFile));
        Assert.Equal(1, plan.RootElement.GetProperty("crawl").GetArrayLength());
    }

    [Fact]
    public void An_unknown_output_format_is_an_error()
    {
        WriteDatasetPlan task = _dataset.PlanTask(_engine, new TaskItem("Extract"));
        task.OutputFormat = "csv";

        Assert.False(task.Execute());
        Assert.Equal("DB0007", Assert.Single(_engine.Errors).Code);
        Assert.Contains("'jsonl.zst'", _engine.Errors.First().Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_dataset.PlanFile));
    }
}
