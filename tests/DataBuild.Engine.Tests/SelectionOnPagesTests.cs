using System.Text.Json;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;
using DataBuild.Tests;

namespace DataBuild.Engine.Tests;

/// <summary>
/// Real pages from their crawl file to tokens, by the stages that select: rank in the graph of links, the best of them, a budget shared by language, those that lie far apart by what a classifier trained on them says; a report on tokenizers.
/// </summary>
[Collection(TestStages.Collection)]
public sealed class SelectionOnPagesTests
{
    private const int Budget = 25;
    private const int Diverse = 12;

    [SkippableFact]
    public void Real_pages_are_ranked_selected_shared_out_and_reported()
    {
        string path = TestPaths.Shared("data/pages/fulltext.warc.gz");
        string folder = Directory.CreateTempSubdirectory("databuild-selection-").FullName;
        try
        {
            BuildLog log = Build(folder, path, "first", 2);
            var ranked = log.Stages["graphRank"].Counts;
            var best = log.Stages["topK"].Counts;
            var shared = log.Stages["budget"].Counts;
            Assert.InRange(ranked.In, 60, 121);
            Assert.Equal(ranked.In, ranked.Kept);
            Assert.Equal((long)Math.Ceiling(ranked.Kept * 0.5), best.Kept);
            Assert.Equal(best.In - best.Kept, Assert.Single(best.Dropped).Value);
            Assert.Equal(Budget, shared.Kept);
            Assert.Equal("over_budget", Assert.Single(shared.Dropped).Key);

            var diverse = log.Stages["diversity"].Counts;
            Assert.Equal((Budget, Diverse), (diverse.In, diverse.Kept));
            Assert.Equal("not_selected", Assert.Single(diverse.Dropped).Key);

            string output = Path.Combine(folder, "first", "out");
            JsonElement[] rows = [.. Directory.GetFiles(Path.Combine(output, "data")).SelectMany(File.ReadLines).Select(l => JsonDocument.Parse(l).RootElement)];
            Assert.Equal(Diverse, rows.Length);
            Assert.All(rows, r => Assert.NotEmpty(r.GetProperty("text").GetString()!));

            using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(output, "tokenizerReport", "report.json")));
            Assert.Contains("o200k_base", report.RootElement.ToString(), StringComparison.Ordinal);
            Assert.True(new FileInfo(Path.Combine(output, "tokens", "train.bin")).Length > 0);

            // Another store, one thread: the same files.
            _ = Build(folder, path, "second", 1);
            foreach (string file in Directory.EnumerateFiles(output, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "report.html"))
            {
                Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(folder, "second", "out", Path.GetRelativePath(output, file))));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static BuildLog Build(string folder, string crawl, string name, int threads)
    {
        string project = Path.Combine(folder, name);
        PlanFile file = new()
        {
            Name = "Selection",
            ProjectFile = Path.Combine(project, "Selection.csproj"),
            ProjectDirectory = project,
            OutputDirectory = Path.Combine(project, "out"),
            StoreDirectory = Path.Combine(project, "store"),
            OutputFormat = "jsonl",
            Properties = new Dictionary<string, string>(),
            Crawl = [new CrawlItem { Include = "crawl/fulltext.warc.gz", Path = crawl, Metadata = new Dictionary<string, string>() }],
            Stages =
            [
                Stage("Extract"), Stage("Language"), Stage("GopherQuality", ("MinStopWords", "0"), ("MinMeanWordLength", "1"), ("MinWords", "20")), Stage("GraphRank"),
                Stage("TopK", ("Column", "graphRank.rank"), ("Share", "0.5")),
                Stage("BudgetAllocate", ("Column", "graphRank.rank"), ("GroupColumn", "language.code"), ("Budget", $"{Budget}")),
                Stage("TrainClassifier", ("LabelColumn", "language.code"), ("TestShare", "0")), Stage("Embed", ("Model", "@classifier"), ("Output", "probabilities")),
                Stage("DiversitySelect", ("Count", $"{Diverse}")),
                Stage("TokenizerReport", ("Tokenizers", "o200k_base;cl100k_base"), ("GroupColumn", "language.code"), ("Terms", "the;und")),
                Stage("Tokenize", ("Tokenizer", "cl100k_base")),
            ],
        };
        Directory.CreateDirectory(project);
        FileDigests digests = new(null);
        List<BuildDiagnostic> diagnostics = [];
        DatasetPlan? plan = PlanResolver.Resolve(file, StageRegistry.BuiltIn(), digests, diagnostics);
        Assert.True(plan is not null, string.Join('\n', diagnostics));
        BuildLog log = new();
        using DatasetBuild build = new(plan, new ContentStore(file.StoreDirectory), digests, threads, log);
        foreach (StagePhase phase in Enum.GetValues<StagePhase>())
        {
            build.RunThrough(phase, CancellationToken.None);
        }

        (log.Manifest, log.Written) = build.Publish(CancellationToken.None);
        return log;
    }

    private static StageItem Stage(string name, params (string Name, string Value)[] options) =>
        new() { Name = name, Metadata = options.ToDictionary(o => o.Name, o => o.Value) };
}
