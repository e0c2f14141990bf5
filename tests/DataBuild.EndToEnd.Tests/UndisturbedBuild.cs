namespace DataBuild.EndToEnd.Tests;

/// <summary>A dataset that was built once, undisturbed: what every disturbed build must come to.</summary>
public sealed class UndisturbedBuild : IDisposable
{
    public UndisturbedBuild()
    {
        for (int input = 0; input < 3; input++)
        {
            Project.Write($"crawl/{(char)('a' + input)}.warc.gz", CrawlFile.Pages(input * 20, 24));
        }

        Project.Build().AssertSucceeded();
        Output = Project.OutputDigests();
        Store = StoreEntries();
        Plan = Path.Combine(Project.Folder, "obj/Debug/net10.0/Tiny.databuild.plan.json");
    }

    internal DatasetProject Project { get; } = new DatasetProject().WithItems("""
        <Crawl Include="crawl/*.warc.gz" />
        <Stage Include="Extract" />
        <Stage Include="GopherQuality" MinWords="20" />
        <Stage Include="ExactDedup" />
        """);

    /// <summary>Digests of the output's files.</summary>
    public IReadOnlyDictionary<string, string> Output { get; }

    /// <summary>Names of the store's entries.</summary>
    public IReadOnlyList<string> Store { get; }

    /// <summary>The plan file.</summary>
    public string Plan { get; }

    public string[] StoreEntries() =>
    [
        .. new[] { "ac", "cas" }.SelectMany(f => Directory.EnumerateFiles(Path.Combine(Project.Store, f), "*", SearchOption.AllDirectories))
            .Select(p => Path.GetRelativePath(Project.Store, p)).Order(StringComparer.Ordinal),
    ];

    public void Dispose() => Project.Dispose();
}
