using System.Text.Json;
using DataBuild.Stages.Generate;

namespace DataBuild.Tests.Generate;

/// <summary>
/// Chunks, cleaning and merging. Cases from NeMo Curator 1e2e4275e (Apache-2.0): tests/stages/math_stages/modifiers/test_chunking.py, test_llm_cleanup.py, test_merge_chunks.py.
/// </summary>
public sealed class LlmCleanTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-clean").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(100, "Short text here", "Short text here")]
    [InlineData(100, "First paragraph.\n\nSecond paragraph.", "First paragraph.\n\nSecond paragraph.")]
    [InlineData(5, "Paragraph one.\n\nParagraph two.\n\nParagraph three.\n\nParagraph four.", "Paragraph one.\n\nParagraph two.\n\n|Paragraph three.\n\nParagraph four.")]
    [InlineData(5, "Para one.\n\nPara two.\n\nPara three.\n\nPara four.\n\nPara five.", "Para one.\n\nPara two.\n\n|Para three.\n\nPara four.\n\n|Para five.")]
    [InlineData(2, "a b c d e\n\nf", "a b c d e\n\n|f")]
    [InlineData(100, "", "")]
    [InlineData(100, "   \n\n   \n\n   ", "")]
    public void TextsAreCutAtParagraphs(int max, string text, string expected) =>
        Assert.Equal(expected, string.Join('|', new ParagraphChunker(Words, max).Cut(text).Select(c => c.Text)));

    [Fact]
    public void ASeparatorMayBeChosenAndTokensAreCounted()
    {
        Assert.Equal(
            [new TextChunk("Line one\nLine two\n", 4), new TextChunk("Line three\nLine four", 4)],
            new ParagraphChunker(Words, 5, "\n").Cut("Line one\nLine two\nLine three\nLine four"));
        Assert.Equal([new TextChunk("Some text here", 3)], new ParagraphChunker(Words, 100).Cut("Some text here"));
    }

    [Theory]
    [InlineData(100, 1000, false)]
    [InlineData(799, 1000, false)]
    [InlineData(800, 1000, true)]
    [InlineData(900, 1000, true)]
    [InlineData(13106, 16384, false)]
    [InlineData(13107, 16384, true)]
    public void ChunksOfFourFifthsOfTheWindowAreTooLong(int tokens, int window, bool tooLong) => Assert.Equal(tooLong, LlmCleanStage.IsTooLong(tokens, window));

    [Fact]
    public void ChunksAreMergedInOrder()
    {
        Assert.Equal("A0\nA1\nA2", Merge((0, "A0"), (1, "A1"), (2, "A2")));
        Assert.Equal("C0\nC1\nC2", Merge((2, "C2"), (0, "C0"), (1, "C1")));
        Assert.Equal("C0\nC1-first\nC2", Merge((0, "C0"), (1, "C1-first"), (1, "C1-dup"), (2, "C2")));
    }

    [Fact]
    public void ChunksWithoutContentAreLeftOut()
    {
        Assert.Equal("Good text", Merge((0, "Good text"), (1, "NO USEFUL CONTENT"), (2, "\"NO USEFUL CONTENT\"")));
        Assert.Equal("Keep this", Merge((0, "Keep this"), (1, null), (2, ""), (3, "\n")));
        Assert.Null(Merge((0, "NO USEFUL CONTENT"), (1, ""), (2, null)));
    }

    [Fact]
    public void AMergedTextMayBeTooLongAndTheSeparatorChosen()
    {
        string text = new('x', 500);
        ChunkMerge merge = new() { MaxLength = 1000 };
        Assert.Null(merge.Merge([new(0, text), new(1, text), new(2, text)]).Text);
        Assert.Equal("short", merge.Merge([new(0, "short")]).Text);
        Assert.Equal("Part1\n\nPart2", new ChunkMerge { Separator = "\n\n" }.Merge([new(0, "Part1"), new(1, "Part2")]).Text);
    }

    [Fact]
    public void TokensAreAddedUp()
    {
        CleanedChunk merged = new ChunkMerge().Merge([new(0, "C0", 50, 100), new(1, "C1", 80, 200), new(2, "C2", 70, 150)]);
        Assert.Equal((450, 200), (merged.OutputTokens, merged.InputTokens));
    }

    [Fact]
    public void DocumentsAreCleanedChunkByChunk()
    {
        using ScriptedServer server = new((_, body) =>
        {
            string text = JsonDocument.Parse(body).RootElement.GetProperty("messages")[1].GetProperty("content").GetString()!;
            return text.Contains("menu", StringComparison.Ordinal) ? ScriptedReply.Answer("NO USEFUL CONTENT") : ScriptedReply.Answer("Cleaned: " + text.Trim());
        });
        LlmCleanStage stage = new()
        {
            Name = "llmClean",
            Prompt = "Clean this.",
            Endpoint = server.Address.ToString(),
            EndpointModel = "m",
            ChunkTokens = 8,
            MaxModelTokens = 20,
            Temperature = 0.7,
            TopP = 0.8,
            TopK = 20,
            MinP = 0,
        };
        string tooLong = string.Join(' ', Enumerable.Repeat("word", 20));
        IReadOnlyList<StageResult> results = StageRun.On(
            stage,
            [
                Document.Create("The menu of the page\n\nOriginal text stands here.\n\nAnd so does more of it."),
                Document.Create("menu only"),
                Document.Create(tooLong),
                Document.Create($"{tooLong}\n\nThe rest is short."),
            ],
            new StageContext(_folder, _folder));
        Assert.Equal([null, "no_useful_content", "chunks_too_long", null], results.Select(r => r.Verdict.Reason));
        Assert.Equal("Cleaned: Original text stands here.\nCleaned: And so does more of it.", results[0].Columns["text"]);
        Assert.Equal(("3", "1", "0"), (results[0].Columns[".chunks"], results[0].Columns[".empty"], results[0].Columns[".tooLong"]));
        Assert.Equal(("Cleaned: The rest is short.", "1"), (results[3].Columns["text"], results[3].Columns[".tooLong"]));
    }

    private static int Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;

    private static string? Merge(params (int Chunk, string? Text)[] chunks) => new ChunkMerge().Merge(chunks.Select(c => new CleanedChunk(c.Chunk, c.Text))).Text;
}
