using CsCheck;
using DataBuild.Stages.Score.Selection;

namespace DataBuild.Stages.Tests.Score;

public sealed class SelectionTests
{
    private static readonly Gen<float[][]> Points = Gen.Float[-1, 1].Array[3].Array[2, 9];

    private static Selection Select(float[][] points, int count, EmbeddingDistance distance = EmbeddingDistance.Euclidean, SelectionStart start = SelectionStart.MostIsolated) =>
        FarthestPoint.Select(points.SelectMany(p => p).ToArray(), points[0].Length, count, distance, start);

    private static double Distance(float[] a, float[] b) => Math.Sqrt(a.Zip(b, (x, y) => ((double)x - y) * ((double)x - y)).Sum());

    private static IEnumerable<int[]> Subsets(int n, int k) =>
        Enumerable.Range(0, 1 << n).Where(m => int.PopCount(m) == k).Select(m => Enumerable.Range(0, n).Where(i => (m >> i & 1) == 1).ToArray());

    private static double Diversity(float[][] points, IReadOnlyList<int> items) =>
        items.SelectMany((a, i) => items.Skip(i + 1).Select(b => Distance(points[a], points[b]))).DefaultIfEmpty(double.PositiveInfinity).Min();

    private static double Radius(float[][] points, IReadOnlyList<int> items) =>
        points.Max(p => items.Min(i => Distance(p, points[i])));

    [Fact]
    public void Selection_is_within_a_factor_of_two_of_the_best_subset() =>
        Gen.Select(Points, Gen.Int[2, 5], Gen.Enum<SelectionStart>()).Sample(
            (points, k, start) =>
            {
                k = Math.Min(k, points.Length);
                Selection selection = Select(points, k, start: start);
                double best = Subsets(points.Length, k).Max(s => Diversity(points, s));
                double smallest = Subsets(points.Length, k).Min(s => Radius(points, s));

                Assert.Equal(k, selection.Items.Distinct().Count());
                Assert.Equal(Diversity(points, selection.Items), selection.Diversity, tolerance: 1e-5);
                Assert.Equal(Radius(points, selection.Items), selection.Radius, tolerance: 1e-5);
                Assert.True(start == SelectionStart.FirstItem || selection.Diversity >= (best / 2) - 1e-6);
                Assert.True(selection.Radius <= (2 * smallest) + 1e-6);
            },
            iter: 300);

    [Fact]
    public void All_items_are_selected_when_there_are_too_few() =>
        Assert.Equal([0, 1, 2], Select([[0], [5], [9]], 10).Items.Order());

    [Fact]
    public void Ties_go_to_the_lowest_item_and_copies_come_last()
    {
        // Four corners; 0 and 4 are the same point.
        float[][] points = [[0, 0], [0, 1], [1, 0], [1, 1], [0, 0]];

        Assert.Equal([0, 3, 1, 2, 4], Select(points, 5, start: SelectionStart.FirstItem).Items);
        Assert.Equal(0, Select(points, 5, start: SelectionStart.FirstItem).Diversity);
    }

    [Theory]
    [InlineData(EmbeddingDistance.Cosine, 1.0)]
    [InlineData(EmbeddingDistance.Angular, Math.PI / 2)]
    [InlineData(EmbeddingDistance.Euclidean, 5.0)]
    public void Distances_are_what_their_names_say(EmbeddingDistance distance, double expected) =>
        Assert.Equal(expected, Select([[3, 0], [0, 4]], 2, distance).Diversity, 6);

    [Fact]
    public void Embeddings_without_an_angle_are_refused()
    {
        Assert.Contains("embedding 1", Assert.Throws<ArgumentException>(() => Select([[1, 0], [0, 0]], 1, EmbeddingDistance.Cosine)).Message, StringComparison.Ordinal);
        Assert.Contains("embedding 0", Assert.Throws<ArgumentException>(() => Select([[float.NaN, 0]], 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => FarthestPoint.Select(new float[5], 2, 1, EmbeddingDistance.Euclidean));
    }

    [Fact]
    public void Ranks_solve_the_linear_equations_of_the_walk() =>
        Gen.Select(Gen.Int[1, 7], Gen.Select(Gen.Int[0, 6], Gen.Int[0, 6], Gen.Double[0.1, 5]).Array[0, 20], Gen.Double[0.3, 0.95]).Sample(
            (nodes, drawn, damping) =>
            {
                GraphEdge[] edges = [.. drawn.Where(e => e.Item1 < nodes && e.Item2 < nodes).Select(e => new GraphEdge(e.Item1, e.Item2, e.Item3))];
                double[] rank = GraphRank.Rank(nodes, edges, damping);

                Assert.Equal(1, rank.Sum(), tolerance: 1e-9);
                for (int to = 0; to < nodes; to++)
                {
                    // rank = (1 - d) / n + d * (rank of those that link here + share of those that link nowhere)
                    double followed = 0;
                    for (int from = 0; from < nodes; from++)
                    {
                        double total = edges.Where(e => e.From == from).Sum(e => e.Weight);
                        followed += rank[from] * (total == 0 ? 1.0 / nodes : edges.Where(e => e.From == from && e.To == to).Sum(e => e.Weight) / total);
                    }

                    Assert.Equal(((1 - damping) / nodes) + (damping * followed), rank[to], tolerance: 1e-9);
                }
            },
            iter: 200);

    [Fact]
    public void A_chain_of_two_has_its_closed_form()
    {
        // Leaves 0 with probability 1/4 and 1 with probability 1/2: the stationary vector is (2/3, 1/3).
        double[] rank = GraphRank.Rank(2, [new(0, 0, 3), new(0, 1, 1), new(1, 0, 1), new(1, 1, 1)], damping: 1);

        Assert.Equal(2 / 3.0, rank[0], 10);
        Assert.Equal(1 / 3.0, rank[1], 10);
    }

    [Fact]
    public void A_walk_in_circles_asks_for_damping()
    {
        // From 0 to both ends and back: the walk is on 0 at every other step.
        GraphEdge[] star = [new(0, 1), new(0, 2), new(1, 0), new(2, 0)];

        Assert.Contains("damping", Assert.Throws<InvalidOperationException>(() => GraphRank.Rank(3, star, damping: 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => GraphRank.Rank(3, [new(0, 3)]));
        Assert.Throws<ArgumentException>(() => GraphRank.Rank(3, [new(0, 1, 0)]));
    }

    [Fact]
    public void A_budget_is_given_out_whole_in_proportion() =>
        Gen.Select(Gen.Double[0, 10], Gen.Long[0, 1000]).Array[1, 8].SelectMany(s => Gen.Long[0, 3000].Select(b => (s, b))).Sample(
            (sources, budget) =>
            {
                double[] salience = [.. sources.Select(s => s.Item1)];
                long[] size = [.. sources.Select(s => s.Item2)];
                long[] given = BudgetAllocation.Allocate(salience, size, budget);

                Assert.Equal(Math.Min(budget, size.Where((_, i) => salience[i] > 0).Sum()), given.Sum());
                Assert.All(given, (g, i) => Assert.InRange(g, 0, size[i]));
                for (int i = 0; i < given.Length; i++)
                {
                    for (int j = 0; j < given.Length; j++)
                    {
                        // Whoever is not full has no less, per salience, than any other but for a unit.
                        if (given[i] < size[i] && salience[i] > 0 && salience[j] > 0)
                        {
                            Assert.True((given[i] + 1) / salience[i] >= (given[j] - 1) / salience[j] * (1 - 1e-9));
                        }
                    }
                }
            },
            iter: 500);

    [Fact]
    public void A_small_source_gives_what_it_leaves_to_the_others() =>
        Assert.Equal([10, 45, 45], BudgetAllocation.Allocate([8, 1, 1], [10, 1000, 1000], 100));

    [Fact]
    public void The_lower_bound_is_the_highest_that_keeps_the_recall() =>
        Gen.Select(Gen.Select(Gen.Int[0, 20], Gen.Bool).Array[1, 40], Gen.Double[0.1, 1]).Where(t => t.Item1.Any(s => s.Item2)).Sample(
            (drawn, recall) =>
            {
                (double Score, bool Keep)[] sample = [.. drawn.Select(s => ((double)s.Item1, s.Item2))];
                double Recall(double low) => (double)sample.Count(s => s.Keep && s.Score >= low) / sample.Count(s => s.Keep);
                CascadeBand band = CascadeBand.Calibrate(sample, recall);

                Assert.True(band.Recall >= recall - 1e-9);
                Assert.Equal(Recall(band.Low), band.Recall, 12);
                Assert.DoesNotContain(sample, s => s.Score > band.Low && Recall(s.Score) >= recall - 1e-9 && s.Keep);
                // Without a precision everything above the lower bound is asked, so nothing wrong is kept.
                Assert.Equal(1, band.Precision);
                Assert.Equal(double.PositiveInfinity, band.High);
            },
            iter: 500);

    [Fact]
    public void A_band_spares_the_large_model_the_sure_cases()
    {
        // Small scores 0 to 9; the large model keeps from 5 up, and 3.
        (double, bool)[] sample = [.. Enumerable.Range(0, 10).Select(i => ((double)i, i is >= 5 or 3))];

        CascadeBand band = CascadeBand.Calibrate(sample, recall: 1, precision: 1);

        Assert.Equal(new CascadeBand(3, 5, 1, 1, 0.2, 1), band);
    }
}
