using System.Text.RegularExpressions;
using DataBuild.Stages.Deduplicate;
using DataBuild.Tests;

namespace DataBuild.Stages.Tests.Deduplicate;

/// <summary>
/// BFF's <c>old-both</c> on real texts (licences, which repeat each other) against its definition (revbucket/bff, <c>src/main.rs</c>) written down anew: words by an expression in place
/// of the word breaker, a set of strings in place of the filter.
/// </summary>
public sealed partial class BffDifferentialTests
{
    [Theory]
    [InlineData(13, 13, .8)]
    [InlineData(13, 13, .3)]
    [InlineData(5, 13, .8)]
    [InlineData(1, 3, .5)]
    public void Paragraphs_and_documents_go_as_the_definition_says(int min, int max, double threshold)
    {
        Row[] rows = [.. Documents().Select((text, i) => new Row($"{i:D4}", text))];
        BffDedup stage = new() { MinNgram = min, MaxNgram = max, MaxKnown = threshold, FalsePositiveRate = 1e-9 };
        BffOutcome[] outcomes = CorpusInMemory.Run(stage, rows, 3);
        string[] expected = [.. Reference(rows.Select(r => r.Text), min, max, threshold)];
        Assert.Equal(expected.Select(t => t.Trim()), outcomes.Select(o => o.Text!.Trim()));

        // All three ends are met: texts that stay, texts that lose something, and texts that go.
        Assert.Contains(rows.Zip(expected), p => p.First.Text == p.Second);
        Assert.Contains(expected, t => t.Length == 0);
        Assert.Contains(rows.Zip(expected), p => p.Second.Length > 0 && p.Second.Length < p.First.Text.Length);
    }

    // Paragraphs of several lines each become one; every text comes again in parts, with parts of the next, and with much that is new.
    private static IEnumerable<string> Documents()
    {
        string[][] texts = [.. Directory.EnumerateFiles(Path.Combine(TestPaths.RepositoryRoot, "example-datasets/Kl3m/crawl"), "*.txt").Order(StringComparer.Ordinal)
            .Select(f => BlankLines().Split(File.ReadAllText(f).ReplaceLineEndings("\n")).Select(p => Spaces().Replace(p, " ").Trim()).Where(p => p.Length > 0 && p.All(char.IsAscii)).Take(60).ToArray())];
        for (int i = 0; i < texts.Length; i++)
        {
            string[] text = texts[i];
            string[] next = texts[(i + 1) % texts.Length];
            yield return string.Join('\n', text);
            yield return string.Join(' ', Enumerable.Range(0, 30).Select(w => $"v{i}x{w}"));
            yield return string.Join('\n', text.Take(5).Concat(next.Skip(5).Take(20)));
            yield return string.Join('\n', text.Where((_, p) => p % 3 == 0));
            yield return string.Join('\n', next.Skip(2).Take(6).Select(p => p + " And a few words of its own, once more in each.")) + "\n\nA last line.";
            yield return string.Join('\n', text.Take(4).Concat(Enumerable.Range(0, 40).Select(p => string.Join(' ', Enumerable.Range(0, 20).Select(w => $"w{i}x{p}x{w}")))));
        }
    }

    private static IEnumerable<string> Reference(IEnumerable<string> texts, int min, int max, double threshold)
    {
        HashSet<string> seen = [];
        foreach (string text in texts)
        {
            string left = "";
            int contained = 0;
            int total = 0;
            string[] paragraphs = text.Split('\n');
            for (int p = 0; p < paragraphs.Length; p++)
            {
                string[] words = [.. Words().Matches(paragraphs[p]).Select(m => m.Value)];
                string[] grams = words.Length >= max ? [.. Enumerable.Range(0, words.Length - max + 1).Select(s => string.Join('\u0001', words.Skip(s).Take(max)))]
                    : words.Length >= min && words.Length > 0 ? [string.Join('\u0001', words)] : [];
                int found = grams.Count(seen.Contains);
                (contained, total) = (contained + found, total + grams.Length);

                // 0 of 0 is no number and so not larger.
                if ((double)found / grams.Length > threshold)
                {
                    continue;
                }

                seen.UnionWith(grams);
                left += (p == 0 ? "" : "\n") + paragraphs[p];
            }

            yield return (double)contained / total > threshold ? "" : left;
        }
    }

    // Word boundaries of Unicode Annex 29 for ASCII, white space left out; runs of full stops and of hyphens are one, as in WordIndex.
    [GeneratedRegex(@"[A-Za-z0-9_]+(?:(?:(?<=[A-Za-z])[.':](?=[A-Za-z])|(?<=[0-9])[.',;](?=[0-9]))[A-Za-z0-9_]+)*|\.+|-+|[^\sA-Za-z0-9_]", RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    [GeneratedRegex(@"\n[ \t]*\n", RegexOptions.CultureInvariant)]
    private static partial Regex BlankLines();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();
}
