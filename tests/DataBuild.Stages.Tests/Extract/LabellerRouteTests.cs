using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using DataBuild.Stages.Extract;
using DataBuild.Stages.Extract.Labelling;
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
    [InlineData("<think>1main 2main 3main</think>{\"1\":\"other\",\"2\":\"main\"", "# Tides")]
    [InlineData("Here it is: ```json\n{\"2\": \"main\", \"3\": \"other\"}\n``` (the 3 main blocks)", "# Tides")]
    [InlineData("<answer>1other2main3other4other</answer>", "# Tides")]
    public void AnswersInTheFormsThatModelsGiveAreRead(string answer, string text)
    {
        using ScriptedServer server = new((_, _) => ScriptedReply.Answer(answer));
        Assert.Equal(text, Measure(Endpoint(server), Page).Text.ToString());
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
        using ScriptedServer server = new((_, body) => ScriptedReply.Answer(LabelAll(body, _ => true)) with { Delay = TimeSpan.FromMilliseconds(400) });
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

    [GeneratedRegex("<\\w+[^>]* _item_id=\"(\\d+)\">[^<]*<")]
    private static partial Regex Item();
}
