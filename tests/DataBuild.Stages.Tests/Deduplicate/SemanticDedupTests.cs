using CsCheck;
using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Tests.Deduplicate;

public sealed class SemanticDedupTests
{
    private static readonly SemanticDedup Stage = new() { Name = "semantic", Embedding = "embedding.vector", Priority = "score.value desc" };

    [Fact]
    public void In_one_cluster_a_document_goes_when_a_kept_better_one_is_near() =>
        Vectors.Sample(rows =>
        {
            SemanticDedup stage = Stage with { Clusters = 1, MinCosine = 0.9 };
            DuplicateOutcome[] outcomes = CorpusInMemory.Run(stage, rows);
            Dictionary<string, DuplicateOutcome> byId = MinHashDedupTests.ById(rows, outcomes);
            List<Row> kept = [];
            foreach (Row row in rows.Where(r => r.IsAlive && r.Embedding!.Any(v => v != 0)).OrderByDescending(r => r.Score ?? double.NegativeInfinity).ThenBy(r => r.Id, StringComparer.Ordinal))
            {
                Row? near = kept.Find(k => Cosine(k.Embedding!, row.Embedding!) >= 0.9);
                Assert.Equal(near?.Id, byId[row.Id].DuplicateOf);
                if (near is null)
                {
                    kept.Add(row);
                }
            }

            foreach (Row row in rows)
            {
                int expected = !row.IsAlive ? 0 : rows.Count(r => (byId[r.Id].Cluster ?? r.Id) == (byId[row.Id].Cluster ?? row.Id));
                Assert.Equal(expected, byId[row.Id].ClusterSize);
            }
        }, iter: 60, threads: 1);

    [Fact]
    public void Order_of_documents_makes_no_difference() =>
        Gen.Select(Vectors, Gen.Int, Gen.Int[1, 9]).Sample((rows, seed, shardRows) =>
        {
            SemanticDedup stage = Stage with { Clusters = 3, MinCosine = 0.8 };
            Row[] shuffled = [.. rows];
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(
                MinHashDedupTests.ById(rows, CorpusInMemory.Run(stage, rows)).OrderBy(p => p.Key, StringComparer.Ordinal),
                MinHashDedupTests.ById(shuffled, CorpusInMemory.Run(stage, shuffled, shardRows, 2)).OrderBy(p => p.Key, StringComparer.Ordinal));
        }, iter: 60, threads: 1);

    [Fact]
    public void Copies_meet_in_any_number_of_clusters()
    {
        Random random = new(3);
        Row[] rows = [.. Enumerable.Range(0, 200).Select(i => new Row($"r{i:D3}", "") { Embedding = [.. Enumerable.Range(0, 20).Select(_ => (float)(random.NextDouble() - 0.5))] })];
        rows = [.. rows, .. rows.Select(r => r with { Id = "z" + r.Id, Embedding = [.. r.Embedding!.Select(v => v * 2)] })];
        DuplicateOutcome[] outcomes = CorpusInMemory.Run(Stage with { MinCosine = 0.999 }, rows);
        Assert.All(Enumerable.Range(0, 200), i => Assert.Equal(rows[i].Id, outcomes[200 + i].DuplicateOf));
    }

    [Fact]
    public void Vectors_of_two_lengths_are_an_error()
    {
        StageException error = Assert.Throws<StageException>(() => CorpusInMemory.Run(Stage, [new("a", "") { Embedding = [1, 2] }, new("b", "") { Embedding = [1, 2, 3] }]));
        Assert.Contains("expected 2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.75, "a")]
    [InlineData(0.799, "a")]
    [InlineData(0.801, null)]
    [InlineData(0.95, null)]
    public void The_bound_divides_at_the_similarity_of_the_pair(double bound, string? duplicateOf)
    {
        // The cosine of (1, 0) and (4, 3) is 0.8.
        Row[] rows = [new("a", "") { Embedding = [1, 0] }, new("b", "") { Embedding = [4, 3] }];
        Assert.Equal(duplicateOf, CorpusInMemory.Run(Stage with { Clusters = 1, MinCosine = bound, Priority = "" }, rows)[1].DuplicateOf);
    }

    [Theory]
    [InlineData("score.value desc", "b")]
    [InlineData("score.value asc", "c")]
    [InlineData("date asc", "a")]
    [InlineData("", "a")]
    public void The_declared_priority_says_which_one_stays(string priority, string kept)
    {
        Row[] rows =
        [
            new("c", "") { Embedding = [1, 0, 0], Score = 1, Date = "2026-03-01" },
            new("b", "") { Embedding = [2, 0, 0], Score = 3, Date = "2026-02-01" },
            new("a", "") { Embedding = [3, 0, 0], Score = 2, Date = "2026-01-01" },
        ];
        DuplicateOutcome[] outcomes = CorpusInMemory.Run(Stage with { Priority = priority }, rows);
        Assert.All(rows.Zip(outcomes), r => Assert.Equal((kept, 3, r.First.Id == kept ? null : kept), (r.Second.Cluster, r.Second.ClusterSize, r.Second.DuplicateOf)));
        Assert.Equal(2, CorpusInMemory.Reasons(Stage, outcomes).Count(r => r == "semantic_duplicate"));
    }

    [Fact]
    public void More_clusters_find_a_part_of_what_one_finds_whatever_seed_rounds_and_memory()
    {
        // Twelve directions, four near copies each: in one cluster all copies are compared, in several only those that k-means put together.
        Random random = new(5);
        Row[] rows = [.. Enumerable.Range(0, 48).Select(i => new Row($"r{i:D2}", "")
        {
            Embedding = [.. Enumerable.Range(0, 12).Select(d => d == i % 12 ? 1f : (float)(random.NextDouble() * 0.002))],
        })];
        string?[] expected = [.. Enumerable.Range(0, 48).Select(i => i < 12 ? null : rows[i % 12].Id)];
        SemanticDedup one = Stage with { Clusters = 1, Priority = "" };
        foreach (SemanticDedup stage in (SemanticDedup[])[one, one with { Iterations = 1 }, one with { Seed = 99 }, one with { Memory = 1, Iterations = 50 }])
        {
            Assert.Equal(expected, CorpusInMemory.Run(stage, rows).Select(o => o.DuplicateOf));
        }

        foreach (SemanticDedup stage in (SemanticDedup[])[one with { Clusters = 0 }, one with { Clusters = 5, Seed = 7 }, one with { Clusters = 12, Iterations = 1 }])
        {
            DuplicateOutcome[] outcomes = CorpusInMemory.Run(stage, rows);
            Assert.All(Enumerable.Range(0, 48).Where(i => outcomes[i].DuplicateOf is not null), i => Assert.Equal(i % 12, int.Parse(outcomes[i].DuplicateOf![1..], System.Globalization.CultureInfo.InvariantCulture) % 12));
            Assert.InRange(outcomes.Count(o => o.DuplicateOf is not null), 24, 36);
            Assert.Equal(outcomes, CorpusInMemory.Run(stage with { Memory = 1 }, rows, 5, 2));
        }
    }

    [Fact]
    public void Compared_in_every_cluster_documents_go_as_in_one() =>
        Gen.Select(Vectors, Gen.Int[2, 9], Gen.Int[1, 4]).Sample((rows, clusters, iterations) =>
        {
            SemanticDedup one = Stage with { Clusters = 1, MinCosine = 0.8 };
            SemanticDedup every = one with { Clusters = clusters, NearestClusters = clusters, Iterations = iterations };
            Assert.Equal(CorpusInMemory.Run(one, rows), CorpusInMemory.Run(every, rows));
        }, iter: 100, threads: 1);

    [Fact]
    public void Compared_in_several_clusters_each_goes_for_a_kept_better_one_and_order_and_memory_decide_nothing() =>
        Gen.Select(Vectors, Gen.Int, Gen.Int[1, 9]).Sample((rows, seed, shardRows) =>
        {
            SemanticDedup stage = Stage with { Clusters = 6, NearestClusters = 3, MinCosine = 0.8, Priority = "" };
            DuplicateOutcome[] outcomes = CorpusInMemory.Run(stage, rows);
            Dictionary<string, DuplicateOutcome> byId = MinHashDedupTests.ById(rows, outcomes);
            foreach (Row row in rows.Where(r => byId[r.Id].DuplicateOf is not null))
            {
                Row kept = rows.Single(r => r.Id == byId[row.Id].DuplicateOf);
                Assert.Null(byId[kept.Id].DuplicateOf);
                Assert.True(string.CompareOrdinal(kept.Id, row.Id) < 0 && Cosine(kept.Embedding!, row.Embedding!) >= 0.8);
            }

            Row[] shuffled = [.. rows];
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(
                byId.OrderBy(p => p.Key, StringComparer.Ordinal),
                MinHashDedupTests.ById(shuffled, CorpusInMemory.Run(stage with { Memory = 1 }, shuffled, shardRows, 2)).OrderBy(p => p.Key, StringComparer.Ordinal));
        }, iter: 60, threads: 1);

    [Fact]
    public void Pairs_that_clusters_part_are_found_in_the_nearest_ones()
    {
        // 400 directions with three near copies each; neighbours on a circle of clusters, so that their borders part copies.
        Random random = new(11);
        Row[] rows = [.. Enumerable.Range(0, 1600).Select(i => new Row($"r{i:D4}", "")
        {
            Embedding = [(float)Math.Cos(i % 400 * Math.Tau / 400), (float)Math.Sin(i % 400 * Math.Tau / 400), (float)(random.NextDouble() * 0.004), (float)(random.NextDouble() * 0.004)],
        })];
        SemanticDedup stage = Stage with { Clusters = 40, MinCosine = 0.9999, Priority = "" };
        int all = Found(stage with { Clusters = 1 }), own = Found(stage), two = Found(stage with { NearestClusters = 2 });
        Assert.True(own < all, $"{own} of {all}");
        Assert.Equal(all, two);

        int Found(SemanticDedup s) => CorpusInMemory.Run(s, rows, 200, 100).Count(o => o.DuplicateOf is not null);
    }

    private static Gen<Row[]> Vectors => Gen.Select(Gen.Int[1, 30], Gen.Int).Select((count, seed) =>
    {
        Random random = new(seed);
        return Enumerable.Range(0, count).Select(i => new Row($"doc{i:D2}", "")
        {
            Embedding = random.Next(10) == 0 ? [0, 0, 0] : [.. Enumerable.Range(0, 3).Select(_ => (float)random.Next(-3, 4))],
            Score = random.Next(3) == 0 ? null : random.Next(3),
            IsAlive = random.Next(8) > 0,
        }).ToArray();
    });

    private static double Cosine(float[] a, float[] b)
    {
        float[] x = new float[a.Length], y = new float[b.Length];
        Assert.True(FixedOrderMath.TryNormalize(a, x) && FixedOrderMath.TryNormalize(b, y));
        return FixedOrderMath.Dot(x, y);
    }
}
