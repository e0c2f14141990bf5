using System.Text.Json;
using DataBuild.Engine.Tests;
using DataBuild.Tests;

namespace DataBuild.EndToEnd.Tests;

/// <summary>
/// Token files of a dataset project, by <c>dotnet build</c>: formats, packing, order, mixtures and fill-in-the-middle, read back by readers written from the layouts alone.
/// A few of the cases run by default; all of them with <c>DATABUILD_TOKEN_BUILDS=100</c>.
/// </summary>
public sealed class TokenFilesTests
{
    private const int Length = 64;
    private const int EndOfText = 100_257;
    private const int Prefix = 100_258;
    private const int Middle = 100_259;
    private const int Suffix = 100_260;
    private const string Stage = """<Stage Include="Tokenize" Tokenizer="cl100k_base" />""";

    [SkippableFact]
    public void Every_way_of_writing_tokens_holds_the_documents()
    {
        using DatasetProject project = new DatasetProject().WithItems($"""
            <Crawl Include="crawl/a.jsonl" Part="a" />
            <Crawl Include="crawl/b.jsonl" Part="b" />
            {Stage}
            """);
        project.Write("crawl/a.jsonl", Lines('a', 20));
        project.Write("crawl/b.jsonl", Lines('b', 12));
        project.Build().AssertSucceeded().AssertStage("Tokenize", computed: 2);
        int[][] documents = Read(project, "Megatron");
        Assert.Equal(32, documents.Length);
        Assert.All(documents, d => Assert.Equal(EndOfText, d[^1]));

        (string Options, string Format, Action<int[][]> Check)[] cases =
        [
            ("""FimPrepare Rate="1" SpmRate="0.5" Split="Token" """, "Megatron", s => Assert.Equal(documents, s.Select(Restored))),
            ("""Tokenize Format="Mds" ContextLength="64" Packing="BestFit" """, "Mds", s => AssertPacked(documents, s)),
            ("""Tokenize Format="Parquet" """, "Parquet", s => Assert.Equal(documents, s)),
            ("""Tokenize Format="Datatrove" """, "Datatrove", s => Assert.Equal(documents, s)),
            ("""Tokenize Format="Npy" """, "Npy", s => Assert.Equal(documents, s)),
            ("""Tokenize Format="Mds" """, "Mds", s => Assert.Equal(documents, s)),
            ("""Tokenize ContextLength="64" """, "Megatron", s => Assert.Equal(documents.SelectMany(d => d).Chunk(Length), s)),
            ("""Tokenize Format="Npy" ContextLength="64" """, "Npy", s => Assert.Equal(documents.SelectMany(d => d).Chunk(Length), s)),
            ("""Tokenize Format="Parquet" ContextLength="64" Packing="BestFit" """, "Parquet", s => AssertPacked(documents, s)),
            ("""Tokenize Format="Megatron" ContextLength="64" Packing="BestFit" """, "Megatron", s => AssertPacked(documents, s)),
            ("""Tokenize ShuffleSeed="5" """, "Megatron", s =>
            {
                Assert.NotEqual(documents, s);
                Assert.Equal(Sorted(documents), Sorted(s));
            }),
            ("""FimPrepare Rate="0.5" SpmRate="0" Split="Character" """, "Megatron", s =>
            {
                Assert.InRange(s.Count(d => d[0] == Prefix), 8, 24);
                Assert.All(s.Where(d => d[0] == Prefix), d => Assert.True(Array.IndexOf(d, Suffix) is > 0 and int suffix && Array.IndexOf(d, Middle) > suffix));
                Assert.All(s.Index().Where(d => d.Item[0] != Prefix), d => Assert.Equal(documents[d.Index], d.Item));
            }),
        ];
        string written = Stage;
        foreach ((string options, string format, Action<int[][]> check) in cases.Take(LongRun.Count("DATABUILD_TOKEN_BUILDS", 3)))
        {
            string stage = $"""<Stage Include="{options.Split(' ', 2)[0]}" Tokenizer="cl100k_base" {options.Split(' ', 2)[1]}/>""";
            project.Edit(written, stage);
            written = stage;
            BuildResult built = project.Build().AssertSucceeded();
            built.AssertStage(options.Split(' ')[0], computed: options.StartsWith("FimPrepare", StringComparison.Ordinal) ? 2 : 0);
            check(Read(project, format));
        }

        if (LongRun.Count("DATABUILD_TOKEN_BUILDS", 3) <= cases.Length)
        {
            return;
        }

        // A mixture: each document of a three times, then a and b as three to one by tokens.
        project.Edit(written, Stage);
        project.Edit("Part=\"a\"", "Part=\"a\" Epochs=\"3\"");
        project.Build().AssertSucceeded();
        Assert.Equal(Sorted([.. documents, .. documents[..20], .. documents[..20]]), Sorted(Read(project, "Megatron")));
        project.Edit("Epochs=\"3\"", "Weight=\"3\" Epochs=\"20\"");
        project.Edit("Part=\"b\"", "Part=\"b\" Weight=\"1\"");
        project.Build().AssertSucceeded();
        HashSet<string> ofA = [.. documents[..20].Select(d => string.Join(' ', d))];
        int[][] mixed = Read(project, "Megatron");
        double a = mixed.Where(d => ofA.Contains(string.Join(' ', d))).Sum(d => d.Length), b = mixed.Sum(d => d.Length) - a;
        Assert.InRange(a / b, 2.7, 3.3);
    }

    // What was rearranged by tokens, in the order of the document.
    private static int[] Restored(int[] ids)
    {
        Assert.Equal(Prefix, ids[0]);
        int suffix = Array.IndexOf(ids, Suffix), middle = Array.IndexOf(ids, Middle);
        Assert.True(suffix > 0 && middle > suffix);
        if (suffix > 1)
        {
            return [.. ids[1..suffix], .. ids[(middle + 1)..^1], .. ids[(suffix + 1)..middle], EndOfText];
        }

        // Suffix first, or an empty prefix; what lies behind the middle's token is prefix and middle together.
        return [.. ids[(middle + 1)..^1], .. ids[(suffix + 1)..middle], EndOfText];
    }

    // Nothing is lost, no sequence is too long, and what fits a sequence lies in one piece.
    private static void AssertPacked(int[][] documents, int[][] sequences)
    {
        Assert.All(sequences, s => Assert.InRange(s.Length, 1, Length));
        Assert.Equal(documents.SelectMany(d => d).Order(), sequences.SelectMany(s => s).Order());
        string[] packed = [.. sequences.Select(s => $" {string.Join(' ', s)} ")];
        Assert.All(documents.Where(d => d.Length <= Length), d => Assert.Contains(packed, s => s.Contains($" {string.Join(' ', d)} ", StringComparison.Ordinal)));
        Assert.True(sequences.Length < documents.Length);
    }

    private static string[] Sorted(IEnumerable<int[]> sequences) => [.. sequences.Select(s => string.Join(' ', s)).Order(StringComparer.Ordinal)];

    private static string Lines(char shard, int count)
    {
        Random random = new(shard);
        return string.Join('\n', Enumerable.Range(0, count).Select(i => JsonSerializer.Serialize(new
        {
            id = $"{shard}{i:D2}",
            text = string.Join(' ', Enumerable.Range(0, random.Next(2, 16)).Select(_ => $"size{random.Next(300)} größe")),
        })));
    }

    private static int[][] Read(DatasetProject project, string format) => TokenFiles.Read(Path.Combine(project.Output, "tokens"), format);
}
