using System.Text.Json;
using DataBuild.Engine.Packaging;
using DataBuild.Engine.Planning;

namespace DataBuild.Engine.Tests;

[Collection(TestStages.Collection)]
public sealed class DatasetCardTests : IDisposable
{
    private readonly TestDataset _dataset = new();

    public DatasetCardTests()
    {
        _dataset.AddInput("a.jsonl", ("a1", "one two three four"), ("a2", "one"));
        _dataset.AddInput("b.jsonl", ("b1", "five six seven"));
        _dataset.Stage("Words", ("MinWords", "3"));
    }

    public void Dispose() => _dataset.Dispose();

    [Fact]
    public void LicencesOfSourcesAreAddedUp()
    {
        _dataset.CrawlMetadata["a.jsonl"] = new Dictionary<string, string> { ["License"] = "CC-BY-4.0 AND MIT", ["Attribution"] = "Ada | Bob" };
        _dataset.CrawlMetadata["b.jsonl"] = new Dictionary<string, string> { ["License"] = "MIT" };
        _dataset.Build();
        string card = Card();
        Assert.Contains("license:\n- cc-by-4.0\n- mit\n", card, StringComparison.Ordinal);
        Assert.Contains("| CC-BY-4.0 AND MIT | 1 | 1 | 18 |", card, StringComparison.Ordinal);
        Assert.Contains("| MIT | 1 | 1 | 14 |", card, StringComparison.Ordinal);
        Assert.Contains("| Ada \\| Bob |", card, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUndeclaredSourceLeavesTheWholeWithoutALicence()
    {
        _dataset.CrawlMetadata["a.jsonl"] = new Dictionary<string, string> { ["License"] = "MIT" };
        _dataset.Build();
        string card = Card();
        Assert.DoesNotContain("\nlicense:", card, StringComparison.Ordinal);
        Assert.Contains("| not declared | 1 | 1 | 14 |", card, StringComparison.Ordinal);
    }

    [Fact]
    public void ALicenceThatTheHubDoesNotKnowIsOther()
    {
        _dataset.Properties["DatasetLicense"] = "LicenseRef-House";
        _dataset.Build();
        Assert.Matches("license: other\nlicense_name: LicenseRef-House\n(language|task_categories):", Card());
        Assert.Contains("\"license\": {\n    \"@type\": \"sc:CreativeWork\",\n    \"name\": \"LicenseRef-House\"", File.ReadAllText(Path.Combine(_dataset.OutputFolder, "croissant.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ODC-By-1.0", "license:\n- odc-by\n")]
    [InlineData("GPL-3.0-or-later", "license:\n- gpl-3.0\n")]
    [InlineData("CDLA-Permissive-2.0", "license:\n- cdla-permissive-2.0\n")]
    [InlineData("CERN-OHL-P-2.0", "license: other\nlicense_name: \"CERN-OHL-P-2.0\"\nlicense_link: https://spdx.org/licenses/CERN-OHL-P-2.0.html\n")]
    [InlineData("https://example.org/terms", "license: other\nlicense_name: \"https://example.org/terms\"\nlicense_link: https://example.org/terms\n")]
    public void ALicenceHasTheHubsNameOrALink(string license, string yaml)
    {
        _dataset.Properties["DatasetLicense"] = license;
        _dataset.Build();
        Assert.Contains(yaml, Card(), StringComparison.Ordinal);
    }

    [Fact]
    public void DeclaringALicenceReadsNothingAgain()
    {
        _dataset.Build();
        TestStages.Take();
        _dataset.CrawlMetadata["a.jsonl"] = new Dictionary<string, string> { ["License"] = "MIT" };
        BuildLog log = _dataset.Build();
        Assert.True(log.Written);
        Assert.Equal("", TestStages.Take());
        Assert.Equal(0, log.Stages["read"].Computed);
    }

    [Fact]
    public void AnInputMayHaveAnotherNameThanItsPath()
    {
        _dataset.CrawlMetadata["a.jsonl"] = new Dictionary<string, string> { ["Source"] = "z/first" };
        BuildLog log = _dataset.Build();
        Assert.Equal(["crawl/b.jsonl", "z/first"], log.Manifest.Inputs.Select(i => i.Path));
        Assert.Contains("\"source\":\"z/first\"", string.Concat(Directory.EnumerateFiles(Path.Combine(_dataset.OutputFolder, "data")).Select(File.ReadAllText)), StringComparison.Ordinal);

        // Another name reads nothing again; two of one name are told apart by nothing.
        TestStages.Take();
        _dataset.CrawlMetadata["a.jsonl"] = new Dictionary<string, string> { ["Source"] = "first" };
        Assert.Equal(0, _dataset.Build().Stages["read"].Computed);
        Assert.Equal("", TestStages.Take());
        _dataset.CrawlMetadata["b.jsonl"] = new Dictionary<string, string> { ["Source"] = "first" };
        Assert.Contains("two crawl inputs are called 'first'", Assert.Throws<InvalidOperationException>(() => _dataset.Plan(out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheCuratorsStatementIsInTheCard()
    {
        File.WriteAllText(Path.Combine(_dataset.Folder, "STATEMENT.md"), "Chosen by hand.\r\n");
        _dataset.Properties["DatasetStatement"] = "STATEMENT.md";
        _dataset.Build();
        Assert.Contains("## Data statement\n\nChosen by hand.\n\n- **Selection.** 2 of 3 documents of 2 inputs", Card(), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_dataset.Folder, "STATEMENT.md"), "Chosen by dice.");
        Assert.True(_dataset.Build().Written);
        Assert.Contains("Chosen by dice.", Card(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DatasetUrl", "example")]
    [InlineData("DatasetDatePublished", "1.12.2026")]
    [InlineData("DatasetStatement", "nowhere.md")]
    public void AWrongDescriptionIsNamed(string property, string value)
    {
        _dataset.Properties[property] = value;
        PlanException exception = Assert.Throws<PlanException>(() => _dataset.Build());
        Assert.Equal("DB5040", exception.Code);
        Assert.Contains(property, exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_dataset.OutputFolder));
    }

    [Theory]
    [InlineData("parquet", "column", "id")]
    [InlineData("jsonl.zst", "jsonPath", "$.id")]
    public void CroissantHasWhatTheFormatRequires(string format, string extract, string value)
    {
        _dataset.Format = format;
        _dataset.Properties["DatasetDescription"] = "Two inputs.";
        _dataset.Properties["DatasetLicense"] = "CC-BY-4.0";
        _dataset.Properties["DatasetUrl"] = "https://example.org/data";
        _dataset.Properties["DatasetCreator"] = "Ada";
        _dataset.Properties["DatasetDatePublished"] = "2026-11-30";
        _dataset.Properties["DatasetVersion"] = "1.2.3";
        _dataset.Build();
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_dataset.OutputFolder, "croissant.json")));
        JsonElement root = document.RootElement;

        // Required of every dataset by version 1.1 of the format.
        Assert.Equal("sc:Dataset", root.GetProperty("@type").GetString());
        Assert.Equal("http://mlcommons.org/croissant/1.1", root.GetProperty("conformsTo").GetString());
        Assert.Equal("Two inputs.", root.GetProperty("description").GetString());
        Assert.Equal("https://spdx.org/licenses/CC-BY-4.0.html", root.GetProperty("license").GetString());
        Assert.Equal("Test", root.GetProperty("name").GetString());
        Assert.Equal("https://example.org/data", root.GetProperty("url").GetString());
        Assert.Equal("Ada", root.GetProperty("creator").GetProperty("name").GetString());
        Assert.Equal("2026-11-30", root.GetProperty("datePublished").GetString());

        // Every id is unique, every reference points to one, every digest is that of the file.
        Dictionary<string, JsonElement> files = root.GetProperty("distribution").EnumerateArray().ToDictionary(f => f.GetProperty("@id").GetString()!);
        Assert.All(files.Values, f =>
        {
            Assert.Equal("cr:FileObject", f.GetProperty("@type").GetString());
            byte[] bytes = File.ReadAllBytes(Path.Combine(_dataset.OutputFolder, f.GetProperty("contentUrl").GetString()!));
            Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), f.GetProperty("sha256").GetString());
            Assert.Equal($"{bytes.Length} B", f.GetProperty("contentSize").GetString());
        });
        Assert.Equal(format == "parquet" ? "application/x-parquet" : "application/zstd", files.Single(f => f.Key.StartsWith("data/", StringComparison.Ordinal)).Value.GetProperty("encodingFormat").GetString());
        Assert.Equal("application/x-parquet", files["verdicts.parquet"].GetProperty("encodingFormat").GetString());
        Assert.Equal("text/markdown", files["README.md"].GetProperty("encodingFormat").GetString());
        JsonElement records = Assert.Single(root.GetProperty("recordSet").EnumerateArray());
        JsonElement[] fields = [.. records.GetProperty("field").EnumerateArray()];
        Assert.Equal(fields.Length, fields.Select(f => f.GetProperty("@id").GetString()).Distinct().Count());
        Assert.All(fields, f => Assert.True(files.ContainsKey(f.GetProperty("source").GetProperty("fileObject").GetProperty("@id").GetString()!)));
        Assert.Equal(fields[0].GetProperty("@id").GetString(), records.GetProperty("key").GetProperty("@id").GetString());
        Assert.Equal(value, fields[0].GetProperty("source").GetProperty("extract").GetProperty(extract).GetString());

        // Every term that is used is one of the context's, of schema.org (@vocab), or a keyword.
        JsonElement context = root.GetProperty("@context");
        foreach (string term in new[] { "recordSet", "field", "source", "extract", "fileObject", "dataType", extract })
        {
            Assert.True(context.TryGetProperty(term, out _), term);
        }
    }

    [Fact]
    public void ChecksumsAreThoseOfTheFiles()
    {
        _dataset.Build();
        string[] lines = File.ReadAllLines(Path.Combine(_dataset.OutputFolder, "SHA256SUMS"));
        Assert.Equal(["README.md", "croissant.json", "data/train-00000-of-00001.jsonl", "verdicts.parquet"], lines.Select(l => l[66..]));
        Assert.All(lines, l => Assert.Equal(l[..64], Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(_dataset.OutputFolder, l[66..]))))));
    }

    [Fact]
    public void SizesAreThoseOfTheValues()
    {
        _dataset.Build();
        Manifest manifest = Manifest.TryLoad(Path.Combine(_dataset.OutputFolder, "manifest.json"))!;
        Assert.Equal(32, manifest.TextBytes);
        Assert.Equal([18L, 14L], manifest.Inputs.Select(i => i.TextBytes));

        // Two rows of five strings: id, url, date (missing), source, text; four bytes of offset each.
        long expected = (2 * 5 * 4) + "a1".Length + "https://a1.example/".Length + "crawl/a.jsonl".Length + 18 + "b1".Length + "https://b1.example/".Length + "crawl/b.jsonl".Length + 14;
        Assert.Equal(expected, manifest.ValueBytes);
        Assert.Contains($"num_bytes: {expected}\n", Card(), StringComparison.Ordinal);
    }

    private string Card() => File.ReadAllText(Path.Combine(_dataset.OutputFolder, "README.md"));
}
