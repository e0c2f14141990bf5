using DataBuild.Stages.Deduplicate;
using DataBuild.Stages.Filter;
using DataBuild.Stages.Refine;
using DataBuild.Stages.Tests.Deduplicate;

namespace DataBuild.Stages.Tests;

/// <summary>
/// What other systems get wrong, each fault as it was read in their sources or reported by their users, and that it does not happen here. Faults of builds
/// (keys made of paths, swallowed errors, lost state) have their tests with the engine: incremental builds, random histories, conservation, faults.
/// </summary>
public sealed class PeerFaultsTests
{
    // DataTrove's filter takes hash & size for the place: with a power of two for the size, two places are left.
    [Theory]
    [InlineData(1 << 10)]
    [InlineData(1 << 16)]
    public void A_bloom_filter_of_a_power_of_two_keeps_its_error(int capacity)
    {
        // The rate that makes the number of bits a power of two: 8 bits an element.
        BloomFilter filter = new(capacity, Math.Exp(-8 * Math.Log(2) * Math.Log(2)));
        Assert.True(System.Numerics.BitOperations.IsPow2(filter.ByteCount));
        for (int i = 0; i < capacity; i++)
        {
            _ = filter.Add(StableHash.Mix((ulong)i));
        }

        // Each probe adds what it asks for, so the error is counted on a tenth of the capacity.
        int wrong = Enumerable.Range(0, capacity / 10).Count(i => filter.Add(StableHash.Mix((ulong)(i + (1L << 40)))));
        Assert.InRange(wrong / (capacity / 10.0), 0, 0.06);
    }

    // Dolma: a least length for paragraphs switches their deduplication off.
    [Fact]
    public void A_least_length_does_not_switch_deduplication_off()
    {
        CutOutcome[] outcomes = CorpusInMemory.Run(new ParagraphDedup { MinLength = 10 }, [new Row("a", "a paragraph that is long\nshort"), new Row("b", "a paragraph that is long\nshort")]);
        Assert.Equal("short", outcomes[1].Text!);
    }

    // DataTrove makes no signature for texts of fewer words than an n-gram, NeMo Curator none for fewer than 24 characters: such duplicates stay.
    [Theory]
    [InlineData(ShingleUnit.Word, 5, "three short words")]
    [InlineData(ShingleUnit.Character, 24, "under 24 letters")]
    [InlineData(ShingleUnit.Word, 5, "x")]
    public void Short_duplicates_are_found(ShingleUnit unit, int ngram, string text)
    {
        DuplicateOutcome[] outcomes = CorpusInMemory.Run(new MinHashDedup { Unit = unit, Ngram = ngram }, [new Row("a", text), new Row("b", text), new Row("c", "something else altogether, which is long enough")]);
        Assert.Equal(["a", "a", null], outcomes.Select(o => o.Cluster));
        Assert.Null(outcomes[0].DuplicateOf);
    }

    // DataTrove drops by ordinal position and keeps the root of a union, NeMo Curator a random row: here the best document stays wherever it stands.
    [Fact]
    public void The_best_document_stays_wherever_it_stands()
    {
        Row best = new("m", "the same text of several words here") { Score = 5 };
        Row[] others = [.. Enumerable.Range(0, 6).Select(i => new Row($"{(char)('a' + i)}", best.Text) { Score = i % 5 })];
        for (int place = 0; place <= others.Length; place++)
        {
            Row[] rows = [.. others.Take(place), best, .. others.Skip(place)];
            DuplicateOutcome[] outcomes = CorpusInMemory.Run(new MinHashDedup { Priority = "score.value desc" }, rows);
            Assert.Equal(place, Array.FindIndex(outcomes, o => o.DuplicateOf is null));
        }
    }

    // Google's tool cuts inside UTF-8 characters; DataTrove's wrapper replaces the text of a duplicate wherever it occurs.
    [Fact]
    public void A_cut_passage_leaves_whole_characters_and_its_kept_copy()
    {
        string passage = string.Concat(Enumerable.Range(0, 12).Select(i => $"слово {i * i} € 😀 "));
        CutOutcome[] outcomes = CorpusInMemory.Run(
            new SubstringDedup { Unit = SubstringUnit.Byte, MinLength = 60 },
            [new Row("a", "начало ж" + passage + "конец"), new Row("b", "другое ё" + passage + "другой конец")]);
        Assert.All(outcomes, o => Assert.DoesNotContain('\uFFFD', o.Text!));
        Assert.Equal("начало ж" + passage + "конец", outcomes[0].Text!);
        Assert.StartsWith("другое", outcomes[1].Text!, StringComparison.Ordinal);
        Assert.DoesNotContain(passage, outcomes[1].Text!, StringComparison.Ordinal);
    }

    // NeMo Curator breaks ties among n-grams by the order of a Python set, which changes from run to run.
    [Fact]
    public void Ties_among_ngrams_are_broken_by_place_in_every_run()
    {
        const string text = "alpha beta gamma delta alpha beta x gamma delta y longerword anotherlongword z longerword anotherlongword";
        GopherRepetition stage = new() { Dialect = FilterDialect.Nemo };
        double[] figures = [.. Enumerable.Range(0, 5).Select(_ => stage.Measure(Document.Create(text)).Top2Gram).Distinct()];
        Assert.Equal([2 * "alpha beta".Length / (double)text.Length], figures);
    }

    // The terms of Dolma's mixers that no tagger writes are silently 'keep': here a column that does not exist is an error.
    [Fact]
    public void An_expression_over_a_column_that_nobody_writes_is_an_error() => Assert.Equal(
        "there is no column 'repetition.top_2gram' here; did you mean 'repetition.top2Gram'?",
        Assert.Single(Stages.Filter.Expressions.KeepExpression.Parse("repetition.top_2gram lt 0.2")
            .Check(new Dictionary<string, ColumnType> { ["repetition.top2Gram"] = ColumnType.Double })).Message);

    // NeMo Curator's replacement of personal data was withdrawn; DataTrove rotates through few addresses by order of arrival. A pseudonym is the value's own.
    [Fact]
    public void A_pseudonym_does_not_depend_on_what_came_before()
    {
        Pii stage = new() { Replacement = PiiReplacement.Pseudonym };
        string alone = stage.Measure(Document.Create("write to ann@example.net")).Text.ToString();
        _ = stage.Measure(Document.Create("others: bob@example.net, carl@example.net"));
        Assert.Equal(alone, stage.Measure(Document.Create("write to ann@example.net")).Text.ToString());
        Assert.NotEqual(alone, stage.Measure(Document.Create("write to bob@example.net")).Text.ToString());
    }
}
