using System.Text;
using CsCheck;
using DataBuild.Stages.Deduplicate;
using DataBuild.Tests;

namespace DataBuild.Stages.Tests.Deduplicate;

/// <summary>Whatever the text: no exception, nothing that is no text, no lost part.</summary>
public sealed class AnyTextTests
{
    private static readonly string[] Pieces = [".", "!", "。", " ", "\n", "\r", "\t", "a", "É", "한", "我", "\u0301", "0", "1.5", "😀", "\u00AD", "\"", ")"];

    private static readonly Gen<string> AnyText = Gen.OneOf(
        Gen.String,
        Gen.Int[0, 0x10FFFF].Array[0, 40].Select(codes => string.Concat(codes.Select(c => Rune.IsValid(c) ? new Rune(c).ToString() : "\uFFFD"))),
        Gen.Int[0, Pieces.Length - 1].Array[0, 60].Select(indexes => string.Concat(indexes.Select(i => Pieces[i]))));

    [Fact]
    public void Words_stand_in_order_in_the_source() =>
        AnyText.Sample(source =>
        {
            SimplifiedText text = new();
            text.Analyze(source);
            int end = 0;
            for (int i = 0; i < text.WordCount; i++)
            {
                Assert.InRange(text.SourceStarts[i], end, source.Length - 1);
                Assert.InRange(text.SourceEnds[i], text.SourceStarts[i] + 1, source.Length);
                Assert.DoesNotContain(' ', text.Word(i).ToString());
                end = text.SourceEnds[i];
            }

            Assert.Equal(text.WordCount == 0 ? [""] : [.. Enumerable.Range(0, text.WordCount).Select(i => text.Word(i).ToString())], text.Text.ToString().Split(' '));
        }, iter: 3000);

    [Fact]
    public void Simplified_text_is_simple() =>
        AnyText.Sample(source =>
        {
            SimplifiedText once = new(), twice = new();
            once.Analyze(source);
            twice.Analyze(once.Text.ToString());
            Assert.Equal(once.Text.ToString(), twice.Text.ToString());
        }, iter: 3000);

    [Fact]
    public void Sentences_cover_the_text() =>
        AnyText.Sample(source =>
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(source);
            PartList parts = new();
            SentenceSplitter.Split(utf8, parts);
            int end = 0;
            for (int i = 0; i < parts.Count; i++)
            {
                Assert.Equal(end, parts.Start(i));
                Assert.True(parts.End(i) > end);
                end = parts.End(i);
            }

            Assert.Equal(utf8.Length, end);
        }, iter: 3000);

    [Fact]
    public void Every_stage_takes_every_text() =>
        AnyText.Array[1, 6].Sample(texts => RunAll([.. texts.Select((t, i) => new Row($"doc{i}", t) { Url = t })]), iter: 25, threads: 1);

    [SkippableFact]
    public void Every_stage_takes_naughty_strings()
    {
        string[] files = Directory.GetFiles(TestPaths.Shared("data/conformance/blns"), "*.txt", SearchOption.AllDirectories);
        Row[] rows = [.. files.SelectMany(File.ReadAllLines).Select((line, i) => new Row($"doc{i}", line) { Url = line })];
        RunAll(rows);
    }

    private static void RunAll(Row[] rows)
    {
        foreach (bool isNormalized in new[] { false, true })
        {
            Assert.All(CorpusInMemory.Run(new ExactDedup { Normalized = isNormalized }, rows), o => Assert.True(o.ClusterSize > 0));
            CheckCuts(CorpusInMemory.Run(new ParagraphDedup { Normalized = isNormalized }, rows));
            CheckCuts(CorpusInMemory.Run(new SentenceDedup { Normalized = isNormalized, Span = 2 }, rows));
        }

        Assert.All(CorpusInMemory.Run(new UrlDedup(), rows), o => Assert.True(o.ClusterSize > 0));
        Assert.All(CorpusInMemory.Run(new MinHashDedup { Unit = ShingleUnit.Character, MinJaccard = 0.3 }, rows), o => Assert.True(o.ClusterSize > 0));
        CheckCuts(CorpusInMemory.Run(new SubstringDedup { MinLength = 3 }, rows));
        CheckCuts(CorpusInMemory.Run(new SubstringDedup { MinLength = 3, Unit = SubstringUnit.Byte, IsSortedAlways = true }, rows));

        void CheckCuts(CutOutcome[] outcomes)
        {
            for (int i = 0; i < rows.Length; i++)
            {
                string source = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(rows[i].Text));
                Assert.NotNull(outcomes[i].Text);
                Assert.True(outcomes[i].Removed > 0 || outcomes[i].Text == source);
                Assert.True(outcomes[i].Text!.Count(c => c == '\uFFFD') <= source.Count(c => c == '\uFFFD'));
            }
        }
    }
}
