using CsCheck;
using DataBuild.Stages.Deduplicate;
using DataBuild.Stages.Score.Vision.Reduction;

namespace DataBuild.Stages.Tests.Score.Vision;

public sealed class TokenReductionTests
{
    private static readonly Gen<double[]> Scores = Gen.Double[0, 1].Array[1, 40];

    private static IEnumerable<int[]> Subsets(int n, int k) =>
        Enumerable.Range(0, 1 << n).Where(m => int.PopCount(m) == k).Select(m => Enumerable.Range(0, n).Where(i => (m >> i & 1) == 1).ToArray());

    private static double Distance(float[][] points, int a, int b) => 1 - FixedOrderMath.Cosine(points[a], points[b]);

    private static AttentionMap Map(int heads, int tokens, params float[] values) => new(values, heads, tokens);

    // Rows of positive numbers, scaled to 1.
    private static AttentionMap Attention(double[] raw, int heads, int tokens)
    {
        float[] values = new float[heads * tokens * tokens];
        for (int row = 0; row < heads * tokens; row++)
        {
            double sum = raw.AsSpan(row * tokens, tokens).ToArray().Sum();
            for (int j = 0; j < tokens; j++)
            {
                values[(row * tokens) + j] = (float)(raw[(row * tokens) + j] / sum);
            }
        }

        return new AttentionMap(values, heads, tokens);
    }

    [Fact]
    public void Attention_is_averaged_over_heads_and_rows_and_leaves_out_the_class_token()
    {
        var map = new AttentionMap(new float[] { .2f, .5f, .3f, .1f, .6f, .3f, 0, .5f, .5f, .4f, .1f, .5f, .3f, .4f, .3f, .6f, .3f, .1f }, 2, 3, prefix: 1);

        Assert.Equal([.3, .4], map.FromClass(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([2.4 / 6, 2.0 / 6], map.Received(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(.5, map.Between(0, 0), 1e-6);
        Assert.Equal(.3, map.Between(1, 0, 1), 1e-6);
        Assert.Throws<ArgumentException>(() => Map(1, 2, .5f, .5f, 1));
        Assert.Throws<ArgumentException>(() => Map(1, 1, float.NaN));
    }

    [Fact]
    public void The_highest_scores_stay_and_ties_go_to_the_lowest_token() =>
        Scores.Select(Gen.Int[0, 45]).Sample((scores, keep) =>
        {
            int[] top = TokenRanking.Top(scores, keep);

            Assert.Equal(Math.Min(keep, scores.Length), top.Length);
            Assert.Equal(top.Order().Distinct(), top);
            Assert.All(top, i => Assert.True(scores.Where((_, j) => !top.Contains(j)).All(s => s <= scores[i])));
            Assert.Equal(Enumerable.Range(0, Math.Min(keep, 5)), TokenRanking.Top([1, 1, 1, 1, 1], keep));
        });

    [Fact]
    public void DivPrune_begins_at_the_token_that_is_farthest_from_its_nearest_one()
    {
        // Directions at 0, 10, 80 and 180 degrees: 180 lies farthest from all, then 0.
        float[] directions = [.. new double[] { 0, 10, 80, 180 }.SelectMany(a => new[] { (float)Math.Cos(a * Math.PI / 180), (float)Math.Sin(a * Math.PI / 180) })];

        Assert.Equal([3], DiverseTokens.DivPrune(directions, 2, 1));
        Assert.Equal([0, 3], DiverseTokens.DivPrune(directions, 2, 2));
        Assert.Equal([0, 2, 3], DiverseTokens.DivPrune(directions, 2, 3));
        Assert.Equal([0], DiverseTokens.ToDre(directions, 2, 1));
        Assert.Equal([0, 3], DiverseTokens.ToDre(directions, 2, 2));
    }

    [Fact]
    public void DivPrune_is_the_greedy_choice_of_brute_force()
    {
        Gen.Float[0.1f, 1].Array[4].Array[2, 9].Select(Gen.Int[1, 6]).Sample((points, keep) =>
        {
            keep = Math.Min(keep, points.Length);
            int n = points.Length;
            List<int> chosen = [Enumerable.Range(0, n).MaxBy(i => Enumerable.Range(0, n).Where(j => j != i).Min(j => Distance(points, i, j)))];
            while (chosen.Count < keep)
            {
                chosen.Add(Enumerable.Range(0, n).Where(i => !chosen.Contains(i)).MaxBy(i => chosen.Min(j => Distance(points, i, j))));
            }

            int[] kept = DiverseTokens.DivPrune(points.SelectMany(p => p).ToArray(), 4, keep);

            // Of two equally good choices rounding may decide: the smallest distance is the same.
            double Least(IReadOnlyList<int> items) => items.SelectMany((a, i) => items.Skip(i + 1).Select(b => Distance(points, a, b))).DefaultIfEmpty(0).Min();
            Assert.Equal(Least(chosen), Least(kept), 1e-5);
        });
    }

    [Fact]
    public void ToDRE_covers_within_twice_the_best_angle() =>
        Gen.Float[0.1f, 1].Array[3].Array[2, 8].Select(Gen.Int[1, 5]).Sample((points, keep) =>
        {
            keep = Math.Min(keep, points.Length);
            double Angle(int a, int b) => Math.Acos(Math.Clamp(1 - Distance(points, a, b), -1, 1));
            double Radius(int[] kept) => Enumerable.Range(0, points.Length).Max(i => kept.Min(k => Angle(i, k)));

            int[] kept = DiverseTokens.ToDre(points.SelectMany(p => p).ToArray(), 3, keep);

            // Angles are a metric, and the farthest by angle is the farthest by 1 - cos.
            Assert.True(Radius(kept) <= (2 * Subsets(points.Length, keep).Min(Radius)) + 2e-3);
        });

    [Fact]
    public void Page_rank_is_the_stationary_vector_of_the_attention_graph()
    {
        // P(0 -> 1) = .3, P(1 -> 0) = .6: stationary (2/3, 1/3), on the scale of mean 1 (4/3, 2/3).
        double[] ranks = ZeroTPrune.Importance(Map(1, 2, .7f, .3f, .6f, .4f), steps: 200);

        Assert.Equal(4.0 / 3, ranks[0], 1e-6);
        Assert.Equal(2.0 / 3, ranks[1], 1e-6);
        Assert.Equal([1.3, .7], ZeroTPrune.Importance(Map(1, 2, .7f, .3f, .6f, .4f), steps: 1), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.All(ZeroTPrune.Importance(Map(1, 3, .2f, .3f, .5f, .5f, .2f, .3f, .3f, .5f, .2f)), r => Assert.Equal(1, r, 1e-6));
    }

    [Fact]
    public void Page_rank_is_left_alone_by_one_more_step() =>
        Gen.Double[0.05, 1].Array[75].Sample(raw =>
        {
            AttentionMap map = Attention(raw, 1, 5);
            double[] ranks = ZeroTPrune.Importance(map, steps: 2000, minVariance: 0, maxVariance: 100);

            Assert.Equal(5, ranks.Sum(), 1e-4);
            for (int j = 0; j < 5; j++)
            {
                Assert.Equal(ranks[j], Enumerable.Range(0, 5).Sum(i => ranks[i] * map.Between(0, i, j)), 1e-5);
            }
        });

    [Fact]
    public void Heads_that_tell_nothing_are_left_out_and_the_others_joined_by_root_mean_square()
    {
        float[] flat = [.5f, .5f, .5f, .5f];
        float[] first = [.7f, .3f, .6f, .4f];
        float[] second = [.4f, .6f, .3f, .7f];

        double[] ranks = ZeroTPrune.Importance(Map(3, 2, [.. flat, .. first, .. second]), steps: 200);

        // Ranks (4/3, 2/3) and (2/3, 4/3) have variance 1/9; the flat head has 0.
        double joined = Math.Sqrt(((16.0 / 9) + (4.0 / 9)) / 2);
        Assert.Equal([joined, joined], ranks, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([1, 1], ZeroTPrune.Importance(Map(1, 2, flat)));
    }

    [Fact]
    public void Importance_drops_first_and_similarity_to_the_more_important_half_next()
    {
        // Importance falls from token 0 to 5. The I-stage drops 5; of 0..4 the less important half is 3 and 4, and 4 is a copy of 1.
        float[] keys = [1, 0, 0, 1, -1, 0, .6f, -.8f, 0, 1, 1, 1];

        Assert.Equal([0, 1, 2, 3], ZeroTPrune.Select(keys, 2, [6, 5, 4, 3, 2, 1], 4, similarShare: 0.5));
        Assert.Equal([0, 1, 2, 3], ZeroTPrune.Select(keys, 2, [6, 5, 4, 3, 2, 1], 4, similarShare: 0));
        // The S-stage alone: of 3, 4 and 5 the two most similar ones to 0, 1 or 2: 4 (1.0) and 5 (.707); 3 is at .6.
        Assert.Equal([0, 1, 2, 3], ZeroTPrune.Select(keys, 2, [6, 5, 4, 3, 2, 1], 4, similarShare: 1));
        Assert.Equal([0, 1, 2, 3, 4], ZeroTPrune.Select(keys, 2, [6, 5, 4, 3, 2, 1], 5, similarShare: 0));
        Assert.Equal([0, 1, 2, 3, 5], ZeroTPrune.Select(keys, 2, [6, 5, 4, 3, 2, 1], 5, similarShare: 1));
    }

    [Fact]
    public void ZeroTPrune_keeps_as_many_as_are_asked_for() =>
        Gen.Double[0, 1].Array[2, 20].Select(Gen.Int[0, 22], Gen.Double[0, 1]).Sample((importance, keep, share) =>
        {
            float[] keys = [.. importance.SelectMany(i => new[] { (float)i, 1f })];
            Assert.Equal(Math.Min(keep, importance.Length), ZeroTPrune.Select(keys, 2, importance, keep, share).Distinct().Count());
        });

    [Fact]
    public void HiPrune_keeps_anchors_their_neighbours_and_registers()
    {
        // A grid of 4 x 4. With 10 to keep and alpha .5 there is one anchor: 5, with buffers 4, 6, 1 and 9; registers 15, 14, 13, 12, 11.
        double[] middle = new double[16];
        middle[5] = 1;
        double[] deep = [.. Enumerable.Range(0, 16).Select(i => (double)i)];

        Assert.Equal([1, 4, 5, 6, 9, 11, 12, 13, 14, 15], HiPrune.Select(middle, deep, 4, 10, 0.5));
        // An anchor at the right edge has no neighbour in the next row.
        middle[7] = 2;
        Assert.Equal([3, 6, 7, 11, 15], HiPrune.Select(middle, deep, 4, 5, 1).Order());
        // round(2.5) is 2, as in the released code.
        Assert.Equal(25, HiPrune.Select(new double[36], new double[36], 6, 25, 0.5).Length);
        Assert.Throws<ArgumentException>(() => HiPrune.Select(middle, deep, 5, 4));
    }

    [Fact]
    public void HiPrune_keeps_as_many_as_are_asked_for_and_is_registers_alone_without_alpha() =>
        Gen.Double[0, 1].Array[36].Select(Gen.Double[0, 1].Array[36], Gen.Int[0, 36], Gen.Double[0, 1]).Sample((middle, deep, keep, alpha) =>
        {
            Assert.Equal(keep, HiPrune.Select(middle, deep, 6, keep, alpha).Distinct().Count());
            Assert.Equal(TokenRanking.Top(deep, keep), HiPrune.Select(middle, deep, 6, keep, 0));
        });

    [Fact]
    public void HiRED_divides_the_budget_by_where_the_whole_image_looks()
    {
        // A grid of 4 x 4 and 2 x 2 tiles; of the eight patches that vote, four lie in the first tile and four in the last.
        double[] whole = [9, 8, 0, 0, 7, 6, 0, 0, 0, 0, 5, 4, 0, 0, 3, 2];

        Assert.Equal([10, 5, 0, 0, 5], HiRed.Allocate(whole, 4, 2, 2, 20, 0.5));

        // Now four, one, none and three.
        whole[2] = 10;
        Assert.Equal([10, 5, 1, 0, 4], HiRed.Allocate(whole, 4, 2, 2, 20, 0.5));
        // The first tile's share, 18 of 36, is more than it has; the others share the 20 left.
        Assert.Equal([16, 16, 5, 0, 15], HiRed.Allocate(whole, 4, 2, 2, 52, 0.5));
        Assert.Equal([12], HiRed.Allocate(whole, 4, 0, 0, 12));
        Assert.Equal([0, 2], HiRed.Select([.5, .1, .4], 2));
    }

    [Fact]
    public void HiRED_spends_the_budget_and_never_more_than_there_is() =>
        Gen.Double[0, 1].Array[36].Select(Gen.Int[0, 200], Gen.Double[0, 1]).Sample((whole, budget, alpha) =>
        {
            int[] given = HiRed.Allocate(whole, 6, 2, 3, budget, alpha);

            Assert.Equal(7, given.Length);
            Assert.All(given, g => Assert.InRange(g, 0, 36));
            Assert.True(given.Sum() <= budget);
            Assert.Equal(Math.Min((int)(budget * alpha), 36), given[0]);
        });

    [Fact]
    public void A_transition_is_the_change_of_length_times_the_softmax_of_the_turn()
    {
        // Token 0 is doubled, token 1 turned by 90 degrees: exp(0) and exp(1).
        double[] transitions = new double[2];
        TransPrune.AddTransitions([1, 0, 0, 1], [2, 0, 3, 0], 2, transitions);

        Assert.Equal(2 / (1 + Math.E), transitions[0], 1e-12);
        Assert.Equal(3 * Math.E / (1 + Math.E), transitions[1], 1e-12);
        TransPrune.AddTransitions([1, 0, 0, 1], [1, 0, 0, 1], 2, transitions);
        Assert.Equal((2 / (1 + Math.E)) + .5, transitions[0], 1e-12);
        Assert.Throws<ArgumentException>(() => TransPrune.AddTransitions([1, 0], [1], 2, new double[1]));
    }

    [Fact]
    public void Transitions_and_instruction_count_alike()
    {
        Assert.Equal([2], TransPrune.Select([1, 2, 3], [], 1));
        Assert.Equal([0, 2], TransPrune.Select([1, 2, 3], [10, 0, 2], 2));
        Assert.Equal([0], TransPrune.Select([1, 2, 3], [10, 0, -1], 1));
    }

    [Fact]
    public void Entropy_of_a_patch_is_in_bits()
    {
        Assert.Equal(0, VFlowOpt.PatchEntropy([7, 7, 7, 7]));
        Assert.Equal(1, VFlowOpt.PatchEntropy([0, 9, 9, 0]));
        Assert.Equal(8, VFlowOpt.PatchEntropy([.. Enumerable.Range(0, 256).Select(i => (byte)i)]), 1e-12);
        Assert.Equal([0, .5, 0], VFlowOpt.Importance([1, 2, 3], [8, 8, 0]));
    }

    [Fact]
    public void Pruned_tokens_are_recycled_by_importance()
    {
        ReducedTokens left = VFlowOpt.Reduce([1, 2, 3, 4, 5], 1, [[.1, .9, .3, 0, .8]], [2], recycled: 1);

        Assert.Equal([1, 4, -1], left.Sources);
        Assert.Equal([2f, 5f, (float)(((.1 * 1) + (.3 * 3)) / .4)], left.Features.ToArray(), (a, b) => Math.Abs(a - b) < 1e-6f);
        Assert.Equal([1, 1, 3], left.Mass);

        // Two steps: 0 and 3 go first, then 2 of those left.
        ReducedTokens stepped = VFlowOpt.Reduce([1, 2, 3, 4, 5], 1, [[.1, .9, .3, 0, .8], [1, .9, .3, 1, .8]], [3, 2], recycled: 2);
        Assert.Equal([1, 4, -1, -1, -1], stepped.Sources);
        Assert.Equal([2f, 5f, 1f, 4f, 3f], stepped.Features.ToArray());
    }

    [Fact]
    public void Nothing_is_lost_to_recycling() =>
        Gen.Double[0, 1].Array[1, 30].Select(Gen.Int[1, 30], Gen.Int[1, 4]).Sample((importance, keep, recycled) =>
        {
            float[] features = [.. importance.Select(i => (float)i)];
            ReducedTokens left = VFlowOpt.Reduce(features, 1, [importance], [keep], recycled);

            Assert.Equal(importance.Length, left.Mass.Sum());
            Assert.Equal(Math.Min(keep, importance.Length), left.Sources.Count(s => s >= 0));
            Assert.All(left.Features.ToArray(), f => Assert.InRange(f, features.Min() - 1e-6f, features.Max() + 1e-6f));
        });

    [Fact]
    public void A_graph_joins_patches_that_touch_or_are_alike_and_is_normalised_by_degrees()
    {
        // A row of three patches: 0 - 1 - 2 touch, and 0 and 2 are alike.
        double[] apart = GtpVit.Graph([1, 0, 0, 1, -1, 0], 2, 3, alike: 0);
        Assert.Equal([0, 1 / Math.Sqrt(2), 0, 1 / Math.Sqrt(2), 0, 1 / Math.Sqrt(2), 0, 1 / Math.Sqrt(2), 0], apart, (a, b) => Math.Abs(a - b) < 1e-12);
        double[] joined = GtpVit.Graph([1, 0, 0, 1, 1, 0], 2, 3, alike: 1);
        Assert.Equal([0, .5, .5, .5, 0, .5, .5, .5, 0], joined, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Dropped_tokens_and_their_sizes_are_propagated_to_kept_ones()
    {
        double[] graph = [0, .5, 0, .5, 0, .25, 0, .25, 0];
        ReducedTokens left = GtpVit.Propagate([1, 10, 100], 1, [0, 2], graph, alpha: 0.2);

        Assert.Equal([2f, 100.5f], left.Features.ToArray());
        Assert.Equal([1.1, 1.05], left.Mass, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([1f, 100f], GtpVit.Propagate([1, 10, 100], 1, [0, 2], graph, alpha: 0).Features.ToArray());
        // Attention to themselves .5 and .3; received on average .6 and .4.
        Assert.Equal([.3, .12], GtpVit.Scores(Map(1, 2, .5f, .5f, .7f, .3f)), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void A_cold_transformation_merges_and_a_warm_one_averages()
    {
        float[] features = [1, 0, 0, 1, .9f, .1f, .2f, .8f];

        ReducedTokens merged = TokenTransforming.Reduce(features, 2, [0, 1], temperature: 0);
        Assert.Equal([.95f, .05f, .1f, .9f], merged.Features.ToArray(), (a, b) => Math.Abs(a - b) < 1e-6f);
        Assert.Equal([2, 2], merged.Mass);

        ReducedTokens warm = TokenTransforming.Reduce(features, 2, [0, 1], temperature: 1e9);
        // Both others are shared out by halves: (1 + .45 + .1) / 2.
        Assert.Equal([.775f, .225f, .275f, .725f], warm.Features.ToArray(), (a, b) => Math.Abs(a - b) < 1e-6f);
        Assert.Equal(features, TokenTransforming.Reduce(features, 2, [0, 1, 2, 3]).Features.ToArray());
    }

    [Fact]
    public void Pruning_is_the_transformation_by_unit_rows() =>
        Assert.Equal([3f, 4f, 7f, 8f], TokenTransforming.Apply([0, 1, 0, 0, 0, 0, 0, 1], [1, 2, 3, 4, 5, 6, 7, 8], 2));

    [Fact]
    public void Rows_of_a_transformation_sum_to_one_and_every_token_goes_somewhere() =>
        Gen.Float[-1, 1].Array[30].Select(Gen.Int[1, 10], Gen.Double[0, 2]).Sample((features, keep, temperature) =>
        {
            int[] anchors = [.. Enumerable.Range(0, keep)];
            double[] matrix = TokenTransforming.Matrix(features, 3, anchors, temperature, out double[] mass);

            Assert.Equal(10, mass.Sum(), 1e-9);
            Assert.All(Enumerable.Range(0, keep), k => Assert.Equal(1, matrix.AsSpan(k * 10, 10).ToArray().Sum(), 1e-9));
        });
}
