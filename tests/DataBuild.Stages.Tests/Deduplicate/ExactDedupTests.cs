using CsCheck;
using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Tests.Deduplicate;

public sealed class ExactDedupTests
{
    private static readonly ExactDedup Stage = new() { Name = "exact" };

    [Fact]
    public void Equal_texts_are_one_cluster()
    {
        Row[] rows = [new("b", "same"), new("a", "same"), new("c", "Same"), new("d", "same") { IsAlive = false }, new("e", "same.")];
        DuplicateOutcome[] outcomes = CorpusInMemory.Run(Stage, rows, shardRows: 2, batchRows: 1);
        Assert.Equal([new("a", 2, "a"), new("a", 2, null), new(null, 1, null), default, new(null, 1, null)], outcomes);
        Assert.Equal(["exact_duplicate", null, null, null, null], CorpusInMemory.Reasons(Stage, outcomes));
    }

    [Fact]
    public void Simplified_texts_are_compared_by_their_words()
    {
        Row[] rows = [new("a", "Crème brûlée, 3 €"), new("b", "creme  BRULEE 12,5"), new("c", "creme brulee")];
        DuplicateOutcome[] outcomes = CorpusInMemory.Run(Stage with { Normalized = true }, rows);
        Assert.Equal([2, 2, 1], outcomes.Select(o => o.ClusterSize));
    }

    [Fact]
    public void Groups_are_those_of_the_texts() =>
        Gen.Select(Corpora.NearDuplicates, Gen.Int[1, 9], Gen.Int[1, 4]).Sample((rows, shardRows, batchRows) =>
        {
            DuplicateOutcome[] outcomes = CorpusInMemory.Run(Stage with { Priority = "score.value desc" }, rows, shardRows, batchRows);
            Dictionary<string, Row[]> groups = rows.Where(r => r.IsAlive).GroupBy(r => r.Text, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.OrderByDescending(r => r.Score ?? double.NegativeInfinity).ThenBy(r => r.Id, StringComparer.Ordinal).ToArray(), StringComparer.Ordinal);
            for (int i = 0; i < rows.Length; i++)
            {
                DuplicateOutcome expected = default;
                if (rows[i].IsAlive)
                {
                    Row[] group = groups[rows[i].Text];
                    string kept = group[0].Id;
                    expected = group.Length == 1 ? new(null, 1, null) : new(kept, group.Length, kept == rows[i].Id ? null : kept);
                }

                Assert.Equal(expected, outcomes[i]);
            }
        }, iter: 100, threads: 1);
}
