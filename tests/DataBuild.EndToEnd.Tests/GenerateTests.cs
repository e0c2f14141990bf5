using System.IO.Compression;
using System.Text;
using DataBuild.Tests.Generate;

namespace DataBuild.EndToEnd.Tests;

/// <summary>Builds that ask a language model behind a real HTTP server.</summary>
public sealed class GenerateTests
{
    private const int Pages = 12;
    private const int AnsweredBeforeTheKill = 5;
    private const string Key = "sk-secret-7261938450";

    [Fact]
    public void A_killed_build_goes_on_where_it_was_and_the_key_stands_nowhere()
    {
        bool hangs = true;
        using ScriptedServer server = new((i, _) => ScriptedReply.Answer($"answer {i}") with { Delay = TimeSpan.FromSeconds(hangs && i >= AnsweredBeforeTheKill ? 600 : 0) });
        string variable = "DATABUILD_TEST_KEY_" + Guid.NewGuid().ToString("N");
        Environment.SetEnvironmentVariable(variable, Key);
        using DatasetProject project = new DatasetProject().WithItems($"""
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            <Stage Include="Generate" Prompt="What is this about?" Endpoint="{server.Address}" EndpointModel="m" EndpointKeyVariable="{variable}" EndpointConcurrency="2" />
            """);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, Pages));
        using (RunningBuild build = DotNet.Start(project.Folder, "build", "Tiny.csproj"))
        {
            string answers = Path.Combine(project.Folder, "answers");
            build.WaitUntil(() => Directory.Exists(answers) && Directory.EnumerateFiles(answers, "*.json", SearchOption.AllDirectories).Count() == AnsweredBeforeTheKill);
            build.Kill(withChildren: true);
        }

        int asked = server.Requests.Count;
        hangs = false;
        using RunningBuild next = DotNet.Start(project.Folder, "build", "Tiny.csproj");
        StageCounts counts = next.Wait().AssertSucceeded().AssertStage("Generate");

        Assert.Equal((Pages, Pages), (counts.In, counts.Kept));
        Assert.Equal(asked + Pages - AnsweredBeforeTheKill, server.Requests.Count);
        Assert.All(server.Requests, r => Assert.Contains("Authorization: Bearer " + Key, r.Head, StringComparison.Ordinal));
        Assert.Contains($"{Pages - AnsweredBeforeTheKill} answers of 'm' (0 wrong) to {Pages - AnsweredBeforeTheKill} requests, {AnsweredBeforeTheKill} kept from before", next.Output, StringComparison.Ordinal);

        // From nothing, with a server that would refuse: every answer is there.
        Directory.Delete(Path.Combine(project.Folder, "obj"), recursive: true);
        asked = server.Requests.Count;
        project.Build().AssertSucceeded();
        Assert.Equal(asked, server.Requests.Count);

        Assert.DoesNotContain(Key, next.Output, StringComparison.Ordinal);
        byte[] secret = Encoding.UTF8.GetBytes(Key);
        Assert.DoesNotContain(Directory.EnumerateFiles(project.Folder, "*", SearchOption.AllDirectories).Append(next.BinaryLog), f => Contents(f).AsSpan().IndexOf(secret) >= 0);
    }

    private static byte[] Contents(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (!path.EndsWith(".binlog", StringComparison.Ordinal))
        {
            return bytes;
        }

        using GZipStream zip = new(new MemoryStream(bytes), CompressionMode.Decompress);
        using MemoryStream plain = new();
        zip.CopyTo(plain);
        return plain.ToArray();
    }
}
