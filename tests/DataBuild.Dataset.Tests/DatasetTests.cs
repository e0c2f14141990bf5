using System.Globalization;
using DataBuild.Tests;

namespace DataBuild.Datasets.Tests;

[Collection(nameof(ProcessMeasured))]
public sealed class DatasetTests
{
    [Theory]
    [InlineData("parquet")]
    [InlineData("jsonl")]
    [InlineData("jsonl.gz")]
    [InlineData("jsonl.zst")]
    public void Rows_come_back_as_they_were_written(string format)
    {
        using DatasetSample sample = new DatasetSample().Write(format, 1100, 0, 3);

        Dataset<Everything> dataset = Dataset.Open<Everything>(sample.Folder);

        Assert.Equal(1103, dataset.RowCount);
        Assert.Equal(("Sample", 1103L), (dataset.Manifest.Name, dataset.Manifest.Documents));
        Assert.Equal(Enumerable.Range(0, 1103).Select(i => DatasetSample.Row(i).Shown), dataset.Select(r => r.Shown));
        // A second time, and with rows that outlive their batch.
        Everything[] kept = [.. dataset];
        Assert.Equal(DatasetSample.Row(3).Shown, kept[3].Shown);
        Assert.Equal(DatasetSample.Row(1102).Shown, kept[1102].Shown);
    }

    [Theory]
    [InlineData("parquet")]
    [InlineData("jsonl")]
    public void A_row_type_of_ones_own_reads_some_columns(string format)
    {
        using DatasetSample sample = new DatasetSample().Write(format, 40);

        ScoreAndId[] rows = [.. Dataset.Open<ScoreAndId>(sample.Folder).Where(r => r.Score > 10)];

        Assert.Equal(Enumerable.Range(0, 40).Where(i => i % 6 != 4 && i / 3f > 10).Select(i => $"id-{i}"), rows.Select(r => r.Id));
    }

    [Fact]
    public void A_column_that_the_dataset_lacks_or_holds_otherwise_is_named()
    {
        using DatasetSample sample = new DatasetSample().Write("parquet", 2);
        string manifest = Path.Combine(sample.Folder, "manifest.json");
        string text = File.ReadAllText(manifest);

        File.WriteAllText(manifest, text.Replace("\"name\": \"score\"", "\"name\": \"points\"", StringComparison.Ordinal));
        string missing = Assert.Throws<InvalidDataException>(() => Dataset.Open<ScoreAndId>(sample.Folder)).Message;
        Assert.Contains("has no column 'score'; it has id, text", missing, StringComparison.Ordinal);

        File.WriteAllText(manifest, text.Replace("\"Single\"", "\"Double\"", StringComparison.Ordinal));
        string other = Assert.Throws<InvalidDataException>(() => Dataset.Open<ScoreAndId>(sample.Folder)).Message;
        Assert.Contains("'score'", other, StringComparison.Ordinal);
        Assert.Contains("is of Double; expected Single", other, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_dataset_and_a_manifest_of_another_version_are_errors()
    {
        using DatasetSample sample = new DatasetSample().Write("jsonl", 1);
        string empty = Directory.CreateDirectory(Path.Combine(sample.Folder, "empty")).FullName;
        Assert.Contains("holds no manifest.json", Assert.Throws<FileNotFoundException>(() => Dataset.Open<Everything>(empty)).Message, StringComparison.Ordinal);

        string manifest = Path.Combine(sample.Folder, "manifest.json");
        string text = File.ReadAllText(manifest);
        File.WriteAllText(manifest, text.Replace("\"formatVersion\": 1", "\"formatVersion\": 99", StringComparison.Ordinal));
        Assert.Contains("manifest format 99; expected 1", Assert.Throws<InvalidDataException>(() => Dataset.Open<Everything>(sample.Folder)).Message, StringComparison.Ordinal);
        File.WriteAllText(manifest, "[]");
        Assert.Contains("no manifest of a dataset", Assert.Throws<InvalidDataException>(() => Dataset.Open<Everything>(sample.Folder)).Message, StringComparison.Ordinal);
        File.WriteAllText(manifest, text[..40]);
        Assert.Contains("no manifest of a dataset", Assert.Throws<InvalidDataException>(() => Dataset.Open<Everything>(sample.Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_built_dataset_is_found_beside_the_assembly_or_through_its_pointer()
    {
        string beside = Path.GetDirectoryName(typeof(Everything).Assembly.Location)!;
        string name = "Sample" + Guid.NewGuid().ToString("N");
        string message = Assert.Throws<FileNotFoundException>(() => Dataset.OpenBuilt<Everything>(name)).Message;
        Assert.Contains(Path.Combine(beside, name + ".dataset"), message, StringComparison.Ordinal);

        using DatasetSample built = new DatasetSample().Write("jsonl", 1);
        using DatasetSample published = new DatasetSample().Write("jsonl", 2);
        string pointer = Path.Combine(beside, name + ".dataset");
        string copy = Path.Combine(beside, name);
        try
        {
            File.WriteAllText(pointer, built.Folder + "\n");
            Assert.Equal(1, Dataset.OpenBuilt<Everything>(name).RowCount);
            Directory.CreateSymbolicLink(copy, published.Folder);
            Assert.Equal(2, Dataset.OpenBuilt<Everything>(name).RowCount);
        }
        finally
        {
            Directory.Delete(copy);
            File.Delete(pointer);
        }
    }

    [Fact]
    public void Damage_is_an_error_that_names_the_file()
    {
        using DatasetSample sample = new DatasetSample().Write("jsonl", 5);
        string file = Directory.EnumerateFiles(Path.Combine(sample.Folder, "data")).Single();
        string[] lines = File.ReadAllLines(file);
        void Expect(string[] content, string expected)
        {
            File.WriteAllLines(file, content);
            Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => Dataset.Open<Everything>(sample.Folder).Count()).Message, StringComparison.Ordinal);
        }

        Assert.Empty(DatasetManifest.Load(sample.Folder).FindDamage());
        Expect([.. lines[..2], "{\"id\": 1}"], $"{file}(3): found Number in the column 'id', expected String");
        Expect([.. lines[..1], "[]"], $"{file}(2): found StartArray, expected a JSON object");
        Expect([.. lines[..1], "{\"id\": \"x\""], $"{file}(2): ");
        Expect([.. lines[..1], "{\"small\": 3000000000}"], $"{file}(2): ");
        Expect([.. lines[..1], "{\"tokens\": [1, \"2\"]}"], $"{file}(2): ");
        Expect(lines[..4], "holds 4 rows; its manifest says 5");
        Assert.Contains("found SHA-256", Assert.Single(DatasetManifest.Load(sample.Folder).FindDamage()), StringComparison.Ordinal);
        File.Delete(file);
        Assert.EndsWith("missing", Assert.Single(DatasetManifest.Load(sample.Folder).FindDamage()), StringComparison.Ordinal);
        Assert.ThrowsAny<IOException>(() => Dataset.Open<Everything>(sample.Folder).Count());
    }

    [Theory]
    [InlineData("parquet")]
    [InlineData("jsonl.gz")]
    [InlineData("jsonl.zst")]
    public void Every_cut_file_is_an_error_and_never_fewer_rows(string format)
    {
        using DatasetSample sample = new DatasetSample().Write(format, 700);
        string file = Directory.EnumerateFiles(Path.Combine(sample.Folder, "data")).Single();
        byte[] whole = File.ReadAllBytes(file);
        foreach (int percent in new[] { 0, 1, 30, 60, 99 })
        {
            File.WriteAllBytes(file, whole[..(whole.Length * percent / 100)]);
            string message = Assert.Throws<InvalidDataException>(() => Dataset.Open<Everything>(sample.Folder).Count()).Message;
            Assert.Contains(file, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Values_do_not_follow_the_locale()
    {
        using DatasetSample sample = new DatasetSample().Write("jsonl", 30);
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            Assert.Equal(Enumerable.Range(0, 30).Select(i => DatasetSample.Row(i).Score), Dataset.Open<Everything>(sample.Folder).Select(r => r.Score));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Reading_holds_a_batch_and_not_the_dataset()
    {
        using DatasetSample sample = new DatasetSample().Write("parquet", 40_000);
        long most = 0;
        long rows = 0;
        foreach (Everything row in Dataset.Open<Everything>(sample.Folder))
        {
            if (++rows % 4000 == 0)
            {
                most = Math.Max(most, ProcessMeasured.HeldBytes());
            }
        }

        // 40,000 rows of some 300 bytes in columns are 12 MB; a batch of 512 is 150 kB.
        long idle = ProcessMeasured.HeldBytes();
        Assert.Equal(40_000, rows);
        Assert.True(most - idle < 3_000_000, $"{most - idle} bytes held while reading");
    }
}
