using System.Text;
using CsCheck;
using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Tests.Deduplicate;

public sealed class SubstringDedupTests
{
    private static readonly SubstringDedup Stage = new() { Name = "substrings" };

    [Fact]
    public void Suffixes_are_in_order_and_share_what_they_are_said_to() =>
        Gen.Select(Gen.Int[1, 4].SelectMany(k => Gen.Int[0, k - 1].Array[0, 60]), Gen.Int[0, 0]).Sample((text, _) =>
        {
            int[] suffixes = SuffixArray.Build(text, 4);
            int[] expected = [.. Enumerable.Range(0, text.Length).OrderBy(i => new string([.. text.Skip(i).Select(v => (char)('a' + v))]), StringComparer.Ordinal)];
            Assert.Equal(expected, suffixes);
            int[] common = SuffixArray.CommonPrefixes(text, suffixes);
            for (int i = 1; i < suffixes.Length; i++)
            {
                Assert.Equal(text.Skip(suffixes[i - 1]).Zip(text.Skip(suffixes[i])).TakeWhile(p => p.First == p.Second).Count(), common[i]);
            }
        }, iter: 2000);

    [Fact]
    public void Suffixes_of_a_long_periodic_text_are_in_order()
    {
        int[] text = [.. Enumerable.Range(0, 20_000).Select(i => i % 7 == 3 ? 1 : i % 2)];
        int[] suffixes = SuffixArray.Build(text, 2);
        int[] common = SuffixArray.CommonPrefixes(text, suffixes);
        Assert.Equal(Enumerable.Range(0, text.Length), suffixes.Order());
        for (int i = 1; i < suffixes.Length; i++)
        {
            int a = suffixes[i - 1] + common[i], b = suffixes[i] + common[i];
            Assert.True(a == text.Length || (b < text.Length && text[a] < text[b]));
        }
    }

    [Theory]
    [InlineData(KeptCopies.One)]
    [InlineData(KeptCopies.None)]
    public void A_repeated_passage_goes(KeptCopies copies)
    {
        const string Passage = "the quick brown fox jumps over the lazy dog and runs away";
        Row[] rows = [new("a", "First: " + Passage + ", then more."), new("b", "Second;  " + Passage.Replace(" ", "\n", StringComparison.Ordinal) + " END"), new("c", "the quick brown fox")];
        CutOutcome[] outcomes = CorpusInMemory.Run(Stage with { MinLength = 8, Copies = copies }, rows);
        Assert.Equal([copies == KeptCopies.One ? rows[0].Text : "First: , then more.", "Second;   END", rows[2].Text], outcomes.Select(o => o.Text));
        Assert.Equal(12, outcomes[1].Removed);
    }

    [Fact]
    public void A_document_of_nothing_else_goes()
    {
        Row[] rows = [new("a", string.Join(' ', Enumerable.Range(0, 60).Select(i => $"w{i}"))), new("b", string.Join(' ', Enumerable.Range(2, 55).Select(i => $"w{i}")))];
        CutOutcome[] outcomes = CorpusInMemory.Run(Stage, rows);
        Assert.Equal([null, "duplicate_substrings"], CorpusInMemory.Reasons(Stage, outcomes));
    }

    [Theory]
    [InlineData(SubstringUnit.Token, 49, false)]
    [InlineData(SubstringUnit.Token, 50, true)]
    [InlineData(SubstringUnit.Byte, 49, false)]
    [InlineData(SubstringUnit.Byte, 50, true)]
    public void Fifty_tokens_or_bytes_are_the_least_that_is_cut(SubstringUnit unit, int length, bool isCut)
    {
        string passage = unit == SubstringUnit.Byte
            ? string.Concat(Enumerable.Range(0, length).Select(i => (char)('A' + ((i * 7) % 50))))
            : string.Join(' ', Enumerable.Range(0, length).Select(i => $"w{i}"));
        Row[] rows = [new("a", $"1 {passage} 2"), new("b", $"3;{passage};4")];
        CutOutcome[] outcomes = CorpusInMemory.Run(Stage with { Unit = unit }, rows);

        // Of bytes, the same blank or mark beside the passage would make it longer: they differ here.
        Assert.Equal([rows[0].Text, isCut ? "3;;4" : rows[1].Text], outcomes.Select(o => o.Text));
        Assert.Equal(isCut ? length : 0, outcomes[1].Removed);
    }

    [Fact]
    public void A_passage_of_bytes_that_begins_and_ends_within_characters_is_cut_between_them()
    {
        // é and è share their first byte, 漢 and 中 none: what is common to a and b begins and ends within a character.
        string shared = new string('中', 20);
        Row[] rows = [new("a", "é" + shared + "é"), new("b", "è" + shared + "è"), new("c", "漢" + shared + "丮")];
        CutOutcome[] outcomes = CorpusInMemory.Run(Stage with { Unit = SubstringUnit.Byte }, rows);
        Assert.Equal([rows[0].Text, "èè", "漢丮"], outcomes.Select(o => o.Text));
    }

    [Theory]
    [InlineData("", "a")]
    [InlineData("score.value desc", "b")]
    [InlineData("text_length desc", "c")]
    [InlineData("date asc", "b")]
    public void The_declared_priority_says_where_the_passage_stays(string priority, string kept)
    {
        string passage = string.Join(' ', Enumerable.Range(0, 60).Select(i => $"w{i}"));
        Row[] rows =
        [
            new("a", passage + ".") { Score = 1, Date = "2026-02-01" }, new("b", passage + "!") { Score = 2, Date = "2026-01-01" },
            new("c", passage + ": and more of it") { Score = 0, Date = "2026-03-01" },
        ];
        CutOutcome[] outcomes = CorpusInMemory.Run(Stage with { Priority = priority }, rows);
        Assert.Equal(kept, rows[Array.FindIndex(outcomes, o => o.Removed == 0)].Id);
        Assert.Equal(1, outcomes.Count(o => o.Removed == 0));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(0.4, null)]
    [InlineData(0.6, "duplicate_substrings")]
    public void What_is_left_of_a_document_decides_whether_it_stays(double minKept, string? reason)
    {
        // The passage of 60 tokens is 229 bytes with its blanks, what is left of the second document as many.
        string passage = string.Join(' ', Enumerable.Range(0, 60).Select(i => $"w{i}"));
        string other = string.Join(' ', Enumerable.Range(100, 58).Select(i => $"v{i}"));
        CutOutcome[] outcomes = CorpusInMemory.Run(Stage, [new("a", passage), new("b", passage + " " + other)]);
        Assert.Equal([null, reason], CorpusInMemory.Reasons(Stage with { MinKept = minKept }, outcomes));
    }

    [Theory]
    [InlineData(SubstringUnit.Byte, false)]
    [InlineData(SubstringUnit.Byte, true)]
    [InlineData(SubstringUnit.Token, false)]
    [InlineData(SubstringUnit.Token, true)]
    public void Cuts_are_those_of_all_windows_compared(SubstringUnit unit, bool onDisk) =>
        Gen.Select(Documents, Gen.Int[2, 9], Gen.Int[1, 9], Gen.Bool).Sample((rows, length, shardRows, keepsOne) =>
        {
            SubstringDedup stage = Stage with { Unit = unit, MinLength = length, Copies = keepsOne ? KeptCopies.One : KeptCopies.None, Priority = "score.value desc", IsSortedAlways = onDisk, Memory = 1 };
            CutOutcome[] outcomes = CorpusInMemory.Run(stage, rows, shardRows);
            string[] expected = Naive(rows, unit, length, keepsOne);
            for (int i = 0; i < rows.Length; i++)
            {
                Assert.Equal(rows[i].IsAlive ? expected[i] : null, outcomes[i].Text);
                Assert.DoesNotContain('\uFFFD', outcomes[i].Text ?? "");
            }
        }, iter: 60, threads: 1);

    private static Gen<Row[]> Documents => Gen.Select(Gen.Int[1, 8], Gen.Int).Select((count, seed) =>
    {
        Random random = new(seed);
        string[] pieces = ["a", "b", "é", "我", "😀", " ", "ab ", "è", "戒", "."];
        List<string> texts = [];
        for (int i = 0; i < count; i++)
        {
            StringBuilder text = new();
            for (int part = random.Next(6); part > 0; part--)
            {
                if (texts.Count > 0 && random.Next(2) == 0)
                {
                    Rune[] other = [.. texts[random.Next(texts.Count)].EnumerateRunes()];
                    int start = random.Next(other.Length + 1);
                    text.AppendJoin("", other[start..random.Next(start, other.Length + 1)].Select(r => r.ToString()));
                }
                else
                {
                    text.AppendJoin("", Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
                }
            }

            texts.Add(text.ToString());
        }

        return texts.Select((t, i) => new Row($"doc{i}", t) { Score = random.Next(3), IsAlive = random.Next(8) > 0 }).ToArray();
    });

    private static string[] Naive(Row[] rows, SubstringUnit unit, int length, bool keepsOne)
    {
        byte[][] texts = [.. rows.Select(r => Encoding.UTF8.GetBytes(r.Text))];
        (int Start, int End)[][] parts = [.. texts.Select(t => unit == SubstringUnit.Byte ? [.. Enumerable.Range(0, t.Length).Select(i => (i, i + 1))] : Tokens(t))];
        int[] order = [.. Enumerable.Range(0, rows.Length).Where(i => rows[i].IsAlive).OrderByDescending(i => rows[i].Score).ThenBy(i => rows[i].Id, StringComparer.Ordinal)];
        Dictionary<string, List<(int Row, int Position)>> windows = [];
        foreach (int row in order)
        {
            for (int i = 0; i + length <= parts[row].Length; i++)
            {
                string key = string.Join('/', parts[row].Skip(i).Take(length).Select(p => Convert.ToHexString(texts[row][p.Start..p.End])));
                (windows.TryGetValue(key, out List<(int, int)>? list) ? list : windows[key] = []).Add((row, i));
            }
        }

        bool[][] removed = [.. parts.Select(p => new bool[p.Length])];
        bool[][] kept = [.. parts.Select(p => new bool[p.Length])];
        foreach (List<(int Row, int Position)> group in windows.Values.Where(g => g.Count > 1))
        {
            for (int i = 0; i < group.Count; i++)
            {
                bool[] target = (i == 0 && keepsOne ? kept : removed)[group[i].Row];
                target.AsSpan(group[i].Position, length).Fill(true);
            }
        }

        return [.. rows.Select((_, row) =>
        {
            List<(int Start, int End)> ranges = [];
            for (int i = 0; i < parts[row].Length; i++)
            {
                if (removed[row][i] && !kept[row][i])
                {
                    int start = i;
                    while (i + 1 < parts[row].Length && removed[row][i + 1] && !kept[row][i + 1])
                    {
                        i++;
                    }

                    ranges.Add((parts[row][start].Start, parts[row][i].End));
                }
            }

            // Byte by byte: a byte goes when its whole character lies in a range.
            List<byte> left = [];
            bool isCut = false;
            int at = 0;
            foreach (Rune rune in rows[row].Text.EnumerateRunes())
            {
                int end = at + rune.Utf8SequenceLength;
                if (ranges.Any(r => r.Start <= at && end <= r.End))
                {
                    isCut = true;
                }
                else
                {
                    left.AddRange(texts[row][at..end]);
                }

                at = end;
            }

            string text = Encoding.UTF8.GetString([.. left]);
            return isCut ? text.Trim() : text;
        })];
    }

    private static (int Start, int End)[] Tokens(byte[] text)
    {
        List<(int Start, int End)> tokens = [];
        int at = 0;
        bool isOpen = false;
        foreach (Rune rune in Encoding.UTF8.GetString(text).EnumerateRunes())
        {
            int end = at + rune.Utf8SequenceLength;
            if (rune.Value is 'a' or 'b' or 'é' or 'è')
            {
                tokens.Add(isOpen ? (tokens[^1].Start, end) : (at, end));
                tokens.RemoveRange(tokens.Count - (isOpen ? 2 : 1), isOpen ? 1 : 0);
                isOpen = true;
            }
            else
            {
                isOpen = false;
                if (!Rune.IsWhiteSpace(rune))
                {
                    tokens.Add((at, end));
                }
            }

            at = end;
        }

        return [.. tokens];
    }
}
