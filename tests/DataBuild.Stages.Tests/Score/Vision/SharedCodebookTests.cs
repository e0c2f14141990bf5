using CsCheck;
using DataBuild.Stages.Score.Vision;

namespace DataBuild.Stages.Tests.Score.Vision;

public sealed class SharedCodebookTests
{
    [Fact]
    public void The_id_is_that_of_the_smallest_weighted_distance()
    {
        float[] semantic = [1, 0, 0, 1];
        float[] pixel = [0, 1, 1, 0];

        // Semantic says 0 (distance 0 against 2), pixel says 1 (2 against 0): a tie at weight 1 goes to the lowest id.
        Assert.Equal([0], new SharedCodebook(semantic, 2, pixel, 2, 1).Quantize([5, 0], [3, 0]));
        Assert.Equal([0], new SharedCodebook(semantic, 2, pixel, 2, .9).Quantize([5, 0], [3, 0]));
        Assert.Equal([1], new SharedCodebook(semantic, 2, pixel, 2, 1.1).Quantize([5, 0], [3, 0]));
        Assert.Equal([0, 1], new SharedCodebook(semantic, 2).Quantize([5, 1, 1, 5]));
    }

    [Fact]
    public void Ids_are_those_of_brute_force_over_joined_vectors() =>
        Gen.Float[0.01f, 1].Array[12].Select(Gen.Float[0.01f, 1].Array[18], Gen.Float[0.01f, 1].Array[5], Gen.Double[0, 3]).Sample((semantic, pixel, token, weight) =>
        {
            int id = new SharedCodebook(semantic, 2, pixel, 3, weight).Quantize(token.AsSpan(0, 2), token.AsSpan(2, 3))[0];

            double[] Unit(ReadOnlySpan<float> v) { double[] u = [.. v.ToArray().Select(x => (double)x)]; double n = Math.Sqrt(u.Sum(x => x * x)); return [.. u.Select(x => x / n)]; }
            double Squared(double[] a, double[] b) => a.Zip(b, (x, y) => (x - y) * (x - y)).Sum();
            double Total(int k) => Squared(Unit(token.AsSpan(0, 2)), Unit(semantic.AsSpan(k * 2, 2))) + (weight * Squared(Unit(token.AsSpan(2, 3)), Unit(pixel.AsSpan(k * 3, 3))));
            Assert.Equal(Enumerable.Range(0, 6).Min(Total), Total(id), 1e-5);
        });

    [Fact]
    public void Codebooks_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new SharedCodebook([1, 0, 0], 2));
        Assert.Throws<ArgumentException>(() => new SharedCodebook([1, 0, 0, 1], 2, [1, 2, 3], 3));
        Assert.Throws<ArgumentException>(() => new SharedCodebook([1, float.NaN], 2));
        Assert.Throws<ArgumentException>(() => new SharedCodebook([1, 0], 2).Quantize([1, 2, 3]));
    }
}
