using CsCheck;
using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Tests.Deduplicate;

public sealed class SortingTests : IDisposable
{
    private readonly string _scratch = Directory.CreateTempSubdirectory("databuild-sort-").FullName;

    public void Dispose() => Directory.Delete(_scratch, recursive: true);

    [Theory]
    [InlineData(0, 1 << 20)]
    [InlineData(1, 1 << 20)]
    [InlineData(5000, 1 << 20)]
    [InlineData(5000, 1024)]
    [InlineData(5000, 40000)]
    [InlineData(100_000, 100_000)]
    public void Records_come_back_in_order_whatever_the_memory(int count, int memory)
    {
        Random random = new(count + memory);
        KeyedRow[] records = [.. Enumerable.Range(0, count).Select(i => new KeyedRow((ulong)random.NextInt64() << random.Next(64), random.Next(50)))];
        Assert.Equal(records.OrderBy(r => r.Key).ThenBy(r => r.Row), Sorted(records, memory, out int runs));
        Assert.Equal(count > 1000 && memory < 1 << 20, runs > 1);
    }

    [Fact]
    public void Any_records_come_back_in_order() =>
        Gen.Select(Gen.ULong[0, 5], Gen.Int[0, 3]).Array[0, 200].Sample(pairs =>
        {
            KeyedRow[] records = [.. pairs.Select(p => new KeyedRow(p.Item1, p.Item2))];
            Assert.Equal(records.OrderBy(r => r.Key).ThenBy(r => r.Row), Sorted(records, 600, out _));
        }, iter: 200, threads: 1);

    [Fact]
    public void Runs_are_removed()
    {
        Sorted([.. Enumerable.Range(0, 1000).Select(i => new KeyedRow((ulong)i, i))], 1000, out _);
        Assert.Empty(Directory.GetFiles(_scratch));
    }

    [Fact]
    public void Keys_of_any_length_come_back_in_order() =>
        Gen.Byte[0, 2].Array[0, 12].Array[0, 300].Sample(keys =>
        {
            using KeySorter sorter = new(_scratch, "keys", 4096);
            for (int i = 0; i < keys.Length; i++)
            {
                sorter.Add(keys[i], i);
            }

            int[] expected = [.. Enumerable.Range(0, keys.Length).OrderBy(i => Convert.ToHexString(keys[i]), StringComparer.Ordinal).ThenBy(i => i)];
            Assert.Equal(expected, sorter.Sort());
        }, iter: 200, threads: 1);

    [Fact]
    public void Sets_are_those_of_a_naive_union() =>
        Gen.Select(Gen.Int[0, 29], Gen.Int[0, 29]).Array[0, 40].Sample(pairs =>
        {
            DisjointSets sets = new(30);
            int[] labels = [.. Enumerable.Range(0, 30)];
            foreach ((int a, int b) in pairs)
            {
                Assert.Equal(labels[a] != labels[b], sets.Union(a, b));
                (int from, int to) = (labels[b], labels[a]);
                labels = [.. labels.Select(l => l == from ? to : l)];
            }

            for (int i = 0; i < 30; i++)
            {
                for (int j = 0; j < 30; j++)
                {
                    Assert.Equal(labels[i] == labels[j], sets.Find(i) == sets.Find(j));
                }
            }
        });

    [Fact]
    public void Priority_orders_numbers_strings_and_missing_values()
    {
        double?[] scores = [null, double.NaN, double.NegativeInfinity, -2.5, -0.0, 0.0, 1e-9, 7, double.PositiveInfinity];
        Assert.Equal([2, 3, 4, 5, 6, 7, 8, 0, 1], Order("score.value", scores, new string?[9]));
        Assert.Equal([8, 7, 6, 4, 5, 3, 2, 0, 1], Order("score.value desc", scores, new string?[9]));
        string?[] dates = ["2024-05-01", null, "2024-05", "", "2024-05-01T00:00:00Z", "2023"];
        Assert.Equal([3, 5, 2, 0, 4, 1], Order("date asc", new double?[6], dates));
        Assert.Equal([4, 0, 2, 5, 3, 1], Order("date desc", new double?[6], dates));
        Assert.Equal([1, 2, 0, 3], Order("score.value desc; date", [1, 2, 1, 1], ["b", "z", "a", null]));
    }

    [Theory]
    [InlineData("score down")]
    [InlineData("a b c")]
    public void A_wrong_priority_is_named(string priority)
    {
        StageException error = Assert.Throws<StageException>(() => DocumentPriority.Parse(priority));
        Assert.Contains(priority, error.Message, StringComparison.Ordinal);
    }

    private static int[] Order(string priority, double?[] scores, string?[] dates)
    {
        ValueColumnBuilder<double> scoreColumn = new();
        StringColumnBuilder dateColumn = new(), idColumn = new();
        for (int i = 0; i < scores.Length; i++)
        {
            scoreColumn.Append(scores[i]);
            dateColumn.Append(dates[i]);
            idColumn.Append($"id{i}");
        }

        DocumentBatch batch = new(scores.Length, new(StringComparer.Ordinal) { ["score.value"] = scoreColumn.Build(), ["date"] = dateColumn.Build(), ["id"] = idColumn.Build() });
        DocumentPriority order = DocumentPriority.Parse(priority);
        string[] keys = [.. Enumerable.Range(0, scores.Length).Select(i =>
        {
            System.Buffers.ArrayBufferWriter<byte> key = new();
            order.AppendKey(batch, "", i, key);
            return Convert.ToHexString(key.WrittenSpan);
        })];
        return [.. Enumerable.Range(0, keys.Length).OrderBy(i => keys[i], StringComparer.Ordinal)];
    }

    private List<KeyedRow> Sorted(KeyedRow[] records, int memory, out int runs)
    {
        using RunSorter<KeyedRow> sorter = new(_scratch, "test", memory);
        foreach (KeyedRow record in records)
        {
            sorter.Add(record);
        }

        using SortedRecords<KeyedRow> sorted = sorter.Sort();
        runs = sorter.RunCount;
        List<KeyedRow> result = [];
        while (sorted.TryRead(out KeyedRow record))
        {
            result.Add(record);
        }

        return result;
    }
}
