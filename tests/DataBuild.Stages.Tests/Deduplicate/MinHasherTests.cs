using CsCheck;
using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Tests.Deduplicate;

public sealed class MinHasherTests
{
    [Fact]
    public void Every_vector_width_gives_the_same_signature() =>
        Gen.Select(Gen.ULong.Array[1, 50], Gen.Int[1, 200], Gen.Int).Sample((shingles, hashes, seed) =>
        {
            MinHasher hasher = new(hashes, seed);
            uint[] scalar = New(), narrow = New(), wide = New(), chosen = New();
            hasher.ComputeScalar(shingles, scalar);
            hasher.Compute256(shingles, narrow);
            hasher.Compute512(shingles, wide);
            hasher.Compute(shingles, chosen);
            Assert.Equal(scalar.AsSpan(0, hashes), narrow.AsSpan(0, hashes));
            Assert.Equal(scalar.AsSpan(0, hashes), wide.AsSpan(0, hashes));
            Assert.Equal(scalar.AsSpan(0, hashes), chosen.AsSpan(0, hashes));

            uint[] New()
            {
                uint[] signature = new uint[hasher.PaddedCount];
                Array.Fill(signature, uint.MaxValue);
                return signature;
            }
        }, iter: 100);

    [Fact]
    public void Order_and_repetition_of_shingles_make_no_difference()
    {
        Random random = new(5);
        ulong[] shingles = [.. Enumerable.Range(0, 3000).Select(_ => (ulong)random.NextInt64())];
        ulong[] other = [.. shingles.Reverse(), .. shingles];
        MinHasher hasher = new(112, 1);
        uint[] first = new uint[hasher.PaddedCount], second = new uint[hasher.PaddedCount];
        hasher.Compute(shingles, first);
        hasher.Compute(other, second);
        Assert.Equal(first, second);
    }

    /// <summary>Over many random pairs of sets the mean estimate lies within four standard errors of the Jaccard similarity.</summary>
    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.8)]
    [InlineData(0.95)]
    public void Estimates_are_unbiased_and_pairs_meet_as_theory_says(double jaccard)
    {
        const int Pairs = 1500, Union = 400, Bands = 14, RowsPerBand = 8;
        Random random = new(17);
        MinHasher hasher = new(Bands * RowsPerBand, 1);
        uint[] a = new uint[hasher.PaddedCount], b = new uint[hasher.PaddedCount];
        int common = (int)(Union * jaccard);
        double sum = 0;
        int met = 0;
        for (int pair = 0; pair < Pairs; pair++)
        {
            ulong[] union = [.. Enumerable.Range(0, Union).Select(_ => (ulong)random.NextInt64())];
            int half = (Union - common) / 2;
            hasher.Compute(union.AsSpan(0, common + half), a);
            hasher.Compute([.. union.AsSpan(0, common), .. union.AsSpan(common + half)], b);
            sum += MinHasher.Similarity(a.AsSpan(0, hasher.HashCount), b.AsSpan(0, hasher.HashCount));
            for (int band = 0; band < Bands; band++)
            {
                if (a.AsSpan(band * RowsPerBand, RowsPerBand).SequenceEqual(b.AsSpan(band * RowsPerBand, RowsPerBand)))
                {
                    met++;
                    break;
                }
            }
        }

        double error = Math.Sqrt(jaccard * (1 - jaccard) / (Pairs * (double)hasher.HashCount));
        Assert.InRange(sum / Pairs, jaccard - (4 * error), jaccard + (4 * error));
        double expected = MinHasher.MatchProbability(jaccard, Bands, RowsPerBand);
        double spread = Math.Sqrt(expected * (1 - expected) / Pairs);
        Assert.InRange((double)met / Pairs, expected - (4 * spread) - 0.001, expected + (4 * spread) + 0.001);
    }

    [Theory]
    [InlineData(0.70, 0.5645)]
    [InlineData(0.75, 0.7716)]
    [InlineData(0.80, 0.9235)]
    [InlineData(0.85, 0.9884)]
    public void The_curve_of_14_bands_of_8_rows_is_the_published_one(double jaccard, double probability) =>
        Assert.Equal(probability, MinHasher.MatchProbability(jaccard, 14, 8), 4);

    [Fact]
    public void Ngrams_are_equal_where_their_elements_are()
    {
        ulong[] elements = [.. new[] { 1, 2, 3, 4, 1, 2, 3, 5 }.Select(i => (ulong)i * 0x9E3779B97F4A7C15)];
        ulong[] shingles = new ulong[8];
        Assert.Equal(6, Shingles.Hash(elements, 3, shingles));
        Assert.Equal(shingles[0], shingles[4]);
        Assert.Equal(5, shingles.Take(6).Distinct().Count());
        Assert.Equal(1, Shingles.Hash(elements.AsSpan(0, 2), 3, shingles));
        Assert.Equal(0, Shingles.Hash([], 3, shingles));
    }
}
