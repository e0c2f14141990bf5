using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DataBuild.Engine.Columns;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;
using DataBuild.Tests;

namespace DataBuild.Engine.Tests.Faults;

/// <summary>Plans, records and texts that someone made to harm.</summary>
[Collection(TestStages.Collection)]
public sealed class SecurityTests : IDisposable
{
    private readonly TestDataset _dataset = new();

    public SecurityTests()
    {
        _dataset.AddInput("a.jsonl", ("a1", "one two three"), ("a2", "four five six"));
        _dataset.Stage("Words");
        _dataset.Stage("Unique");
    }

    public void Dispose() => _dataset.Dispose();

    [Theory]
    [InlineData("../outside")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("C:\\windows")]
    [InlineData("a\\b")]
    [InlineData("nul\0")]
    [InlineData("")]
    public void NamesInRecordsAreNoPaths(string name)
    {
        StoredFile file = new(new string('a', 64), 1, []);
        Assert.NotNull(RoundTrip(new ActionRecord { Made = [new MadeFile("model.bin", file)] }));
        Assert.Null(RoundTrip(new ActionRecord { Made = [new MadeFile(name, file)] }));
    }

    [Theory]
    [InlineData("../../aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("")]
    public void DigestsInRecordsAreDigests(string digest)
    {
        string good = new('a', 64);
        Assert.NotNull(Read(good, good));
        Assert.Null(Read(digest, good));
        Assert.Null(Read(good, digest));

        static ActionRecord? Read(string file, string column)
        {
            byte[] body = Encoding.UTF8.GetBytes($$"""{"files":[{"digest":"{{file}}","length":1,"columns":[{"name":"a","type":"Int32","digest":"{{column}}"}]}]}""");
            byte[] head = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData([.. "key"u8, .. body])) + "\n");
            return ActionRecord.Deserialize("key", [.. head, .. body]);
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("""{"files":null}""")]
    [InlineData("""{"files":[null]}""")]
    [InlineData("""{"files":[{"digest":5,"length":1,"columns":[]}]}""")]
    [InlineData("""{"files":[{"length":1,"columns":[]}]}""")]
    [InlineData("""{"made":[null]}""")]
    [InlineData("""{"made":[{"name":null,"file":null}]}""")]
    [InlineData("""{"batchRows":null}""")]
    [InlineData("""{"batchRows":[-1]}""")]
    [InlineData("""{"defects":[null]}""")]
    [InlineData("""{"filesOfShard":[1]}""")]
    [InlineData("""{"filesOfShard":[-1,1]}""")]
    [InlineData("""{"counts":{"in":1,"kept":0}}""")]
    [InlineData("""{"counts":{"in":0,"kept":0,"dropped":null}}""")]
    [InlineData("""{"counts":{"in":0,"kept":1,"dropped":{"a":-1}}}""")]
    public void ARecordThatIsNotWholeIsNone(string body)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        byte[] head = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData([.. "key"u8, .. bytes])) + "\n");
        Assert.Null(ActionRecord.Deserialize("key", [.. head, .. bytes]));
    }

    /// <summary>As a cache that lies, and takes care of the checksum, can have them.</summary>
    [Fact]
    public void RecordsThatSomeoneMadeUpAreWholeOrNone()
    {
        _dataset.Build();
        byte[][] seeds = [.. Directory.EnumerateFiles(Path.Combine(_dataset.StoreFolder, "ac"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes).Select(b => b[(Array.IndexOf(b, (byte)'\n') + 1)..])];
        int whole = 0;
        Mutator.Run(seeds, 3000, ["null", "[null]", "{}", "[]", "-1", "1e9", "99999999999", "\"filesOfShard\":[7],", "\"counts\":null,", "\"made\":[null],", "\"columns\":[{}]", "\"digest\":5,"], body =>
        {
            byte[] head = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData([.. "key"u8, .. body])) + "\n");
            if (ActionRecord.Deserialize("key", [.. head, .. body]) is not { } record)
            {
                return;
            }

            whole++;
            Assert.All(record.AllFiles(), f => Assert.True(f.Digest.Length == 64 && f.Length >= 0 && f.Columns.All(c => c.Name is not null && c.Digest.Length == 64)));
            Assert.True(record.FilesOfShard.Count == 0 || record.FilesOfShard.Sum() == record.Files.Count);
            Assert.True(record.Counts?.AddsUp != false && record.BatchRows.All(r => r >= 0));
        });
        Assert.True(whole > 0);
    }

    [Fact]
    public void TheReportAndTheCardEscapeWhatStrangersWrote()
    {
        string[] hostile = ["<script>alert(1)</script>", "\u001b[31mred", "\u202egnp.exe", "\"><img src=x onerror=alert(2)>", "a\u0007b\u009bc"];
        _dataset.AddInput("a.jsonl", hostile.Select((h, i) => ($"{h}{i}", $"one two three {h} {i}")));
        _dataset.Build();
        foreach (string name in new[] { "report.html", "README.md" })
        {
            string page = File.ReadAllText(Path.Combine(_dataset.OutputFolder, name));
            Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
            Assert.DoesNotContain(page, c => (char.IsControl(c) && c is not ('\n' or '\t')) || c is '\u202e');
        }

        Assert.Contains("&lt;script&gt;alert(1)", File.ReadAllText(Path.Combine(_dataset.OutputFolder, "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void MutatedRecordsAreNoRecords()
    {
        _dataset.Build();
        string expected = _dataset.OutputDigests();
        string path = Directory.EnumerateFiles(Path.Combine(_dataset.StoreFolder, "ac"), "*", SearchOption.AllDirectories).Max(StringComparer.Ordinal)!;
        byte[] seed = File.ReadAllBytes(path);
        using ContentStore store = new(_dataset.StoreFolder);
        Mutator.Run(seed, 300, ["{\"files\":[", "null", "../", new string('0', 64)], input =>
        {
            File.WriteAllBytes(path, input);
            Assert.Equal(input.AsSpan().SequenceEqual(seed), store.TryGetRecord(Path.GetFileName(path)) is not null);
        });
        Assert.False(File.Exists(path));
        Directory.Delete(_dataset.OutputFolder, recursive: true);
        _dataset.Build();
        Assert.Equal(expected, _dataset.OutputDigests());
    }

    /// <summary>Found by fuzzing.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("\\u0000")]
    [InlineData("/p/\\u0000.jsonl")]
    public void APlanWithAnInputOfNoPathIsRefused(string input)
    {
        string plan = Path.Combine(_dataset.Folder, "plan.json");
        File.WriteAllText(plan, $$"""
            {"formatVersion":1,"name":"Test","projectFile":"/p/Test.csproj","projectDirectory":"/p","outputDirectory":"/p/out","storeDirectory":"/p/store",
             "crawl":[{"include":"a.jsonl","path":"{{input}}"}],"stages":[{"name":"Words"}]}
            """);
        PlanException error = Assert.Throws<PlanException>(() => PlanFile.Load(plan));
        Assert.Equal("DB1010", error.Code);
        Assert.Contains("'a.jsonl'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void APlanOfALaterVersionIsRefused()
    {
        string plan = Path.Combine(_dataset.Folder, "plan.json");
        File.WriteAllText(plan, """{"formatVersion":2,"name":"Test","projectFile":"/p/Test.csproj","projectDirectory":"/p","outputDirectory":"/p/out","storeDirectory":"/p/store"}""");
        PlanException error = Assert.Throws<PlanException>(() => PlanFile.Load(plan));
        Assert.Equal("DB1010", error.Code);
        Assert.Contains("plan format 2; expected 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MutatedPlansAreReadOrRefusedWithOneDiagnostic()
    {
        string plan = Path.Combine(_dataset.Folder, "plan.json");
        byte[] seed = Encoding.UTF8.GetBytes("""
            {"formatVersion":1,"name":"Test","projectFile":"/p/Test.csproj","projectDirectory":"/p","outputDirectory":"/p/out","storeDirectory":"/p/store",
             "outputFormat":"jsonl","lockedMode":false,"properties":{"A":"b"},"crawl":[{"include":"a.jsonl","path":"/p/a.jsonl","metadata":{"x":"y"}}],
             "stages":[{"name":"Words","metadata":{"MinWords":"3"},"line":4}],"stageAssemblies":["/p/a.dll"]}
            """);
        Mutator.Run(seed, 1500, ["{", "}", "[", "null", "\"stages\":", "1e999", "\\ud800", "\"formatVersion\":2,"], input =>
        {
            File.WriteAllBytes(plan, input);
            try
            {
                PlanResolver.Resolve(PlanFile.Load(plan), _dataset.Registry(), new FileDigests(null), []);
            }
            catch (PlanException error)
            {
                Assert.Equal("DB1010", error.Code);
            }
        });
    }

    [Fact]
    public void MutatedColumnFilesAreReadOrRefused()
    {
        StoredFile[] files = ColumnFiles();
        using ContentStore store = new(_dataset.StoreFolder);
        int refused = 0;
        foreach (StoredFile file in files)
        {
            Mutator.Run(File.ReadAllBytes(store.PathOf(file.Digest)), 12, ["ARROW1", "\xFF\xFF\xFF\xFF", "\0\0\0\x7F", "\x01\0\0\0"], input => refused += IsRead(store, file, input) ? 0 : 1);
        }

        Assert.True(refused > 0);
    }

    /// <summary>Found by fuzzing: Arrow's reader takes memory for every length that is declared, and the pool of arrays kept it.</summary>
    [Fact]
    public void LengthsThatAColumnFileDeclaresAreNotAllocated()
    {
        StoredFile file = ColumnFiles()[0];
        using ContentStore store = new(_dataset.StoreFolder);
        byte[] seed = File.ReadAllBytes(store.PathOf(file.Digest));
        int footerLengthAt = seed.Length - "ARROW1".Length - sizeof(int);
        int footerAt = footerLengthAt - BinaryPrimitives.ReadInt32LittleEndian(seed.AsSpan(footerLengthAt));
        int batchAt = 16 + BinaryPrimitives.ReadInt32LittleEndian(seed.AsSpan(12));
        int bodyAt = batchAt + 8 + BinaryPrimitives.ReadInt32LittleEndian(seed.AsSpan(batchAt + sizeof(int)));
        Assert.True(IsRead(store, file, seed));
        Assert.False(IsRead(store, file, Declaring(batchAt + sizeof(int))), "length of a message");
        Assert.False(IsRead(store, file, Declaring(footerLengthAt)), "length of the footer");

        int refused = 0;
        foreach (int at in Enumerable.Range(batchAt / 4, (bodyAt - batchAt) / 4).Concat(Enumerable.Range(footerAt / 4, (footerLengthAt - footerAt) / 4)).Select(word => word * 4))
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            refused += IsRead(store, file, Declaring(at)) ? 0 : 1;
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 29, $"two gigabytes declared at {at} were allocated");
        }

        Assert.True(refused > 20, $"{refused} refused");

        byte[] Declaring(int at)
        {
            byte[] input = [.. seed];
            BinaryPrimitives.WriteInt32LittleEndian(input.AsSpan(at), 0x7FFFFFC0);
            return input;
        }
    }

    private StoredFile[] ColumnFiles()
    {
        _dataset.Build();
        StoredFile[] files =
        [
            .. Directory.EnumerateFiles(Path.Combine(_dataset.StoreFolder, "ac"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .SelectMany(p => ActionRecord.Deserialize(Path.GetFileName(p), File.ReadAllBytes(p))!.AllFiles()).Where(f => f.Columns.Count > 0).DistinctBy(f => f.Digest).Take(4),
        ];
        Assert.Equal(4, files.Length);
        return files;
    }

    // Under its own digest: as a cache that lies, or someone who can write the store, would have it.
    private static bool IsRead(ContentStore store, StoredFile file, byte[] input)
    {
        string digest = Convert.ToHexStringLower(SHA256.HashData(input));
        string path = store.PathOf(digest);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, input);
        try
        {
            using ColumnFileReader reader = new(store, new StoredFile(digest, input.Length, file.Columns));
            using ColumnBatch batch = reader.Read(0, [.. Enumerable.Range(0, file.Columns.Count)]);
            foreach (Column column in batch.Columns)
            {
                for (int row = 0; row < column.Length; row++)
                {
                    column.Format(row);
                }
            }

            return true;
        }
        catch (StoreCorruptException)
        {
            Assert.False(File.Exists(path));
            return false;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static ActionRecord? RoundTrip(ActionRecord record)
    {
        string key = new('b', 64);
        return ActionRecord.Deserialize(key, record.Serialize(key));
    }
}
