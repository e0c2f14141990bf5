using System.Runtime.InteropServices;
using DataBuild.Formats.Parquet;

namespace DataBuild.Formats.Tests.Parquet;

/// <summary>Row groups that are encoded side by side, against the same written one after the other.</summary>
public sealed class ParallelParquetWriterTests
{
    private static readonly ColumnSchema[] Schema = [.. Enum.GetValues<ColumnType>().Select(t => new ColumnSchema(t.ToString(), t))];
    private static readonly Dictionary<string, string> Metadata = new() { ["b"] = "2", ["a"] = "1" };

    [Theory]
    [InlineData(1, 50_000)]
    [InlineData(2, 50_000)]
    [InlineData(8, 50_000)]
    [InlineData(2, 1)]
    [InlineData(3, 1_000_000_000)]
    public void The_bytes_are_those_of_the_writer_of_one_group_after_the_other(int threads, long rowGroupBytes)
    {
        Column[][] batches = [.. new[] { 700, 1, 256, 300, 0, 1500, 12 }.Select((rows, i) => Batch(rows, i))];
        using MemoryStream expected = new();
        using (ParquetTableWriter writer = new(expected, Schema, Metadata, rowGroupBytes))
        {
            Array.ForEach(batches, b => writer.Write(b));
        }

        using MemoryStream actual = new();
        List<Owner> owners = [];
        using (ParallelParquetWriter writer = new(actual, Schema, threads, Metadata, rowGroupBytes))
        {
            foreach (Column[] batch in batches)
            {
                owners.Add(new Owner());
                writer.Write(batch, owners[^1]);
            }

            writer.Complete();
        }

        Assert.Equal(expected.ToArray(), actual.ToArray());
        Assert.All(owners, o => Assert.Equal(1, o.Disposed));
    }

    [Fact]
    public void A_table_without_rows_is_a_table_with_columns()
    {
        using MemoryStream expected = new();
        using (ParquetTableWriter writer = new(expected, Schema, Metadata))
        {
            writer.Complete();
        }

        using MemoryStream actual = new();
        using (ParallelParquetWriter writer = new(actual, Schema, 2, Metadata))
        {
            writer.Complete();
        }

        Assert.Equal(expected.ToArray(), actual.ToArray());
    }

    [Fact]
    public void A_failure_of_an_encoder_reaches_the_caller_and_gives_the_memory_back()
    {
        // It says which of eight rows have a value, and has more rows.
        StringColumn wrong = new(300, new byte[301 * sizeof(int)], default, new byte[] { 255 });
        Owner owner = new();
        using MemoryStream output = new();
        using (ParallelParquetWriter writer = new(output, [new ColumnSchema("a", ColumnType.String)], 1, rowGroupBytes: 1))
        {
            Assert.ThrowsAny<Exception>(() =>
            {
                writer.Write([wrong], owner);
                writer.Complete();
            });
        }

        Assert.Equal(1, owner.Disposed);
    }

    [Fact]
    public void Columns_that_are_not_those_of_the_schema_are_refused_and_given_back()
    {
        Owner owner = new();
        using ParallelParquetWriter writer = new(Stream.Null, Schema, 2);
        Assert.Throws<ArgumentException>(() => writer.Write([.. Batch(3, 0).Skip(1)], owner));
        Assert.Equal(1, owner.Disposed);
    }

    private static Column[] Batch(int rows, int seed)
    {
        Random random = new(seed);
        return [.. Schema.Select(c => OfType(c.Type, rows, random))];
    }

    private static Column OfType(ColumnType type, int rows, Random random) => type switch
    {
        ColumnType.Boolean => Values(rows, random, r => r.Next(2) == 1),
        ColumnType.Int32 => Values(rows, random, r => r.Next()),
        ColumnType.Int64 => Values(rows, random, r => r.NextInt64()),
        ColumnType.UInt64 => Values(rows, random, r => (ulong)r.NextInt64()),
        ColumnType.Single => Values(rows, random, r => r.NextSingle()),
        ColumnType.Double => Values(rows, random, r => r.NextDouble()),
        ColumnType.String => Strings(rows, random),
        ColumnType.Binary => new StringColumn(rows, MemoryMarshal.AsBytes(Enumerable.Range(0, rows + 1).ToArray().AsSpan()).ToArray(), Bytes(rows, random), type: ColumnType.Binary),
        ColumnType.Int32List => Lists(rows, random, r => r.Next(100)),
        ColumnType.UInt64List => Lists(rows, random, r => (ulong)r.NextInt64()),
        ColumnType.SingleList => Lists(rows, random, r => r.NextSingle()),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "unknown column type"),
    };

    private static byte[] Bytes(int count, Random random)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static Column Values<T>(int rows, Random random, Func<Random, T> next)
        where T : unmanaged
    {
        ValueColumnBuilder<T> builder = new();
        for (int i = 0; i < rows; i++)
        {
            if (random.Next(10) == 0)
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(next(random));
            }
        }

        return builder.Build();
    }

    private static Column Strings(int rows, Random random)
    {
        StringColumnBuilder builder = new();
        for (int i = 0; i < rows; i++)
        {
            if (random.Next(10) == 0)
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(string.Concat(Enumerable.Range(0, random.Next(40)).Select(w => $"word{random.Next(50)} ")));
            }
        }

        return builder.Build();
    }

    private static Column Lists<T>(int rows, Random random, Func<Random, T> next)
        where T : unmanaged
    {
        ListColumnBuilder<T> builder = new();
        for (int i = 0; i < rows; i++)
        {
            builder.Append([.. Enumerable.Range(0, random.Next(5)).Select(_ => next(random))]);
        }

        return builder.Build();
    }

    private sealed class Owner : IDisposable
    {
        private int _disposed;

        public int Disposed => _disposed;

        public void Dispose() => Interlocked.Increment(ref _disposed);
    }
}
