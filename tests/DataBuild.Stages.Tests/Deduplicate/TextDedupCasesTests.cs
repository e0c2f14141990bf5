using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Tests.Deduplicate;

/// <summary>
/// Cases of text-dedup (ChenghaoMou/text-dedup 7538f3e, Apache-2.0), which CulturaX's MinHash comes from: <c>tests/test_utils</c> and <c>tests/test_config/test_algorithms/test_minhash_components.py</c>.
/// Its values of <c>sha1_hash</c> have no counterpart: the hash functions here are others (<see cref="MinHasher"/>).
/// </summary>
public sealed class TextDedupCasesTests
{
    [Theory]
    [InlineData("1-2", "12|3|4|5|6")]
    [InlineData("1-1", "1|2|3|4|5|6")]
    [InlineData("1-2 2-3 4-5", "123|45|6")]
    [InlineData("1-2 3-4 5-6 2-4", "1234|56")]
    [InlineData("1-2 1-2", "12|3|4|5|6")]
    [InlineData("1-2 3-4 2-3", "1234|5|6")]
    public void Sets_are_joined(string unions, string expected)
    {
        DisjointSets sets = new(7);
        foreach (string union in unions.Split(' '))
        {
            sets.Union(union[0] - '0', union[2] - '0');
        }

        Assert.Equal(expected, string.Join('|', Enumerable.Range(1, 6).GroupBy(sets.Find).Select(g => string.Concat(g))));
    }

    [Fact]
    public void A_long_chain_is_one_set_and_pairs_are_their_own()
    {
        DisjointSets chain = new(101);
        DisjointSets pairs = new(10);
        for (int i = 1; i < 100; i++)
        {
            chain.Union(i, i + 1);
        }

        for (int i = 0; i < 10; i += 2)
        {
            pairs.Union(i, i + 1);
        }

        Assert.Single(Enumerable.Range(1, 100).Select(chain.Find).Distinct());
        Assert.Equal(5, Enumerable.Range(0, 10).Select(pairs.Find).Distinct().Count());
    }

    [Theory]
    [InlineData("hello world this is test", 3, "hello world this|world this is|this is test")]
    [InlineData("hello world test", 2, "hello world|world test")]
    [InlineData("hello world test", 1, "hello|world|test")]
    [InlineData("hello world test", 3, "hello world test")]
    [InlineData("a b c d e f g", 5, "a b c d e|b c d e f|c d e f g")]
    [InlineData("hello world test case example text", 8, "hello world test case example text")]
    [InlineData("hello hello world hello test", 3, "hello hello world|hello world hello|world hello test")]
    [InlineData("hello world! @test #case $example", 2, "hello world!|world! @test|@test #case|#case $example")]
    public void N_grams_are_those_of_the_sequence(string sequence, int n, string expected) =>
        Assert.Equal(expected.Split('|').Select(g => Hashes(g.Split(' '), n)[0]), Hashes(sequence.Split(' '), n));

    [Theory]
    [InlineData("hello world test", "hello world test", 1.0)]
    [InlineData("hello world", "foo bar", 0.0)]
    [InlineData("hello world test", "hello foo bar", 1.0 / 5)]
    [InlineData("hello world", "hello world test foo", 2.0 / 4)]
    [InlineData("a", "a b c d e", 1.0 / 5)]
    [InlineData("hello", "world", 0.0)]
    [InlineData("a b c d e", "a b c", 3.0 / 5)]
    [InlineData("a b", "a c", 1.0 / 3)]
    public void Signatures_agree_as_often_as_the_sets_do(string a, string b, double jaccard)
    {
        // Three standard deviations of the estimate from 4,096 functions.
        double estimate = Agreement(a, b);
        Assert.InRange(estimate, jaccard - 0.025, jaccard + 0.025);
        Assert.Equal(estimate, Agreement(b, a));
    }

    [Theory]
    [InlineData(.5, 128, 25, 5)]
    [InlineData(.7, 128, 14, 9)]
    [InlineData(.8, 128, 9, 13)]
    [InlineData(.8, 260, 17, 15)]
    public void The_oracle_of_bands_and_rows_is_datasketchs(double threshold, int hashes, int bands, int rows) => Assert.Equal((bands, rows), Optimum(threshold, hashes));

    [Fact]
    public void The_recipe_misses_fewer_pairs_than_the_optimum_of_as_many_functions()
    {
        // CulturaX.props: 20 bands of 13 rows, and pairs that are not similar enough are taken out by the whole signature, so that only missed pairs count.
        (int bands, int rows) = Optimum(.8, 20 * 13);
        Assert.True(Missed(.8, 20, 13) < Missed(.8, bands, rows), $"{Missed(.8, 20, 13)} against {Missed(.8, bands, rows)} of {bands} bands of {rows}");
    }

    private static ulong[] Hashes(string[] words, int n)
    {
        ulong[] elements = [.. words.Select((string w) => StableHash.Of(w))];
        ulong[] shingles = new ulong[elements.Length];
        return shingles[..Shingles.Hash(elements, n, shingles)];
    }

    private static double Agreement(string a, string b)
    {
        MinHasher hasher = new(4096, seed: 42);
        uint[] first = new uint[hasher.PaddedCount];
        uint[] second = new uint[hasher.PaddedCount];
        hasher.Compute(Hashes(a.Split(' '), 1), first);
        hasher.Compute(Hashes(b.Split(' '), 1), second);
        return first.Zip(second).Count(p => p.First == p.Second) / 4096.0;
    }

    // The bands and rows of the least sum of both areas under the curve that are wrong, half each (datasketch and text-dedup: optimal_param).
    private static (int Bands, int Rows) Optimum(double threshold, int hashes) =>
        Enumerable.Range(1, hashes).SelectMany(b => Enumerable.Range(1, hashes / b).Select(r => (Bands: b, Rows: r)))
            .MinBy(p => Area(0, threshold, s => 1 - Math.Pow(1 - Math.Pow(s, p.Rows), p.Bands)) + Missed(threshold, p.Bands, p.Rows));

    private static double Missed(double threshold, int bands, int rows) => Area(threshold, 1, s => Math.Pow(1 - Math.Pow(s, rows), bands));

    private static double Area(double from, double to, Func<double, double> curve)
    {
        const int Steps = 100;
        double width = (to - from) / Steps;
        return Enumerable.Range(0, Steps).Sum(i => curve(from + ((i + 0.5) * width))) * width;
    }
}
