using System.Text.Json;
using System.Text.RegularExpressions;
using DataBuild.Tests.Generate;

namespace DataBuild.Worker.Tests;

/// <summary>Whole builds whose pages are labelled by a language model behind HTTP.</summary>
public sealed partial class EndpointLabellerTests : IDisposable
{
    private const int Pages = 12;

    private readonly WorkerSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void PagesAreAskedAboutSideBySideAndNeverAgain()
    {
        using ScriptedServer server = new((_, body) => ScriptedReply.Answer(LabelSecondParagraph(body)) with { UntilOpen = 4 });
        Declare(server);
        WorkerResult result = _session.Build();
        Assert.True(result.Ok, string.Join('\n', result.Diagnostics));
        string[] rows = File.ReadAllLines(Directory.GetFiles(Path.Combine(_session.Output, "data")).Single());
        Assert.Equal(Pages, rows.Length);
        Assert.All(rows, row => Assert.StartsWith("Paragraph 1 of page", JsonDocument.Parse(row).RootElement.GetProperty("text").GetString(), StringComparison.Ordinal));
        Assert.Equal(Pages, server.Requests.Count);
        Assert.InRange(server.MostOpen, 4, Pages);

        // All results gone, the answers kept: the same dataset, and nothing asked.
        Directory.Delete(Path.Combine(_session.Folder, "obj"), recursive: true);
        Directory.Delete(_session.Output, recursive: true);
        Assert.True(_session.Build().Ok);
        Assert.Equal(rows, File.ReadAllLines(Directory.GetFiles(Path.Combine(_session.Output, "data")).Single()));
        Assert.Equal(Pages, server.Requests.Count);
    }

    [Fact]
    public void AnEndpointThatRefusesFailsTheBuild()
    {
        using ScriptedServer server = new((_, _) => new ScriptedReply("unknown key", 401));
        Declare(server);
        WorkerResult result = _session.Build();
        Assert.False(result.Ok);

        // Every phase that is asked for fails with it; MSBuild stops at the first.
        Assert.NotEmpty(result.Diagnostics);
        Assert.All(result.Diagnostics, d =>
        {
            Assert.Equal(("error", "DB4056"), (d.Severity, d.Code));
            Assert.Contains("HTTP 401: unknown key", d.Message, StringComparison.Ordinal);
        });
        Assert.False(Directory.Exists(_session.Output));
    }

    private void Declare(ScriptedServer server)
    {
        _session.Input("crawl.warc.gz", WorkerSession.Warc([.. Enumerable.Range(0, Pages).Select(i => ($"https://a.example/{i}", WorkerSession.Page($"Page {i}", i)))]));
        _session.Stage("Extract", ("Labeller", "Endpoint"), ("Endpoint", server.Address.AbsoluteUri), ("EndpointModel", "labeller-1"));
    }

    private static string LabelSecondParagraph(string body)
    {
        using JsonDocument request = JsonDocument.Parse(body);
        string page = request.RootElement.GetProperty("messages")[1].GetProperty("content").GetString()!;
        return "{" + string.Join(",", Item().Matches(page).Select(m => $"\"{m.Groups[1].Value}\":\"{(m.Value.Contains("Paragraph 1 ", StringComparison.Ordinal) ? "main" : "other")}\"")) + "}";
    }

    [GeneratedRegex("<\\w+[^>]* _item_id=\"(\\d+)\">[^<]*<")]
    private static partial Regex Item();
}
