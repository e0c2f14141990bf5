using System.IO.Compression;
using System.Text;
using System.Text.Json;
using CsCheck;
using DataBuild.Stages.Deduplicate;
using DataBuild.Tests;

namespace DataBuild.Stages.Tests.Deduplicate;

public sealed class PartDedupTests
{
    private static readonly ParagraphDedup Paragraphs = new() { Name = "paragraphs" };
    private static readonly SentenceDedup Sentences = new() { Name = "sentences" };

    [Theory]
    [InlineData(ParagraphIndex.Exact)]
    [InlineData(ParagraphIndex.Bloom)]
    public void The_first_occurrence_of_a_paragraph_stays(ParagraphIndex index)
    {
        Row[] rows =
        [
            new("b", "menu\nold news\nfooter\nmenu"),
            new("a", "menu\r\nfresh news\n\n\nfooter") { Score = 1 },
            new("c", "menu\nfooter"),
            new("d", "menu") { IsAlive = false },
        ];
        ParagraphDedup stage = Paragraphs with { Index = index, Priority = "score.value desc" };
        CutOutcome[] outcomes = CorpusInMemory.Run(stage, rows);
        Assert.Equal(["old news", "menu\r\nfresh news\n\n\nfooter", "", null], outcomes.Select(o => o.Text));
        Assert.Equal([3, 0, 2, 0], outcomes.Select(o => o.Removed));
        Assert.Equal([null, null, "duplicate_paragraphs", null], CorpusInMemory.Reasons(stage, outcomes));
        Assert.Equal(["duplicate_paragraphs", null, "duplicate_paragraphs", null], CorpusInMemory.Reasons(stage with { MinKept = 0.5 }, outcomes));
    }

    [Fact]
    public void Short_paragraphs_are_left_alone() =>
        Assert.Equal(["ab\nabcd", "ab"], CorpusInMemory.Run(Paragraphs with { MinLength = 3 }, [new("a", "ab\nabcd"), new("b", "ab\nabcd")]).Select(o => o.Text));

    [Fact]
    public void Simplified_paragraphs_are_compared_by_their_words() =>
        Assert.Equal(["Été 12!", "x"], CorpusInMemory.Run(Paragraphs with { Normalized = true }, [new("a", "Été 12!"), new("b", "ete 3\nx")]).Select(o => o.Text));

    [Fact]
    public void Paragraphs_are_those_of_a_dictionary_in_order_of_priority() =>
        Gen.Select(Lines, Gen.Int[1, 9], Gen.Int[1, 4], Gen.Bool).Sample((rows, shardRows, batchRows, isBloom) =>
        {
            ParagraphDedup stage = Paragraphs with { Priority = "score.value desc", Index = isBloom ? ParagraphIndex.Bloom : ParagraphIndex.Exact, FalsePositiveRate = 1e-12 };
            Dictionary<string, string?> found = ById(rows, CorpusInMemory.Run(stage, rows, shardRows, batchRows));
            HashSet<string> seen = [];
            foreach (Row row in rows.Where(r => r.IsAlive).OrderByDescending(r => r.Score ?? double.NegativeInfinity).ThenBy(r => r.Id, StringComparer.Ordinal))
            {
                List<string> kept = [];
                string[] lines = row.Text.Split('\n');
                foreach (string line in lines)
                {
                    if (line.Length == 0 || seen.Add(line))
                    {
                        kept.Add(line);
                    }
                }

                Assert.Equal((kept.Count == lines.Length ? row.Text : string.Join('\n', kept)).Trim('\n'), found[row.Id]!.Trim('\n'));
            }

            Assert.All(rows.Where(r => !r.IsAlive), r => Assert.Null(found[r.Id]));
        }, iter: 80, threads: 1);

    /// <summary>dolma, tests/data: documents and the paragraphs its deduper marks (dedupe-paragraphs), and the address it marks (dedupe-by-url).</summary>
    [SkippableFact]
    public void Marks_the_paragraphs_and_addresses_that_dolma_marks()
    {
        string folder = TestPaths.Shared("data/refs/dolma-tests-data");
        List<JsonElement> documents = ReadLines(Path.Combine(folder, "provided/deduper/documents/000.json.gz"));
        List<JsonElement> expected = ReadLines(Path.Combine(folder, "expected/dedupe-paragraphs.json.gz"));
        List<JsonElement> expectedUrls = ReadLines(Path.Combine(folder, "expected/dedupe-by-url.json.gz"));
        Row[] rows = [.. documents.Select(d => new Row(d.GetProperty("id").GetString()!, d.GetProperty("text").GetString()!) { Url = d.GetProperty("metadata").GetProperty("url").GetString()! })];
        CutOutcome[] outcomes = CorpusInMemory.Run(Paragraphs, rows);
        DuplicateOutcome[] urls = CorpusInMemory.Run(new UrlDedup { Name = "url" }, rows);
        int spans = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            Rune[] text = [.. rows[i].Text.EnumerateRunes()];
            StringBuilder kept = new();
            int copied = 0;
            foreach (JsonElement span in expected[i].GetProperty("attributes").GetProperty("bff_duplicate_paragraph_spans").EnumerateArray())
            {
                kept.AppendJoin("", text[copied..span[0].GetInt32()].Select(r => r.ToString()));
                copied = Math.Min(text.Length, span[1].GetInt32());
                spans++;
            }

            kept.AppendJoin("", text[copied..].Select(r => r.ToString()));
            Assert.Equal(kept.ToString().Trim(), outcomes[i].Text!.Trim());
            Assert.Equal(expectedUrls[i].GetProperty("attributes").TryGetProperty("bff_duplicate_url", out _), urls[i].DuplicateOf is not null);
        }

        Assert.Equal(spans, outcomes.Sum(o => o.Removed));
        Assert.True(spans > 10);
    }

    [Fact]
    public void A_repeated_span_of_three_sentences_goes_and_shorter_repeats_stay()
    {
        const string Span = "One here. Two there! Three everywhere?";
        Row[] rows = [new("a", "Start. " + Span + " End."), new("b", "Other. " + Span.ToUpperInvariant() + " Last."), new("c", "One here. Two there! Nothing else. At all.")];
        CutOutcome[] outcomes = CorpusInMemory.Run(Sentences, rows);
        Assert.Equal([rows[0].Text, "Other. Last.", rows[2].Text], outcomes.Select(o => o.Text));
        Assert.Equal([0, 3, 0], outcomes.Select(o => o.Removed));
    }

    [Fact]
    public void A_kept_span_is_whole_also_where_its_copies_overlap_it()
    {
        CutOutcome[] outcomes = CorpusInMemory.Run(Sentences, [new("a", "Ha. Ha. Ha. Ha. Ha.")]);
        Assert.Equal("Ha. Ha. Ha.", Assert.Single(outcomes).Text);
    }

    [Theory]
    [InlineData("One. Two! Three? Four", "One. |Two! |Three? |Four")]
    [InlineData("He said \"no.\" Then left.", "He said \"no.\" |Then left.")]
    [InlineData("Version 3.5 is out", "Version 3.5 is out")]
    [InlineData("line\nline\n\nend", "line\n|line\n\n|end")]
    [InlineData("你好。再见！走", "你好。|再见！|走")]
    [InlineData("Wait... what?! Yes.", "Wait... |what?! |Yes.")]
    [InlineData("", "")]
    public void Sentences_end_at_marks_before_white_space(string text, string expected)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        PartList parts = new();
        SentenceSplitter.Split(utf8, parts);
        Assert.Equal(expected, string.Join('|', Enumerable.Range(0, parts.Count).Select(i => Encoding.UTF8.GetString(utf8[parts.Start(i)..parts.End(i)]))));
    }

    [Fact]
    public void Order_of_documents_makes_no_difference() =>
        Gen.Select(Lines, Gen.Int, Gen.Int[1, 9]).Sample((rows, seed, shardRows) =>
        {
            Row[] shuffled = [.. rows];
            new Random(seed).Shuffle(shuffled);
            foreach (CorpusStage<PartFigures, CutOutcome> stage in new CorpusStage<PartFigures, CutOutcome>[] { Paragraphs, Paragraphs with { Index = ParagraphIndex.Bloom, FalsePositiveRate = 0.3 }, Sentences with { Span = 2 } })
            {
                Dictionary<string, string?> expected = ById(rows, CorpusInMemory.Run(stage, rows));
                Dictionary<string, string?> found = ById(shuffled, CorpusInMemory.Run(stage, shuffled, shardRows, 2));
                Assert.Equal(expected.OrderBy(p => p.Key, StringComparer.Ordinal), found.OrderBy(p => p.Key, StringComparer.Ordinal));
            }
        }, iter: 30, threads: 1);

    [Theory]
    [InlineData(1000, 0.01)]
    [InlineData(20_000, 0.001)]
    [InlineData(65_536, 0.05)]
    public void The_error_of_a_filter_is_the_stated_one(int count, double rate)
    {
        BloomFilter filter = new(count, rate);
        Random random = new(count);
        for (int i = 0; i < count; i++)
        {
            filter.Add((ulong)random.NextInt64());
        }

        ulong[] digests = [.. Enumerable.Range(0, count).Select(_ => (ulong)random.NextInt64())];
        BloomFilter again = new(count, rate);
        Assert.All(digests, d => { again.Add(d); Assert.True(again.Add(d)); });

        // Each probe of a new digest adds it too, so a few hundred probes keep the filter as full as it was.
        int probes = Math.Min(500, count / 4);
        int wrong = 0;
        for (int round = 0; round < 20; round++)
        {
            BloomFilter full = new(count, rate);
            for (int i = 0; i < count - probes; i++)
            {
                full.Add((ulong)random.NextInt64());
            }

            for (int i = 0; i < probes; i++)
            {
                wrong += full.Add((ulong)random.NextInt64()) ? 1 : 0;
            }
        }

        double expected = rate * probes * 20;
        Assert.InRange(wrong, 0, expected + (5 * Math.Sqrt(expected)) + 1);
    }

    private static Gen<Row[]> Lines => Gen.Select(Gen.Int[1, 25], Gen.Int).Select((count, seed) =>
    {
        Random random = new(seed);
        return Enumerable.Range(0, count).Select(i => new Row($"doc{i:D2}", string.Join('\n', Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(5) == 0 ? "" : $"line {random.Next(12)}. é{random.Next(2)}.")))
        {
            Score = random.Next(3) == 0 ? null : random.Next(3),
            IsAlive = random.Next(8) > 0,
        }).ToArray();
    });

    private static Dictionary<string, string?> ById(Row[] rows, CutOutcome[] outcomes) =>
        rows.Zip(outcomes).ToDictionary(p => p.First.Id, p => p.Second.Text, StringComparer.Ordinal);

    private static List<JsonElement> ReadLines(string path)
    {
        using GZipStream stream = new(File.OpenRead(path), CompressionMode.Decompress);
        using StreamReader reader = new(stream);
        List<JsonElement> lines = [];
        while (reader.ReadLine() is { } line)
        {
            lines.Add(JsonSerializer.Deserialize<JsonElement>(line));
        }

        return lines;
    }
}
