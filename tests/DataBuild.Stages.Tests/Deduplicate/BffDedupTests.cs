using CsCheck;
using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Tests.Deduplicate;

public class BffDedupTests
{
    // Fifteen words: three 13-grams.
    private const string First = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen";
    private const string Second = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron";
    private static readonly BffDedup Stage = new() { FalsePositiveRate = 1e-9 };

    [Fact]
    public void A_paragraph_that_was_seen_goes_and_the_first_one_stays()
    {
        BffOutcome[] outcomes = CorpusInMemory.Run(Stage, [new Row("a", First), new Row("b", Second + "\n" + First), new Row("c", "short one")]);
        Assert.Equal((First, 3, 0), (outcomes[0].Text, outcomes[0].Ngrams, outcomes[0].KnownNgrams));

        // Three of six n-grams are known: a half, so the document stays.
        Assert.Equal((Second, 6, 3, 1), (outcomes[1].Text, outcomes[1].Ngrams, outcomes[1].KnownNgrams, outcomes[1].Removed));
        Assert.Equal(("short one", 0), (outcomes[2].Text, outcomes[2].Ngrams));
    }

    [Fact]
    public void The_document_goes_when_more_than_the_share_of_all_its_n_grams_is_known()
    {
        // Ten known n-grams in one paragraph of 22 words, two new ones in the other of 14: 10 of 12 is more than 0.8.
        string known = First + " " + string.Join(' ', Enumerable.Range(100, 7));
        string fresh = string.Join(' ', Enumerable.Range(200, 14));
        Row[] rows = [new Row("a", known), new Row("b", known + "\n" + fresh), new Row("c", fresh)];
        BffOutcome[] outcomes = CorpusInMemory.Run(Stage, rows);
        Assert.Equal(("", 12, 10), (outcomes[1].Text, outcomes[1].Ngrams, outcomes[1].KnownNgrams));
        Assert.Equal("duplicate_ngrams", CorpusInMemory.Reasons(Stage, outcomes)[1]);

        // The new paragraph of the removed document was added all the same, as there: c is known.
        Assert.Equal("duplicate_ngrams", CorpusInMemory.Reasons(Stage, outcomes)[2]);
        Assert.Equal(fresh, CorpusInMemory.Run(Stage with { Removal = BffRemoval.Paragraph }, rows)[1].Text);
    }

    [Fact]
    public void A_share_of_exactly_the_limit_stays()
    {
        // Seventeen words: five 13-grams; four of them come again in the second text.
        string seventeen = string.Join(' ', Enumerable.Range(0, 17));
        string sixteenAndOne = string.Join(' ', Enumerable.Range(0, 16)) + " other";
        BffOutcome[] outcomes = CorpusInMemory.Run(Stage, [new Row("a", seventeen), new Row("b", sixteenAndOne)]);
        Assert.Equal((5, 4, sixteenAndOne), (outcomes[1].Ngrams, outcomes[1].KnownNgrams, outcomes[1].Text));
        Assert.Equal("duplicate_ngrams", CorpusInMemory.Reasons(Stage with { MaxKnown = 0.79 }, CorpusInMemory.Run(Stage with { MaxKnown = 0.79 }, [new Row("a", seventeen), new Row("b", sixteenAndOne)]))[1]);
    }

    [Fact]
    public void A_short_paragraph_is_one_n_gram_where_it_may_be()
    {
        Row[] rows = [new Row("a", "only five words are here"), new Row("b", "only five words are here")];
        Assert.Equal("only five words are here", CorpusInMemory.Run(Stage, rows)[1].Text);
        Assert.Equal("duplicate_ngrams", CorpusInMemory.Reasons(Stage, CorpusInMemory.Run(Stage with { MinNgram = 5 }, rows))[1]);
    }

    [Fact]
    public void Priority_decides_which_document_comes_first()
    {
        Row[] rows = [new Row("a", First) { Score = 1 }, new Row("b", First) { Score = 2 }];
        Assert.Equal(["duplicate_ngrams", null], CorpusInMemory.Reasons(Stage, CorpusInMemory.Run(Stage with { Priority = "score.value desc" }, rows)));
        Assert.Equal([null, "duplicate_ngrams"], CorpusInMemory.Reasons(Stage, CorpusInMemory.Run(Stage, rows)));
    }

    [Fact]
    public void Limits_that_contradict_each_other_are_an_error() =>
        Assert.Equal("DB4160", Assert.Throws<StageException>(() => new BffDedup { MinNgram = 14 }.Initialize(new StageContext(".", "."))).Code);

    [Fact]
    public void It_does_what_a_loop_over_a_set_does_in_whatever_order_shards_come() =>
        Gen.Select(Gen.Int[0, 4].Array[0, 9].Array[0, 4].Array[1, 8], Gen.Int[1, 5]).Sample((documents, shardRows) =>
        {
            BffDedup stage = Stage with { MinNgram = 2, MaxNgram = 3, MaxKnown = 0.5 };
            Row[] rows = [.. documents.Select((d, i) => new Row($"{i:D3}", string.Join('\n', d.Select(p => string.Join(' ', p.Select(w => "w" + w))))))];
            BffOutcome[] outcomes = CorpusInMemory.Run(stage, rows, shardRows);
            Row[] backwards = [.. rows.Reverse()];
            Assert.Equal(outcomes, CorpusInMemory.Run(stage, backwards, 3).Reverse());

            HashSet<string> seen = [];
            for (int i = 0; i < rows.Length; i++)
            {
                int all = 0;
                int known = 0;
                foreach (int[] words in documents[i])
                {
                    int length = Math.Min(3, words.Length);
                    string[] grams = length < 2 ? [] : [.. Enumerable.Range(0, words.Length - length + 1).Select(s => string.Join(' ', words.Skip(s).Take(length)))];
                    int found = grams.Count(seen.Contains);
                    all += grams.Length;
                    known += found;
                    if (found <= 0.5 * grams.Length)
                    {
                        seen.UnionWith(grams);
                    }
                }

                Assert.Equal((all, known), (outcomes[i].Ngrams, outcomes[i].KnownNgrams));
                Assert.Equal(known > 0.5 * all, outcomes[i].Text!.Length == 0 && rows[i].Text.Trim().Length > 0 && known > 0.5 * all);
            }
        });
}
