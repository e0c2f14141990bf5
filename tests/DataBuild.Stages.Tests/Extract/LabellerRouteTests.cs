using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using DataBuild.Stages.Extract;
using DataBuild.Stages.Extract.Labelling;
using DataBuild.Stages.Extract.Metrics;
using DataBuild.Stages.Score.Onnx;
using DataBuild.Stages.Tokenize;
using DataBuild.Tests.Generate;
using Xunit.Abstractions;

namespace DataBuild.Tests.Extract;

/// <summary>Extraction by labellers other than the built-in model: an endpoint of chat completions, an ONNX token classifier.</summary>
public sealed partial class LabellerRouteTests(ITestOutputHelper output) : IDisposable
{
    private const string Page =
        "<html lang=en><title>Tides</title><body><nav><a href=/>Home</a></nav><main><h1>Tides</h1><p>The sea rises <b>twice</b> a day.</p><p>Buy our maps.</p></main></body></html>";

    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-labeller").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void AnEndpointDecidesWhatIsKeptAndItsAnswersAreKept()
    {
        using ScriptedServer server = new((_, body) => ScriptedReply.Answer(LabelAll(body, html => html.Contains("rises", StringComparison.Ordinal))));
        for (int build = 0; build < 2; build++)
        {
            ExtractFigures figures = Measure(Endpoint(server), Page);
            Assert.Equal("The sea rises twice a day.", figures.Text.ToString());
            Assert.Equal("<body><main><p>The sea rises <b>twice</b> a day.</p></main></body>", figures.MainHtml);
            Assert.Equal(("endpoint", "Tides", null), (figures.LabelledBy, figures.Title, figures.Reason));
        }

        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("Sorry, I cannot help with that.")]
    [InlineData("{\"900\":\"main\",\"901\":\"other\",\"902\":\"main\",\"903\":\"main\",\"904\":\"main\",\"905\":\"main\"}")]
    [InlineData("")]
    public void AnAnswerThatCannotBeUsedFallsBackToTheModel(string answer)
    {
        using ScriptedServer server = new((_, _) => ScriptedReply.Answer(answer));
        ExtractFigures figures = Measure(Endpoint(server), Page);
        Assert.Equal(("fallback", Measure(new ExtractStage(), Page).Text.ToString()), (figures.LabelledBy, figures.Text.ToString()));
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData("<think>1main 2main 3main</think>{\"2\":\"other\",\"1\":\"main\"", "# Tides")]
    [InlineData("Here it is: ```json\n{\"1\": \"main\", \"3\": \"other\"}\n``` (the 3 main blocks)", "# Tides")]
    [InlineData("<answer>1main2other3other</answer>", "# Tides")]
    public void AnswersInTheFormsThatModelsGiveAreRead(string answer, string text)
    {
        using ScriptedServer server = new((_, _) => ScriptedReply.Answer(answer));
        Assert.Equal(text, Measure(Endpoint(server), Page).Text.ToString());
    }

    // The toy page of NeMo Curator's MinerU-HTML tutorial with its answer and its Markdown (Apache-2.0).
    [Theory]
    [InlineData(BlockAnswerForm.Json)]
    [InlineData(BlockAnswerForm.JsonSchema)]
    [InlineData(BlockAnswerForm.Compact)]
    public void TheToyPageOfMinerUComesOutAsPublished(BlockAnswerForm form)
    {
        const string Toy =
            """
            <html><head><title>Sourdough</title></head><body>
            <nav><a href="/">Home</a><a href="/recipes">Recipes</a></nav>
            <article><h1>How to bake sourdough</h1>
            <p>Mix flour, water and starter until no dry flour remains.</p>
            <p>Rest the dough 30 minutes, then fold it four times.</p></article>
            <footer>Copyright 2026 Example Corp</footer></body></html>
            """;
        string? asked = null;
        using ScriptedServer server = new((_, body) =>
        {
            asked = body;
            return ScriptedReply.Answer("<answer>1main2main3main4other</answer>");
        });
        ExtractFigures figures = Measure(Endpoint(server) with { EndpointAnswer = form }, Toy);
        Assert.Equal(
            "# How to bake sourdough\n\nMix flour, water and starter until no dry flour remains.\n\nRest the dough 30 minutes, then fold it four times.",
            figures.Text.ToString());
        using JsonDocument request = JsonDocument.Parse(asked!);
        string page = request.RootElement.GetProperty("messages")[1].GetProperty("content").GetString()!;
        Assert.Equal(["1", "2", "3", "4"], Item().Matches(page).Select(m => m.Groups[1].Value));
        bool schema = request.RootElement.TryGetProperty("response_format", out JsonElement format);
        bool pattern = request.RootElement.TryGetProperty("structured_outputs", out JsonElement outputs);
        Assert.Equal((form == BlockAnswerForm.JsonSchema, form == BlockAnswerForm.Compact), (schema, pattern));
        if (schema)
        {
            Assert.Equal(["1", "2", "3", "4"], format.GetProperty("json_schema").GetProperty("schema").GetProperty("required").EnumerateArray().Select(e => e.GetString()!));
        }

        if (pattern)
        {
            Regex held = new("^" + outputs.GetProperty("regex").GetString() + "$");
            Assert.Matches(held, "<answer>1main2main3main4other</answer>");
            Assert.DoesNotMatch(held, "<answer>1main2main4other</answer>");
            Assert.DoesNotMatch(held, "<answer>1main2main3main4other5main</answer>");
        }
    }

    [Fact]
    public void WhatIsCutIsSaid()
    {
        HtmlExtractor extractor = new();
        string page = $"<p>{new string('a', 250)}</p><nav>Menu</nav><p style='display:none'>Hidden</p>";
        (string html, int items) = extractor.Simplify(Encoding.UTF8.GetBytes(page), "utf-8", null, ExtractOptions.Default)!.Value;
        Assert.Equal(1, items);
        Assert.Contains(new string('a', 200) + "...", html, StringComparison.Ordinal);
        Assert.DoesNotContain(new string('a', 201), html, StringComparison.Ordinal);
        Assert.Contains(new string('a', 250), extractor.Simplify(Encoding.UTF8.GetBytes(page), "utf-8", null, new ExtractOptions { MaxItemChars = 500 })!.Value.Html, StringComparison.Ordinal);
    }

    // What labels cannot lose: the truth as labels, mapped back and written, is the truth.
    [Fact]
    public void TheTruthAsLabelsComesBackAsTheTruth()
    {
        const string Marked =
            """
            <body><header><a href="/">Site</a></header><div><h1 cc-select="true">Roots</h1><p cc-select="true">The roots of <code>x*x = 2</code> are irrational, as Euclid knew long before us.</p>
            <div class="share">Share this page with friends</div><ul><li cc-select="true">First root, found by halving</li><li cc-select="true">Second root, found by symmetry</li></ul>
            <table><tr><th cc-select="true">n</th><th cc-select="true">root</th></tr><tr><td cc-select="true">2</td><td cc-select="true">1.414</td></tr></table>
            <pre cc-select="true">def root(x):
                return x ** 0.5</pre></div><footer>All rights reserved by the owner of this site</footer></body>
            """;
        const string Truth =
            "# Roots\n\nThe roots of `x*x = 2` are irrational, as Euclid knew long before us.\n\n- First root, found by halving\n- Second root, found by symmetry\n\n"
            + "| n | root |\n| --- | --- |\n| 2 | 1.414 |\n\n```\ndef root(x):\n    return x ** 0.5\n```";
        string[] gold = [.. Gold().Matches(Marked).Select(m => m.Groups[1].Value.Trim())];
        using ScriptedServer server = new((_, body) => ScriptedReply.Answer(LabelAll(body, html => gold.Any(g => html.Contains(">" + g[..Math.Min(g.Length, 8)].TrimEnd(), StringComparison.Ordinal)))));
        string text = Measure(Endpoint(server), Marked.Replace(" cc-select=\"true\"", "", StringComparison.Ordinal)).Text.ToString()!;
        Assert.InRange(NgramOverlap.Of(text, Truth).F1, 0.95, 1);
        Assert.Equal(1, ContentScores.Of(text, Truth).CodeEdit!.Value, 6);
        Assert.Equal(1, TableSimilarity.Teds(MarkdownContent.Of(text).Tables, MarkdownContent.Of(Truth).Tables), 6);
    }

    [Fact]
    public void APageTooLongForThePromptIsNotAskedAbout()
    {
        using ScriptedServer server = new((_, _) => ScriptedReply.Answer(""));
        Assert.Equal("fallback", Measure(Endpoint(server) with { MaxPromptChars = 100 }, Page).LabelledBy);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void PagesOfABatchAreAskedAboutSideBySide()
    {
        using ScriptedServer server = new((_, body) => ScriptedReply.Answer(LabelAll(body, _ => true)) with { UntilOpen = 4 });
        ExtractStage stage = Start(Endpoint(server));
        string[] pages = [.. Enumerable.Range(0, 8).Select(i => $"<p>Page number {i} has a text.</p>")];
        foreach (string page in pages)
        {
            stage.Prefetch(DocumentOf(page));
        }

        Assert.Equal(pages.Select(p => p[3..^4]), pages.Select(p => stage.Measure(DocumentOf(p)).Text.ToString()!));
        Assert.Equal(8, server.Requests.Count);
        Assert.InRange(server.MostOpen, 4, 8);
    }

    [Fact]
    public void ADeadEndpointFailsTheStage()
    {
        using ScriptedServer server = new((_, _) => new ScriptedReply("no such model", 404));
        StageException e = Assert.Throws<StageException>(() => Measure(Endpoint(server), Page));
        Assert.Equal("DB4056", e.Code);
        Assert.Contains("HTTP 404: no such model", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingOptionsAreNamed()
    {
        Assert.Equal("DB4057", Assert.Throws<StageException>(() => Start(new ExtractStage { Labeller = ExtractLabeller.Endpoint, EndpointModel = "m", Endpoint = "localhost" })).Code);
        Assert.Equal("DB4057", Assert.Throws<StageException>(() => Start(new ExtractStage { Labeller = ExtractLabeller.Onnx })).Code);
    }

    [Fact]
    public void AnOnnxTokenClassifierDecides()
    {
        ExtractFigures figures = Measure(Onnx(SeaModel(3)), Page);
        Assert.Equal(("onnx", "The sea rises twice a day."), (figures.LabelledBy, figures.Text.ToString()));
    }

    [Fact]
    public void AWindowHoldsWholeBlocksAndItsSizeChangesNothing()
    {
        string page = "<p>" + string.Join("</p><p>", Enumerable.Range(0, 60).Select(i => i % 3 == 0 ? $"The sea of day {i}" : $"Land of day {i}")) + "</p>";
        string[] texts = [.. new[] { 40, 100, 4096 }.Select(n => Measure(Onnx(SeaModel(3)) with { LabellerMaxTokens = n }, page).Text.ToString()!)];
        Assert.Equal(20, texts[0].Split("\n\n").Length);
        Assert.Single(texts.Distinct());
    }

    [Fact]
    public void AModelOfAnotherKindIsRefused()
    {
        StageException e = Assert.Throws<StageException>(() => Start(Onnx(SeaModel(4))));
        Assert.Equal("DB4058", e.Code);
        Assert.Contains("expected float (1, tokens, 2)", e.Message, StringComparison.Ordinal);
        string text = Path.Combine(_folder, "text.onnx");
        File.WriteAllText(text, "no model");
        Assert.Equal("DB4058", Assert.Throws<StageException>(() => Start(Onnx(text))).Code);
    }

    [SkippableFact]
    public void SimplifiedPagesAreSmallAndNameEveryBlockOnce()
    {
        HtmlExtractor extractor = new();
        long raw = 0;
        long simplified = 0;
        foreach ((string url, byte[] html, string? charset) in SharedPages.Read("segments").Take(200))
        {
            if (extractor.Simplify(html, charset, url, ExtractOptions.Default) is { } page)
            {
                raw += html.Length;
                simplified += Encoding.UTF8.GetByteCount(page.Html);
                Assert.Equal(Enumerable.Range(1, page.Items).Select(i => i.ToString(CultureInfo.InvariantCulture)), SimplifiedPage.Split(page.Html).Select(b => b.Id));
            }
        }

        output.WriteLine($"simplified pages are {(double)simplified / raw:P1} of the HTML");
        Assert.InRange((double)simplified / raw, 0.01, 0.25);
    }

    private static ExtractStage Endpoint(ScriptedServer server) => new()
    {
        Labeller = ExtractLabeller.Endpoint,
        Endpoint = server.Address.AbsoluteUri,
        EndpointModel = "labeller-1",
        MainHtml = true,
    };

    private static ExtractStage Onnx(string path) => new()
    {
        Labeller = ExtractLabeller.Onnx,
        LabellerModel = InputFile.FromPath(path),
        LabellerTokenizer = InputFile.FromName("cl100k_base"),
    };

    // A classifier that takes the word "sea" for main content and is a little against everything else: a table looked up by token.
    private string SeaModel(int rank)
    {
        const int Vocabulary = 100_352;
        float[] table = new float[Vocabulary * 2];
        for (int i = 0; i < Vocabulary; i++)
        {
            table[i * 2] = 0.001f;
        }

        foreach (int id in TextTokenizer.Load("cl100k_base").Encode(" sea"))
        {
            table[(id * 2) + 1] = 1000;
        }

        OnnxModelBuilder model = new OnnxModelBuilder("sea").Input("input_ids", OnnxElementType.Int64, "1", "tokens");
        model = rank == 3
            ? model.Constant<float>("table", table, Vocabulary, 2).Output("logits", OnnxElementType.Single, "1", "tokens", "2")
            : model.Constant<float>("table", table, Vocabulary, 2, 1).Output("logits", OnnxElementType.Single, "1", "tokens", "2", "1");
        model.Node("Gather", ["table", "input_ids"], "logits");
        string path = Path.Combine(_folder, $"sea{rank}.onnx");
        File.WriteAllBytes(path, model.Build());
        return path;
    }

    private ExtractFigures Measure(ExtractStage stage, string page) => Start(stage).Measure(DocumentOf(page));

    private ExtractStage Start(ExtractStage stage)
    {
        stage.Initialize(new StageContext(_folder, _folder));
        return stage;
    }

    private static Document DocumentOf(string page)
    {
        Document document = Document.Create("", "https://example.org/tides");
        document.SetPayload(Encoding.UTF8.GetBytes(page), "text/html", "utf-8");
        return document;
    }

    // What a model would answer to the page in the request.
    private static string LabelAll(string body, Func<string, bool> isMain)
    {
        using JsonDocument request = JsonDocument.Parse(body);
        string page = request.RootElement.GetProperty("messages")[1].GetProperty("content").GetString()!;
        return "{" + string.Join(",", Item().Matches(page).Select(m => $"\"{m.Groups[1].Value}\":\"{(isMain(m.Value) ? "main" : "other")}\"")) + "}";
    }

    [GeneratedRegex(" cc-select=\"true\">([^<]+)")]
    private static partial Regex Gold();

    [GeneratedRegex("<\\w+[^>]* _item_id=\"(\\d+)\">[^<]*<")]
    private static partial Regex Item();
}
