using DataBuild.Engine.Columns;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;
using DataBuild.Tests;

namespace DataBuild.Engine.Tests;

/// <summary>
/// Real crawl files through every filter and refiner that there is, in one plan: nothing throws, every figure is a number, and of every document it is known
/// where it ended. With the environment variable <c>DATABUILD_ALL_PAGES=1</c> the large page sets go through too.
/// </summary>
[Collection(TestStages.Collection)]
public sealed class RealCrawlsTests
{
    private static readonly Dictionary<string, (string Name, string Value)[]> Required = new(StringComparer.Ordinal)
    {
        ["C4BadWords"] = [("List", "words.txt")],
        ["Filter"] = [("Keep", "length(text) gt 0 and gopher.words ge 0")],
        ["License"] = [("Column", "read.mediaType"), ("Keep", "text/*"), ("KeepUnstated", "true")],
        ["Takedown"] = [("Lists", "words.txt")],
        ["ToxicityWords"] = [("Lists", "words.txt")],
        ["UrlFilter"] = [("Domains", "words.txt"), ("Words", "words.txt"), ("SoftWords", "words.txt"), ("Subwords", "words.txt")],
    };

    // These read what a model wrote or run one of the user's own, and a pool of addresses would keep no page; the tests of their recipes hold them.
    private static bool IsLeftOut(StageDescriptor stage) =>
        stage.Name is "DistilEdits" or "LabelLines" or "Refine" or "UrlPool" || stage.Options.Any(o => o.Name is "EndpointModel");

    [SkippableTheory]
    [InlineData("data/warc", false)]
    [InlineData("data/pages/structured.warc.gz", false)]
    [InlineData("data/pages/fulltext.warc.gz", false)]
    [InlineData("data/pages/segments.warc.gz", true)]
    [InlineData("data/pages/wcxb.warc.gz", true)]
    public void Every_filter_takes_every_document(string inputs, bool isLarge)
    {
        string path = TestPaths.Shared(inputs);
        Skip.If(isLarge && LongRun.Count("DATABUILD_ALL_PAGES", 0) == 0, "set DATABUILD_ALL_PAGES=1 for the large page sets");
        string folder = Directory.CreateTempSubdirectory("databuild-crawls-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "words.txt"), "casino\nexample.org\nfree download\n");
            BuildLog log = new();
            FileDigests digests = new(null);
            List<BuildDiagnostic> diagnostics = [];
            DatasetPlan? plan = PlanResolver.Resolve(Plan(folder, path), StageRegistry.BuiltIn(), digests, diagnostics);
            Assert.True(plan is not null, string.Join('\n', diagnostics));
            using DatasetBuild build = new(plan, new ContentStore(Path.Combine(folder, "store")), digests, 2, log);
            build.RunThrough(StagePhase.Package, CancellationToken.None);

            long read = log.Stages["read"].Counts.In;
            Assert.True(read > 0);
            Assert.Equal(read, log.Stages.Values.Last().Counts.Kept + log.Stages.Values.Sum(s => s.Counts.Dropped.Values.Sum()));
            Assert.Equal(read, build.Shards.Sum(s => AssertExplained(build, s)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static PlanFile Plan(string folder, string path) => new()
    {
        Name = "Crawls",
        ProjectFile = Path.Combine(folder, "Crawls.csproj"),
        ProjectDirectory = folder,
        OutputDirectory = Path.Combine(folder, "out"),
        StoreDirectory = Path.Combine(folder, "store"),
        Crawl = [.. (Directory.Exists(path) ? Directory.EnumerateFiles(path) : [path]).Order(StringComparer.Ordinal).Select(f => new CrawlItem { Include = Path.GetFileName(f), Path = f })],
        Stages = [.. AllFilters()],
    };

    // All of the registry, so that a new filter cannot be forgotten; those whose readings differ by dialect once for each.
    private static IEnumerable<StageItem> AllFilters()
    {
        yield return new StageItem { Name = "Extract" };
        foreach (StageDescriptor stage in StageRegistry.BuiltIn().Descriptors.Where(s => s.Phase == StagePhase.Clean && !IsLeftOut(s)).OrderBy(s => s.Name is "CulturaXMetrics" or "Filter"))
        {
            OptionDescriptor? dialect = stage.Options.FirstOrDefault(o => o.Name == "Dialect");
            string?[] choices = dialect is null ? new string?[1] : [.. dialect.Choices];
            foreach (string? choice in choices)
            {
                Dictionary<string, string> options = Required.GetValueOrDefault(stage.Name, []).ToDictionary(o => o.Name, o => o.Value);
                if (choice is not null)
                {
                    options["Dialect"] = choice;
                    options["Name"] = choice == dialect!.Default ? stage.ColumnPrefix : stage.ColumnPrefix + choice;
                }

                yield return new StageItem { Name = stage.Name, Metadata = options };
            }
        }
    }

    // One end for each document, and figures wherever there was a text.
    private static long AssertExplained(DatasetBuild build, Shard shard)
    {
        using BatchReader reader = new(build.Store, shard.Find(shard.ColumnNames.Where(c => c != "text")));
        for (int batch = 0; batch < shard.BatchRows.Count; batch++)
        {
            using LoadedBatch loaded = reader.Read(batch);
            DocumentBatch rows = loaded.Documents;
            ValueColumn<bool> alive = (ValueColumn<bool>)rows[Shard.AliveColumn];
            for (int row = 0; row < rows.Count; row++)
            {
                int ends = (alive[row] ? 1 : 0) + (rows["read.reason"].IsNull(row) ? 0 : 1) + build.Plan.Stages.Count(s => !rows[s.VerdictColumn].IsNull(row));
                Assert.True(ends == 1, $"{rows["url"].Format(row)} of {shard.Name} has {ends} ends");
                Assert.DoesNotContain(build.Plan.Stages, s => ((ValueColumn<int>)rows[s.StateColumn])[row] == 2);
                foreach (ColumnSchema column in build.Plan.Stages.SelectMany(s => s.FigureColumns))
                {
                    Assert.True(rows.Find(column.Name) is not ValueColumn<double> numbers || numbers.IsNull(row) || double.IsFinite(numbers[row]), $"{column.Name} of {rows["url"].Format(row)} is no number");
                }
            }
        }

        return shard.Rows;
    }
}
