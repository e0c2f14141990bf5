using DataBuild.Stages.Generate;

namespace DataBuild.Tests.Generate;

/// <summary>Requests to a real HTTP server that fails in every way servers do.</summary>
public sealed class ChatServiceTests : IDisposable
{
    private static readonly ChatRequest Request = new("m", "say yes", "text", new ChatSampling(Temperature: 0.7, Seed: 3));

    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-answers").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task TheRequestSaysWhatIsAskedAndTheKeyIsSentAsBearer()
    {
        using ScriptedServer server = new((_, _) => ScriptedReply.Answer("yes"));
        using ChatService service = Service(server, key: "secret-1");
        ChatAnswer answer = await service.AskAsync(Request, t => t == "yes", CancellationToken.None);
        Assert.Equal(new ChatAnswer("yes", true, true), answer);
        (string head, string body) = Assert.Single(server.Requests);
        Assert.StartsWith("POST /v1/chat/completions ", head, StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer secret-1", head, StringComparison.Ordinal);
        Assert.Equal(
            """{"model":"m","messages":[{"role":"system","content":"say yes"},{"role":"user","content":"text"}],"temperature":0.7,"top_p":1,"max_tokens":8192,"seed":3}""",
            body);
        Assert.DoesNotContain(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories), f => File.ReadAllText(f).Contains("secret-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhatPassesIsTriedAgain()
    {
        ScriptedReply[] replies =
        [
            new("slow down", 429) { Headers = "Retry-After: 0\r\n" },
            new("", 503),
            new("") { Drop = true },
            new("{\"choices\": [", 200),
            new("{\"error\": \"overloaded\"}", 200),
            ScriptedReply.Answer("yes"),
        ];
        using ScriptedServer server = new((i, _) => replies[i]);
        using ChatService service = Service(server);
        Assert.Equal("yes", (await service.AskAsync(Request, _ => true, CancellationToken.None)).Text);
        Assert.Equal((6, 6L), (server.Requests.Count, service.Asked));
    }

    [Fact]
    public async Task AnAnswerThatTakesTooLongIsAskedForAgain()
    {
        using ScriptedServer server = new((i, _) => ScriptedReply.Answer("yes") with { Delay = i == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.Zero });
        using ChatService service = Service(server, timeout: TimeSpan.FromSeconds(1));
        Assert.Equal("yes", (await service.AskAsync(Request, _ => true, CancellationToken.None)).Text);

        // On a busy machine the second may be late as well.
        Assert.InRange(server.Requests.Count, 2, 6);
    }

    [Fact]
    public async Task AServerThatStaysDownFailsOnceWithItsMessage()
    {
        using ScriptedServer server = new((_, _) => new ScriptedReply("no capacity\u0007", 500));
        using ChatService service = Service(server);
        StageException e = await Assert.ThrowsAsync<StageException>(() => service.AskAsync(Request, _ => true, CancellationToken.None));
        Assert.Equal("DB4056", e.Code);
        Assert.Equal($"the language model 'm' could not be asked after 6 attempts: {server.Address}/chat/completions: HTTP 500: no capacity", e.Message);
        await Assert.ThrowsAsync<StageException>(() => service.AskAsync(Request, _ => true, CancellationToken.None));
        Assert.Equal(6, server.Requests.Count);
    }

    [Fact]
    public async Task AWrongKeyIsNotTriedAgain()
    {
        using ScriptedServer server = new((_, _) => new ScriptedReply("bad key", 401));
        using ChatService service = Service(server);
        StageException e = await Assert.ThrowsAsync<StageException>(() => service.AskAsync(Request, _ => true, CancellationToken.None));
        Assert.Contains("HTTP 401: bad key", e.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task NoServerIsAMessage()
    {
        ScriptedServer gone = new((_, _) => new ScriptedReply(""));
        gone.Dispose();
        using ChatService service = Service(gone);
        StageException e = await Assert.ThrowsAsync<StageException>(() => service.AskAsync(Request, _ => true, CancellationToken.None));
        Assert.Contains("refused", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWrongAnswerIsAskedForOnceMoreAndThenKeptAsInvalid()
    {
        using ScriptedServer server = new((_, _) => ScriptedReply.Answer("maybe"));
        using (ChatService service = Service(server))
        {
            Assert.Equal(new ChatAnswer("maybe", true, false), await service.AskAsync(Request, t => t == "yes", CancellationToken.None));
        }

        using ChatService later = Service(server);
        Assert.False((await later.AskAsync(Request, t => t == "yes", CancellationToken.None)).IsValid);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task AnAnswerThatWasCutOffIsNotValid()
    {
        using ScriptedServer server = new((_, _) => ScriptedReply.Answer("yes", finish: "length"));
        using ChatService service = Service(server);
        Assert.Equal(new ChatAnswer("yes", false, false), await service.AskAsync(Request, _ => true, CancellationToken.None));
    }

    [Fact]
    public async Task WhatWasAnsweredIsNeverAskedAgainUnlessItsFileIsDamaged()
    {
        using ScriptedServer server = new((_, _) => ScriptedReply.Answer("yes"));
        for (int build = 0; build < 3; build++)
        {
            using ChatService service = Service(server);
            Assert.Equal("yes", (await service.AskAsync(Request, _ => true, CancellationToken.None)).Text);
        }

        Assert.Single(server.Requests);
        string file = Assert.Single(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
        byte[] whole = File.ReadAllBytes(file);
        foreach (byte[] damaged in (byte[][])[[], whole[..(whole.Length / 2)], "[1]"u8.ToArray(), "{\"version\":1}"u8.ToArray()])
        {
            File.WriteAllBytes(file, damaged);
            using ChatService service = Service(server);
            Assert.Equal("yes", (await service.AskAsync(Request, _ => true, CancellationToken.None)).Text);
            Assert.Equal(whole, File.ReadAllBytes(file));
        }

        Assert.Equal(5, server.Requests.Count);
    }

    [Fact]
    public async Task RequestsRunSideBySideUpToTheLimitAndEqualOnesOnce()
    {
        using ScriptedServer server = new((_, _) => ScriptedReply.Answer("yes") with { UntilOpen = 4 });
        using ChatService service = Service(server, concurrency: 4);
        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => service.AskAsync(Request with { Text = $"text {i % 12}" }, _ => true, CancellationToken.None)));
        Assert.Equal((12, 4), (server.Requests.Count, server.MostOpen));
    }

    [Fact]
    public async Task CancellingGivesUpAtOnce()
    {
        using ScriptedServer server = new((_, _) => new ScriptedReply("", 503));
        using ChatService service = Service(server, firstPause: TimeSpan.FromMinutes(5));
        using CancellationTokenSource cancel = new(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => service.AskAsync(Request, _ => true, cancel.Token));
        Assert.Empty(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void KeysCoverEverythingThatTheAnswerDependsOn()
    {
        ChatRequest[] requests =
        [
            Request,
            Request with { Model = "n" },
            Request with { Prompt = "say yestext", Text = "" },
            Request with { Text = "text " },
            Request with { Sampling = new ChatSampling(Temperature: 0.7) },
            Request with { Sampling = new ChatSampling(Temperature: 0.7, Seed: 3, TopP: 0.9) },
            Request with { Sampling = new ChatSampling(Temperature: 0.7, Seed: 3, MaxOutputTokens: 10) },
        ];
        Assert.Equal(requests.Length, requests.Select(r => new ChatRequest(r.Model, r.Prompt, r.Text, r.Sampling).Key).Distinct().Count());
        Assert.Equal(Request.Key, new ChatRequest("m", "say yes", "text", new ChatSampling(0.7, 1, 8192, 3)).Key);
    }

    private ChatService Service(
        ScriptedServer server, string? key = null, int concurrency = 16, TimeSpan? timeout = null, TimeSpan? firstPause = null) => new(
            new ChatCompletionsClient(server.Address, key, timeout ?? TimeSpan.FromMinutes(5)),
            new ChatAnswerStore(_folder),
            new ChatServiceOptions { Concurrency = concurrency, FirstPause = firstPause ?? TimeSpan.FromMilliseconds(1) });
}
