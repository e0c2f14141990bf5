using CsCheck;
using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Tests.Deduplicate;

public sealed class MinHashDedupTests
{
    private static readonly MinHashDedup Stage = new() { Name = "minhash" };

    /// <summary>DataTrove's test of its own buckets and clusters (tests/pipeline/dedup/test_minhash.py): windows of 400 characters of one text.</summary>
    [Fact]
    public void Windows_of_one_text_fall_into_the_clusters_that_DataTrove_expects()
    {
        int[][] clusters = [[0, 20, 50], [400, 420], [800, 810, 820, 840, 860], [1205, 1215, 1225, 1245], [1600], [2000]];
        Row[] rows = [.. clusters.SelectMany((cluster, c) => cluster.Select((start, i) => new Row($"{c}_{i}", Texts.LoremIpsum.Substring(start, 400))))];
        DuplicateOutcome[] outcomes = CorpusInMemory.Run(Stage, rows);
        for (int i = 0; i < rows.Length; i++)
        {
            int cluster = rows[i].Id[0] - '0';
            Assert.Equal(clusters[cluster].Length, outcomes[i].ClusterSize);
            Assert.Equal(clusters[cluster].Length == 1 ? null : $"{cluster}_", outcomes[i].Cluster?[..2]);
        }

        Assert.Equal(6, CorpusInMemory.Reasons(Stage, outcomes).Count(r => r is null));
        Assert.All(CorpusInMemory.Reasons(Stage, outcomes).Where(r => r is not null), r => Assert.Equal("near_duplicate", r));
    }

    /// <summary>DataTrove's test of its signatures: similarity within 0.21 of the share of the text that is the same.</summary>
    [Fact]
    public void Signatures_estimate_how_much_of_a_text_is_the_same()
    {
        string text = Texts.LoremIpsum;
        uint[] whole = Signature(text);
        for (int percent = 0; percent < 100; percent += 5)
        {
            int end = text.Length * percent / 100;
            string changed = text[..end] + new string([.. text[(end + 1)..].Reverse()]);
            Assert.InRange(MinHasher.Similarity(whole, Signature(changed)), (percent / 100.0) - 0.21, (percent / 100.0) + 0.21);
        }
    }

    [Fact]
    public void Documents_shorter_than_the_ngram_are_found_too()
    {
        Row[] rows = [new("a", "Just four words here"), new("b", "just FOUR words, here!"), new("c", "just four words there"), new("d", ""), new("e", " ")];
        DuplicateOutcome[] outcomes = CorpusInMemory.Run(Stage, rows);
        Assert.Equal(["b", "b", null, null, null], outcomes.Select(o => o.Cluster));
        Assert.Equal(["b", null, null, null, null], outcomes.Select(o => o.DuplicateOf));
    }

    [Theory]
    [InlineData("score.value desc; date asc", "b")]
    [InlineData("score.value asc", "c")]
    [InlineData("date desc", "d")]
    [InlineData("date", "a")]
    [InlineData("text_length desc", "d")]
    [InlineData("", "a")]
    [InlineData("score.value desc", "b")]
    public void The_best_document_of_a_cluster_is_kept(string priority, string kept)
    {
        string text = Texts.LoremIpsum[..800];
        Row[] rows =
        [
            new("d", text + "!!") { Score = 3, Date = "2024-03-01" },
            new("c", text) { Score = 1, Date = "2024-02-01" },
            new("b", text) { Score = 5, Date = "2024-01-01" },
            new("a", text) { Date = "2023-01-01" },
            new("0", text) { Score = 99, Date = "2020-01-01", IsAlive = false },
        ];
        DuplicateOutcome[] outcomes = CorpusInMemory.Run(Stage with { Priority = priority }, rows);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(new DuplicateOutcome(kept, 4, rows[i].Id == kept ? null : kept), outcomes[i]);
        }

        Assert.Equal(default, outcomes[4]);
    }

    [Fact]
    public void A_text_without_spaces_between_words_is_compared_by_its_characters()
    {
        const string Chinese = "数据集的质量决定了模型的质量因此去除重复文本是预处理中最重要的步骤之一我们在此介绍一种可扩展的方法并给出实验结果与分析供读者参考";
        Row[] rows = [new("a", Chinese), new("b", Chinese + "。谢谢"), new("c", "完全不同的内容在这里没有任何与上面相似的句子只是为了测试而写的一段话")];
        Assert.Equal([2, 2, 1], CorpusInMemory.Run(Stage, rows).Select(o => o.ClusterSize));
    }

    [Fact]
    public void Found_clusters_are_those_of_all_pairs_that_share_a_band() =>
        Corpora.NearDuplicates.Sample(rows =>
        {
            MinHashDedup stage = Stage with { Bands = 6, Rows = 2, Ngram = 3 };
            DuplicateOutcome[] outcomes = CorpusInMemory.Run(stage, rows);
            uint[][] signatures = [.. rows.Select(r => Signature(r.Text, stage))];
            DisjointSets sets = new(rows.Length);
            for (int i = 0; i < rows.Length; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    bool isPair = rows[i].IsAlive && rows[j].IsAlive && signatures[i].Length > 0 && signatures[j].Length > 0
                        && Enumerable.Range(0, 6).Any(b => signatures[i].AsSpan(b * 2, 2).SequenceEqual(signatures[j].AsSpan(b * 2, 2)));
                    if (isPair)
                    {
                        sets.Union(i, j);
                    }
                }
            }

            AssertClusters(rows, outcomes, sets);
        }, iter: 60, threads: 1);

    [Fact]
    public void Verified_clusters_hold_no_pair_below_the_least_similarity() =>
        Corpora.NearDuplicates.Sample(rows =>
        {
            MinHashDedup stage = Stage with { Bands = 30, Rows = 1, Ngram = 2, MinJaccard = 0.5 };
            DuplicateOutcome[] outcomes = CorpusInMemory.Run(stage, rows);
            uint[][] signatures = [.. rows.Select(r => Signature(r.Text, stage))];
            DisjointSets similar = new(rows.Length);
            for (int i = 0; i < rows.Length; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    if (rows[i].IsAlive && rows[j].IsAlive && signatures[i].Length > 0 && signatures[j].Length > 0 && MinHasher.Similarity(signatures[i], signatures[j]) >= 0.5)
                    {
                        similar.Union(i, j);
                    }
                }
            }

            // Verification looks at some of the pairs of a bucket: a cluster lies within one of all similar pairs, and equal signatures are always together.
            for (int i = 0; i < rows.Length; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    if (outcomes[i].Cluster is { } cluster && cluster == outcomes[j].Cluster)
                    {
                        Assert.Equal(similar.Find(i), similar.Find(j));
                    }

                    if (rows[i].IsAlive && rows[j].IsAlive && signatures[i].Length > 0 && signatures[i].AsSpan().SequenceEqual(signatures[j]))
                    {
                        Assert.NotNull(outcomes[i].Cluster);
                        Assert.Equal(outcomes[i].Cluster, outcomes[j].Cluster);
                    }
                }
            }
        }, iter: 40, threads: 1);

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.6)]
    public void Order_of_documents_shards_batches_memory_and_threads_make_no_difference(double minJaccard) =>
        Gen.Select(Corpora.NearDuplicates, Gen.Int, Gen.Int[1, 9], Gen.Int[1, 5]).Sample((rows, seed, shardRows, batchRows) =>
        {
            MinHashDedup stage = Stage with { Bands = 10, Rows = 2, Ngram = 3, MinJaccard = minJaccard, Priority = "score.value desc" };
            Row[] shuffled = [.. rows];
            new Random(seed).Shuffle(shuffled);
            Dictionary<string, DuplicateOutcome> expected = ById(rows, CorpusInMemory.Run(stage, rows, rows.Length, rows.Length));
            Dictionary<string, DuplicateOutcome> found = ById(shuffled, CorpusInMemory.Run(stage with { SortMemory = 1 }, shuffled, shardRows, batchRows, threads: 3));
            Assert.Equal(expected.OrderBy(p => p.Key, StringComparer.Ordinal), found.OrderBy(p => p.Key, StringComparer.Ordinal));
        }, iter: 40, threads: 1);

    [Theory]
    [InlineData(ShingleUnit.Word)]
    [InlineData(ShingleUnit.Character)]
    public void Kept_documents_stand_for_themselves(ShingleUnit unit)
    {
        Row[] rows = [.. Enumerable.Range(0, 40).Select(i => new Row($"r{i:D2}", Texts.LoremIpsum.Substring(i * 35, 500)))];
        DuplicateOutcome[] outcomes = CorpusInMemory.Run(Stage with { Unit = unit, Ngram = unit == ShingleUnit.Word ? 5 : 24 }, rows);
        Dictionary<string, DuplicateOutcome> byId = ById(rows, outcomes);
        foreach ((string id, DuplicateOutcome outcome) in byId)
        {
            Assert.True(outcome.DuplicateOf is null || outcome.DuplicateOf == outcome.Cluster);
            if (outcome.Cluster is { } kept)
            {
                Assert.Null(byId[kept].DuplicateOf);
                Assert.Equal(byId.Count(p => p.Value.Cluster == kept), outcome.ClusterSize);
                Assert.Equal(id == kept, outcome.DuplicateOf is null);
            }
        }
    }

    [Fact]
    public void Another_seed_makes_another_signature() =>
        Assert.InRange(MinHasher.Similarity(Signature(Texts.LoremIpsum), Signature(Texts.LoremIpsum, Stage with { Seed = 2 })), 0, 0.05);

    internal static Dictionary<string, DuplicateOutcome> ById(Row[] rows, DuplicateOutcome[] outcomes) =>
        rows.Zip(outcomes).ToDictionary(p => p.First.Id, p => p.Second, StringComparer.Ordinal);

    internal static void AssertClusters(Row[] rows, DuplicateOutcome[] outcomes, DisjointSets sets)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            if (!rows[i].IsAlive)
            {
                Assert.Equal(default, outcomes[i]);
                continue;
            }

            int[] members = [.. Enumerable.Range(0, rows.Length).Where(j => rows[j].IsAlive && sets.Find(i) == sets.Find(j))];
            Assert.Equal(members.Length, outcomes[i].ClusterSize);
            Assert.Equal(members.Length == 1, outcomes[i].Cluster is null);
            Assert.All(members, j => Assert.Equal(outcomes[i].Cluster, outcomes[j].Cluster));
        }
    }

    private static uint[] Signature(string text, MinHashDedup? stage = null)
    {
        MinHashDedup used = stage ?? Stage;
        ReadOnlySpan<ulong> packed = used.Measure(Document.Create(text)).Signature.Span;
        return packed.IsEmpty ? [] : System.Runtime.InteropServices.MemoryMarshal.Cast<ulong, uint>(packed)[..(used.Bands * used.Rows)].ToArray();
    }
}
