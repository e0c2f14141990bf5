using System.Text.Json;

namespace DataBuild.EndToEnd.Tests;

/// <summary>Recipes and stages that make files, by real builds.</summary>
public sealed class RecipeTests
{
    [Fact]
    public void Kl3m_trains_a_tokenizer_of_characters_and_encodes_with_it()
    {
        using DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            """);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 40));

        BuildResult result = project.Build("-p:DataBuildRecipe=Kl3mCharacter").AssertSucceeded();

        result.AssertStage("TrainTokenizer", computed: 1, merged: true);
        Assert.Equal(["tokenizer-4096.json", "tokenizer-8192.json", "tokenizer.json"], Files(project, "tokenizer"));
        using JsonDocument tokenizer = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(project.Output, "tokenizer", "tokenizer.json")));
        Assert.Equal("<|start|>", tokenizer.RootElement.GetProperty("added_tokens")[0].GetProperty("content").GetString());

        // No token of more than three bytes, each written as one character.
        Assert.All(tokenizer.RootElement.GetProperty("model").GetProperty("merges").EnumerateArray(), m => Assert.InRange(m[0].GetString()!.Length + m[1].GetString()!.Length, 2, 3));
        Assert.True(new FileInfo(Path.Combine(project.Output, "tokens", "train.bin")).Length > 40 * 200);
        project.Build("-p:DataBuildRecipe=Kl3mCharacter").AssertSucceeded().AssertUpToDate("Tiny");
    }

    [Theory]
    [InlineData("Kl3m", "Kl3mVocabularySize", 8192)]
    [InlineData("Kl3mUncased", "Kl3mVocabularySize", 8192)]
    [InlineData("Supertokens", "SupertokensVocabularySize", 1024)]
    public void Recipes_of_text_train_report_and_encode(string recipe, string property, int size)
    {
        using DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            """);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 40));
        project.Build($"-p:DataBuildRecipe={recipe}", $"-p:{property}={size}").AssertSucceeded().AssertStage("TokenizerReport", computed: 1, merged: true);
        Assert.Equal(["report.json", "report.md"], Files(project, "tokenizerReport"));
        string report = File.ReadAllText(Path.Combine(project.Output, "tokenizerReport", "report.md"));
        Assert.Contains(recipe == "Supertokens" ? "| @supertokens | 1024 | all |" : "| @tokenizer | 8192 | all |", report, StringComparison.Ordinal);
        Assert.Equal(["train.bin", "train.idx"], Files(project, "tokens"));
    }

    [Fact]
    public void Binary_bpe_reads_executables()
    {
        using DatasetProject project = new DatasetProject().WithItems("""<Crawl Include="crawl/*" />""");
        foreach (string name in new[] { "DataBuild.EndToEnd.Tests.dll", "xunit.assert.dll" })
        {
            project.Write("crawl/" + name, File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, name)));
        }

        project.Build("-p:DataBuildRecipe=BinaryBpe", "-p:BinaryBpeVocabularySize=1024", "-p:BinaryBpeFamily=512").AssertSucceeded();

        Assert.Equal(["tokenizer-512.json", "tokenizer.json"], Files(project, "tokenizer"));
        Assert.Equal(["train.bin", "train.idx"], Files(project, "tokens"));
    }

    [Fact]
    public void A_classifier_is_trained_on_labelled_inputs_and_scores_them()
    {
        using DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/a.warc.gz" DocumentLabel="first" />
            <Crawl Include="crawl/b.jsonl" LabelField="kind" />
            <Stage Include="Extract" />
            <Stage Include="TrainClassifier" Buckets="4096" Labels="second;first" TestShare="0.2" />
            <Stage Include="Score" Model="@classifier" MinScore="0.5" />
            """);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 20));
        project.Write("crawl/b.jsonl", string.Join('\n', Enumerable.Range(0, 20).Select(i => JsonSerializer.Serialize(new { id = $"b{i}", kind = "second", text = $"Ships sail at dawn with cargo number {i} of grain and wool." }))));

        StageCounts score = project.Build().AssertSucceeded().AssertStage("Score");

        Assert.Equal((40, 20, 20), (score.In, score.Kept, score.Dropped["score_too_low"]));
    }

    [Fact]
    public void A_recipe_that_is_not_there_is_named()
    {
        using DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            """);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 1));
        project.Build("-p:DataBuildRecipe=Kl4m").AssertFailed("DB0070");
    }

    private static string[] Files(DatasetProject project, string folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(project.Output, folder)).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
}
