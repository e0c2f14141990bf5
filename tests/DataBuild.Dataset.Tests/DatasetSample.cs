using DataBuild.Engine.Packaging;
using DataBuild.Formats.Jsonl;
using DataBuild.Formats.Parquet;

namespace DataBuild.Datasets.Tests;

/// <summary>One column of each type, with and without a value.</summary>
[Figures]
public readonly partial record struct Everything(
    [Column("id")] string Id,
    [Column("text")] string? Text,
    [Column("flag")] bool? Flag,
    [Column("small")] int? Small,
    [Column("large")] long? Large,
    [Column("digest")] ulong? Digest,
    [Column("score")] float? Score,
    [Column("precise")] double? Precise,
    [Column("raw")] ReadOnlyMemory<byte>? Raw,
    [Column("tokens")] ReadOnlyMemory<int>? Tokens,
    [Column("signature")] ReadOnlyMemory<ulong>? Signature,
    [Column("vector")] ReadOnlyMemory<float>? Vector)
{
    /// <summary>All values as text: memory compares by address.</summary>
    public string Shown => FormattableString.Invariant(
        $"{Id}|{Text ?? "-"}|{Flag}|{Small}|{Large}|{Digest}|{Score:R}|{Precise:R}|{Show(Raw)}|{Show(Tokens)}|{Show(Signature)}|{Show(Vector)}");

    private static string Show<T>(ReadOnlyMemory<T>? values) => values is { } present ? "[" + string.Join(' ', present.ToArray()) + "]" : "-";
}

/// <summary>Some of the columns, in another order.</summary>
[Figures]
public readonly partial record struct ScoreAndId([Column("score")] float? Score, [Column("id")] string Id);

/// <summary>A dataset in a folder of its own.</summary>
internal sealed class DatasetSample : IDisposable
{
    public string Folder { get; } = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "databuild-dataset", Guid.NewGuid().ToString("N"))).FullName;

    public static Everything Row(int i) => new(
        $"id-{i}", i % 7 == 0 ? null : $"text {i} – Größe 数据 \U0001F600", i % 5 == 0 ? null : i % 2 == 0, i % 6 == 1 ? null : -i, i % 6 == 2 ? null : (long)i << 40,
        i % 6 == 3 ? null : ulong.MaxValue - (ulong)i, i % 6 == 4 ? null : i / 3f, i % 6 == 5 ? null : i / 7d,
        i % 4 == 0 ? null : new byte[] { (byte)i, 0, 255 }, i % 4 == 1 ? null : Enumerable.Range(0, i % 9).ToArray(),
        i % 4 == 2 ? null : new[] { ulong.MaxValue, (ulong)i }, i % 4 == 3 ? null : new[] { 0.5f, i });

    /// <summary>Writes rows into files of the given counts, and a manifest.</summary>
    public DatasetSample Write(string format, params int[] counts)
    {
        Directory.CreateDirectory(Path.Combine(Folder, "data"));
        List<ManifestFile> files = [];
        int next = 0;
        for (int file = 0; file < counts.Length; file++)
        {
            ColumnBuilder[] builders = [.. Everything.Columns.Select(c => ColumnTypes.CreateBuilder(c.Type))];
            for (int i = 0; i < counts[file]; i++)
            {
                Everything row = Row(next++);
                Everything.Append(in row, builders);
            }

            string path = $"data/train-{file:D5}-of-{counts.Length:D5}.{format}";
            WriteFile(Path.Combine(Folder, path), format, [.. builders.Select(b => b.Build())]);
            byte[] bytes = File.ReadAllBytes(Path.Combine(Folder, path));
            files.Add(new ManifestFile(path, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), bytes.Length, counts[file]));
        }

        File.WriteAllBytes(Path.Combine(Folder, "manifest.json"), new Manifest
        {
            Name = "Sample",
            DataBuild = "0",
            PackageKey = "key",
            Inputs = [],
            Stages = [],
            Columns = [.. Everything.Columns.Select(c => new ManifestColumn(c.Name, c.Type, c.Description))],
            Documents = counts.Sum(),
            TextBytes = 1,
            ValueBytes = 1,
            Languages = [],
            Files = files,
        }.ToJson());
        return this;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static void WriteFile(string path, string format, Column[] columns)
    {
        using FileStream stream = File.Create(path);
        if (format == "parquet")
        {
            // Small row groups, so that batches end in the middle of them.
            using ParquetTableWriter writer = new(stream, Everything.Columns, rowGroupBytes: 20_000);
            writer.Write(columns);
            writer.Complete();
            return;
        }

        using JsonlWriter lines = new(stream, format switch { "jsonl.gz" => JsonlCompression.Gzip, "jsonl.zst" => JsonlCompression.Zstd, _ => JsonlCompression.None });
        lines.Write(Everything.Columns, columns);
    }
}
