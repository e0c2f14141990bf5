using DataBuild.Stages.Score.Selection;
using DataBuild.Stages.Select;
using DataBuild.Stages.Tests.Deduplicate;

namespace DataBuild.Stages.Tests.Select;

public sealed class SelectStageTests
{
    [Fact]
    public void The_best_of_each_group_are_kept_and_equal_values_go_by_id()
    {
        Row[] rows =
        [
            New("d", 1, "x"), New("a", 3, "x"), New("c", 3, "x"), New("b", 2, "x"), New("e", 9, "y"), New("f", null, "y"), New("g", 5, "y") with { IsAlive = false },
        ];
        TopK stage = new() { Column = "score.value", GroupColumn = "date", Count = 2 };
        TopKOutcome[] outcomes = CorpusInMemory.Run(stage, rows, shardRows: 2, batchRows: 1);
        Assert.Equal([4L, 1, 2, 3, 1, null, null], outcomes.Select(o => o.Rank));
        Assert.Equal(["below_top", null, null, "below_top", null, "no_value", "no_value"], CorpusInMemory.Reasons(stage, outcomes));
        Assert.Equal(2, outcomes.Count(o => (stage with { Count = long.MaxValue, Share = 0.25 }).Decide(o).IsKeep));
        Assert.Equal([1L, 3, 4, 2, 1, null, null], CorpusInMemory.Run(stage with { Ascending = true }, rows).Select(o => o.Rank));
    }

    [Theory]
    [InlineData(EmbeddingDistance.Euclidean)]
    [InlineData(EmbeddingDistance.Angular)]
    public void A_diverse_selection_is_at_least_half_as_spread_as_the_best_one(EmbeddingDistance distance)
    {
        Random random = new(3);
        for (int round = 0; round < 20; round++)
        {
            Row[] rows = [.. Enumerable.Range(0, 10).Select(i => Embedded($"d{i}", (float)random.NextDouble() + 0.1f, (float)random.NextDouble() - 0.5f, (float)random.NextDouble() - 0.5f))];
            SelectionOutcome[] outcomes = CorpusInMemory.Run(new DiversitySelect { Count = 4, Distance = distance }, rows);
            int[] chosen = [.. Enumerable.Range(0, 10).Where(i => outcomes[i].Order is not null)];
            Assert.Equal([1, 2, 3, 4], outcomes.Select(o => o.Order).OfType<int>().Order());
            Assert.True(Spread(rows, chosen, distance) >= (Best(rows, 4, distance) / 2) - 1e-6);
        }
    }

    [Fact]
    public void A_selection_does_not_depend_on_the_order_of_rows()
    {
        Random random = new(4);
        Row[] rows = [.. Enumerable.Range(0, 60).Select(i => Embedded($"d{i:D2}", (float)random.NextDouble(), (float)random.NextDouble(), 1))];
        Row[] shuffled = [.. rows.OrderBy(_ => random.Next())];
        foreach (DiversitySelect stage in new[] { new DiversitySelect { Count = 9 }, new DiversitySelect { Share = 0.2, StartSample = 12 }, new DiversitySelect { Count = 5, Start = SelectionStart.FirstItem } })
        {
            Assert.Equal(Orders(rows, CorpusInMemory.Run(stage, rows)), Orders(shuffled, CorpusInMemory.Run(stage, shuffled, shardRows: 11)));
        }

        static Dictionary<string, int?> Orders(Row[] rows, SelectionOutcome[] outcomes) => rows.Select((r, i) => (r.Id, outcomes[i].Order)).ToDictionary();
    }

    [Fact]
    public void Duplicates_are_selected_last()
    {
        Row[] rows = [Embedded("a", 1, 0, 0), Embedded("b", 1, 0, 0), Embedded("c", 0, 1, 0), Embedded("d", 0, 0, 1), Embedded("e", 0, 1, 0)];
        SelectionOutcome[] outcomes = CorpusInMemory.Run(new DiversitySelect { Count = 3 }, rows);
        Assert.Equal(3, rows.Where((_, i) => outcomes[i].Order is not null).Select(r => string.Join(',', r.Embedding!)).Distinct().Count());
        Assert.Equal(5, CorpusInMemory.Run(new DiversitySelect(), rows).Count(o => o.Order is not null));
    }

    [Fact]
    public void A_vector_of_another_length_is_an_error() => Assert.Equal("DB4080", Assert.Throws<StageException>(
        () => CorpusInMemory.Run(new DiversitySelect(), [Embedded("a", 1, 0), Embedded("b", 1, 0, 0)])).Code);

    [Fact]
    public void Ranks_of_links_are_those_of_the_stationary_walk()
    {
        // a -> b twice, a -> c, b -> c, c -> a: the walk's equations, with a jump of 0.15, solved by elimination.
        Row[] rows =
        [
            Linked("a", "[b](https://b.example/#x) [again](https://b.example) and [c](<https://c.example/>)"),
            Linked("b", "[c](https://c.example) [self](https://b.example)"),
            Linked("c", "see [a](https://a.example/) or [elsewhere](https://d.example)"),
        ];
        double[] ranks = [.. CorpusInMemory.Run(new GraphRankStage { Name = "graphRank" }, rows).Select(o => o.Rank!.Value)];
        const double d = 0.85, jump = 0.15;

        // b = jump + d * 2/3 a; c = jump + d * (a/3 + b); a = jump + d * c, in units of an average of 1.
        double a = (jump + (d * jump) + (d * d * jump)) / (1 - (d * d * ((1.0 / 3) + (d * 2 / 3))));
        double b = jump + (d * 2 / 3 * a);
        double c = jump + (d * ((a / 3) + b));
        Assert.Equal([a, b, c], ranks, (x, y) => Math.Abs(x - y) < 1e-6);
        Assert.Equal(3, ranks.Sum(), 1e-6);
    }

    [Fact]
    public void Ranks_of_neighbours_favour_the_middle_of_a_cluster()
    {
        Row[] rows = [Embedded("a", 1, 0.1f), Embedded("b", 1, 0), Embedded("c", 1, -0.1f), Embedded("d", -1, 0.9f)];
        GraphRankStage stage = new() { Embedding = "embedding.vector", Neighbors = 1, MinSimilarity = 0.5, MinRank = 1 };
        GraphRankOutcome[] outcomes = CorpusInMemory.Run(stage, rows);
        Assert.True(outcomes[1].Rank > outcomes[0].Rank && outcomes[0].Rank > outcomes[3].Rank - 1e-9);
        Assert.Equal("rank_too_low", stage.Decide(in outcomes[3]).Reason);
    }

    [Fact]
    public void A_budget_is_shared_by_salience_and_spent_on_the_best()
    {
        // Salience 6 : 3 : 0 of a budget of 9, one unit a document; x has only 4.
        Row[] rows =
        [
            New("x1", 3, "x"), New("x2", 1, "x"), New("x3", 1, "x"), New("x4", 1, "x"),
            .. Enumerable.Range(0, 9).Select(i => New($"y{i}", (i + 1) / 15.0, "y")), New("z1", 0, "z"),
        ];
        BudgetAllocate stage = new() { Column = "score.value", GroupColumn = "date", Budget = 9 };
        SelectionOutcome[] outcomes = CorpusInMemory.Run(stage, rows);
        string[] kept = [.. rows.Where((_, i) => outcomes[i].Order is not null).Select(r => r.Id)];
        Assert.Equal(["x1", "x2", "x3", "x4", "y4", "y5", "y6", "y7", "y8"], kept);
        Assert.Equal("over_budget", stage.Decide(in outcomes[4]).Reason);

        // HiRED's salience: of the best fifth, three documents, x has two at least.
        SelectionOutcome[] hired = CorpusInMemory.Run(stage with { Budget = 3, SalientShare = 0.2 }, rows);
        Assert.Equal(["x1", "x2", "x3"], rows.Where((_, i) => hired[i].Order is not null).Select(r => r.Id));
    }

    private static Row New(string id, double? score, string group) => new(id, "text") { Score = score, Date = group };

    private static Row Embedded(string id, params float[] vector) => new(id, "text") { Embedding = vector };

    private static Row Linked(string id, string text) => new(id, text) { Url = $"https://{id}.example/" };

    private static double Spread(Row[] rows, int[] chosen, EmbeddingDistance distance) =>
        chosen.SelectMany(i => chosen.Where(j => j > i).Select(j => Distance(rows[i].Embedding!, rows[j].Embedding!, distance))).Min();

    private static double Best(Row[] rows, int count, EmbeddingDistance distance) => Enumerable.Range(0, 1 << rows.Length)
        .Where(m => System.Numerics.BitOperations.PopCount((uint)m) == count)
        .Max(m => Spread(rows, [.. Enumerable.Range(0, rows.Length).Where(i => (m >> i & 1) == 1)], distance));

    private static double Distance(float[] a, float[] b, EmbeddingDistance distance)
    {
        double dot = a.Zip(b).Sum(p => (double)p.First * p.Second);
        double lengths = Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(x => (double)x * x));
        return distance == EmbeddingDistance.Angular ? Math.Acos(Math.Clamp(dot / lengths, -1, 1)) : Math.Sqrt(a.Zip(b).Sum(p => (double)(p.First - p.Second) * (p.First - p.Second)));
    }
}
