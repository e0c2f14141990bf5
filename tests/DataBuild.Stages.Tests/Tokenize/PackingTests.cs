using System.Text;
using CsCheck;
using DataBuild.Stages.Tokenize;
using DataBuild.Stages.Tokenize.FillInMiddle;
using DataBuild.Stages.Tokenize.Packing;

namespace DataBuild.Tests.Tokenize;

public class PackingTests
{
    private static readonly TextTokenizer Cl100k = TextTokenizer.Load("cl100k_base");

    [Fact]
    public void Concatenation_cuts_wherever_a_sequence_is_full()
    {
        PackedSequence[] sequences = [.. SequencePacking.ConcatenateAndChunk([5, 0, 4], 4, keepRemainder: true)];
        Assert.Equal([new SequencePart(0, 0, 4)], sequences[0].Parts);
        Assert.Equal([new SequencePart(0, 4, 1), new SequencePart(2, 0, 3)], sequences[1].Parts);
        Assert.Equal([0, 1, 4], sequences[1].Boundaries());
        Assert.Equal([new SequencePart(2, 3, 1)], sequences[2].Parts);
        Assert.Equal(2, SequencePacking.ConcatenateAndChunk([5, 0, 4], 4).Count());
    }

    [Fact]
    public void Best_fit_fills_the_fullest_sequence_that_has_room()
    {
        IReadOnlyList<PackedSequence> sequences = SequencePacking.BestFit([3, 7, 12, 2, 6], 10);
        string[] packed = [.. sequences.Select(s => string.Join('+', s.Parts.Select(p => $"{p.Document}:{p.Start}-{p.Start + p.Length}")))];
        Assert.Equal(["2:0-10", "1:0-7+0:0-3", "4:0-6+2:10-12+3:0-2"], packed);
    }

    [Fact]
    public void Packing_keeps_every_token_once_and_cuts_only_what_does_not_fit() =>
        Gen.Select(Gen.Int[0, 50].List[0, 60], Gen.Int[1, 20]).Sample((lengths, context) =>
        {
            IReadOnlyList<PackedSequence> best = SequencePacking.BestFit(lengths, context);
            List<PackedSequence> chunks = [.. SequencePacking.ConcatenateAndChunk(lengths, context, keepRemainder: true)];
            bool Complete(IEnumerable<PackedSequence> sequences) => sequences.All(s => s.Length <= context)
                && sequences.SelectMany(s => s.Parts).OrderBy(p => p.Document).ThenBy(p => p.Start)
                    .SelectMany(p => Enumerable.Range(p.Start, p.Length).Select(t => (p.Document, t)))
                    .SequenceEqual(lengths.SelectMany((length, document) => Enumerable.Range(0, length).Select(t => (document, t))));
            return Complete(best) && Complete(chunks)
                && best.SelectMany(s => s.Parts).All(p => p.Length == context || p.Start + p.Length == lengths[p.Document]);
        });

    [Fact]
    public void A_mixture_stands_in_the_proportion_of_its_weights_and_exceeds_no_epochs()
    {
        MixturePart[] parts = [new("web", 1000, 3, 1), new("code", 100, 1, 4)];
        Assert.Equal([1, 10.0 / 3], Mixture.Epochs(parts).Select(e => Math.Round(e, 12)), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal([0.3, 1], Mixture.Epochs(parts, 400));
        var error = Assert.Throws<ArgumentException>(() => Mixture.Epochs(parts, 2000));
        Assert.Contains("1.5 epochs of 'web', which allows 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shuffled_order_does_not_follow_the_order_of_the_input()
    {
        (ReadOnlyMemory<byte> Id, double Epochs)[] documents =
            [.. Enumerable.Range(0, 1000).Select(i => ((ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes($"doc-{i}"), 1.5))];
        (ReadOnlyMemory<byte> Id, double Epochs)[] reversed = [.. documents.Reverse()];
        string[] Names((ReadOnlyMemory<byte> Id, double Epochs)[] list, ulong seed) =>
            [.. Mixture.Order(list, seed).Select(i => Encoding.UTF8.GetString(list[i].Id.Span))];

        Assert.Equal(Names(documents, 1), Names(reversed, 1));
        Assert.NotEqual(Names(documents, 1), Names(documents, 2));
        Assert.InRange(Names(documents, 1).Length, 1440, 1560);
    }

    [Theory]
    [InlineData(FimSplit.Character)]
    [InlineData(FimSplit.Token)]
    public void A_rearranged_document_holds_its_three_parts(FimSplit split)
    {
        const int Pre = 100258, Mid = 100259, Suf = 100260;
        var preparer = new FimPreparer(Cl100k, new FimOptions { Rate = 0.5, SpmRate = 0.5, Split = split, PrefixId = Pre, MiddleId = Mid, SuffixId = Suf, Seed = 3 });
        (int applied, int suffixFirst) = (0, 0);
        using var ids = new TokenBuffer();
        for (int i = 0; i < 400; i++)
        {
            string text = $"def f{i}(x):\n    return x + {i}  # größer";
            ids.Clear();
            FimOutcome outcome = preparer.Prepare(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes($"id{i}"), ids);
            int[] all = ids.ToArray();
            if (!outcome.Applied)
            {
                Assert.Equal(Cl100k.Encode(text), all);
                continue;
            }

            applied++;
            suffixFirst += outcome.SuffixFirst ? 1 : 0;
            (int pre, int suf, int mid) = (Array.IndexOf(all, Pre), Array.IndexOf(all, Suf), Array.IndexOf(all, Mid));
            Assert.Equal(0, pre);
            int[] joined = outcome.SuffixFirst
                ? [.. all[(mid + 1)..], .. all[(suf + 1)..mid]]
                : [.. all[1..suf], .. all[(mid + 1)..], .. all[(suf + 1)..mid]];
            Assert.Equal(outcome.SuffixFirst, suf == 1 && outcome.SuffixFirst);
            Assert.Equal(text, Cl100k.Decode(joined));
            Assert.False(split == FimSplit.Token && outcome.InsideToken);
        }

        Assert.InRange(applied, 150, 250);
        Assert.InRange(suffixFirst, 60, 140);
    }

    [Fact]
    public void A_document_is_rearranged_alike_whenever_it_comes()
    {
        var preparer = new FimPreparer(Cl100k, new FimOptions { Rate = 1, PrefixId = 1, MiddleId = 2, SuffixId = 3, Seed = 9 });
        using TokenBuffer first = new(), second = new();
        preparer.Prepare("one two three"u8, "b"u8, new TokenBuffer());
        preparer.Prepare("four five six"u8, "a"u8, first);
        preparer.Prepare("four five six"u8, "a"u8, second);
        Assert.Equal(first.ToArray(), second.ToArray());
    }
}
