using System.Text;
using System.Text.Json;
using DataBuild.Stages.Extract.MathPages;

namespace DataBuild.Tests.Extract;

/// <summary>
/// Types, notebooks and rendering of mathematical pages. Cases from NeMo Curator 1e2e4275e (Apache-2.0): tests/stages/math_stages/download/test_math_content_extractor.py,
/// conftest.py, test_lynx_extractor.py.
/// </summary>
public sealed class MathPagesTests : IDisposable
{
    private const string BasicNotebook = """{"nbformat": 4, "nbformat_minor": 2, "cells": [{"cell_type": "code", "source": ["print('hello')"], "outputs": []}]}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-math").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void TheSetsHaveThePublishedSizes() => Assert.Equal((38, 13, 13, 17), MathPageTypes.Sizes);

    [Theory]
    [InlineData(BasicNotebook, "application/json", "text/plain", "http://example.com/notebook.ipynb", MathPageType.Notebook)]
    [InlineData(BasicNotebook, "application/json", "application/json", "http://example.com/file.txt", MathPageType.Notebook)]
    [InlineData(BasicNotebook, "text/plain", "text/plain", "http://example.com/file.txt", MathPageType.Text)]
    [InlineData("""{"nbformat": 4}""", "application/json", null, "http://example.com/notebook.ipynb", MathPageType.Html)]
    [InlineData("<html><body><p>Test content</p></body></html>", "text/html", "text/html", "http://example.com/page.html", MathPageType.Html)]
    [InlineData("Plain text content", "text/plain", "text/plain", "http://example.com/file.txt", MathPageType.Text)]
    [InlineData("<html><head><title>Test</title></head><body><p>Content</p></body></html>", "text/html", "text/plain", null, MathPageType.Html)]
    [InlineData("Some unknown content that doesn't match any specific type", "text/html", "text/plain", null, MathPageType.Html)]
    [InlineData("Some unknown content that doesn't match any specific type", "application/x-unheard", null, null, MathPageType.Html)]
    [InlineData("This is plain text content.", null, "text/plain", null, MathPageType.Text)]
    [InlineData("This is plain text content.", null, "text/html", null, MathPageType.Html)]
    [InlineData("\\documentclass{article}", "text/x-tex", "text/plain", null, MathPageType.Html)]
    [InlineData("\\documentclass{article}", "text/plain", "application/x-tex", null, MathPageType.Text)]
    [InlineData("text", "text/plain", "application/xhtml+xml", null, MathPageType.Html)]
    [InlineData("", "text/html", "text/html", null, MathPageType.Text)]
    public void TypesFollowThePublishedRules(string content, string? looksLike, string? declared, string? url, MathPageType expected) =>
        Assert.Equal(expected, MathPageTypes.Of(content, looksLike, declared, url));

    [Fact]
    public void NotebooksGiveCellsAndOutputs()
    {
        const string Notebook =
            """
            {"nbformat": 4, "nbformat_minor": 2, "cells": [
              {"cell_type": "markdown", "source": ["# Title\n", "This is markdown content."]},
              {"cell_type": "code", "source": ["import numpy as np\n", "print('Hello World')"], "outputs": [
                {"output_type": "stream", "text": ["Hello World\n"]}, {"output_type": "execute_result", "data": {"text/plain": ["42"], "text/html": ["<b>42</b>"]}}]},
              {"cell_type": "raw", "source": ["Raw cell content"]},
              {"cell_type": "code", "source": "x = 5", "outputs": [{"output_type": "display_data", "data": {"text/plain": ["<matplotlib.figure.Figure>"]}}, {"output_type": "error", "text": "no"}]},
              {"cell_type": "widget", "source": ["none of it"]}]}
            """;
        Assert.True(NotebookText.TryParse(Notebook, out JsonDocument? json));
        using (json)
        {
            Assert.Equal(
                "# Title\nThis is markdown content.import numpy as np\nprint('Hello World')Hello World\n42Raw cell contentx = 5<matplotlib.figure.Figure>", NotebookText.Of(json));
        }

        Assert.All((string[])["", "[]", "{", """{"nbformat": 4, "cells": []}""", """{"nbformat": 4, "nbformat_minor": 2, "cells": {}}"""], text => Assert.False(NotebookText.TryParse(text, out _)));
    }

    [Theory]
    [InlineData("  <!DOCTYPE html><p>", "text/html")]
    [InlineData("<p>x", "text/html")]
    [InlineData("<pre", "text/plain")]
    [InlineData("<?xml version=\"1.0\"?><feed/>", "text/xml")]
    [InlineData("<?xml version=\"1.0\"?><svg/>", "image/svg+xml")]
    [InlineData("{\"a\": [1]}", "application/json")]
    [InlineData("{a}", "text/plain")]
    [InlineData("%PDF-1.5", "application/pdf")]
    [InlineData("\\documentclass{article}\n\\begin{document}", "text/x-tex")]
    [InlineData("#!/bin/sh\necho", "text/x-shellscript")]
    [InlineData("Theorem 1. Let x be.", "text/plain")]
    [InlineData("a\0b", "application/octet-stream")]
    [InlineData("", "application/x-empty")]
    public void ContentLooksLikeAType(string content, string expected) => Assert.Equal(expected, ContentType.Of(Encoding.UTF8.GetBytes(content)));

    [Fact]
    public void PagesAreRenderedWholeWithTheirFormulas()
    {
        // The page of conftest.py.
        const string Page =
            """
            <html><head><title>Mathematical Formulas</title>
            <script type="text/javascript" async src="https://cdnjs.cloudflare.com/ajax/libs/mathjax/2.7.7/MathJax.js?config=TeX-MML-AM_CHTML"></script></head>
            <body><h1>Quadratic Formula</h1><p>The quadratic formula is:</p><div class="math">$$x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}$$</div>
            <p>Where <em>a</em>, <em>b</em>, and <em>c</em> are coefficients.</p><h2>Example</h2><p>For the equation $x^2 + 5x + 6 = 0$:</p>
            <ul><li>a = 1</li><li>b = 5</li><li>c = 6</li></ul></body></html>
            """;
        MathExtractFigures figures = Measure(Encoding.UTF8.GetBytes(Page), "text/html");
        Assert.Equal(("Html", "text/html", null), (figures.Type, figures.MagicType, figures.Reason));
        Assert.Equal(
            "# Quadratic Formula\n\nThe quadratic formula is:\n\n$$x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}$$\n\nWhere a, b, and c are coefficients.\n\n## Example\n\nFor the equation $x^2 + 5x + 6 = 0$:\n\n- a = 1\n- b = 5\n- c = 6",
            figures.Text.ToString());
    }

    [Theory]
    [InlineData("Plain text content", "text/plain", "Text", "Plain text content", null)]
    [InlineData(BasicNotebook, "application/json", "Notebook", "print('hello')", null)]
    [InlineData("""{"nbformat": 4, "nbformat_minor": 2, "cells": []}""", "application/json", "Notebook", "", "no_content")]
    [InlineData("<html><body></body></html>", "text/html", "Html", "", "no_content")]
    public void DocumentsPassByTheirType(string content, string declared, string type, string text, string? reason)
    {
        MathExtractFigures figures = Measure(Encoding.UTF8.GetBytes(content), declared);
        Assert.Equal((type, text, reason), (figures.Type, figures.Text?.ToString() ?? "", figures.Reason));
    }

    [Fact]
    public void OtherEncodingsAreDetectedAndBinariesDropped()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        byte[] latin = Encoding.GetEncoding(1252).GetBytes("Der Satz von Weierstraß über gleichmäßige Konvergenz gilt für jede stetige Funktion auf einem kompakten Intervall.");
        Assert.Contains("Weierstraß über gleichmäßige", Measure(latin, "text/plain").Text.ToString(), StringComparison.Ordinal);
        Assert.Equal("undecodable", Measure([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, .. Enumerable.Range(0, 500).Select(i => (byte)(i * 167))], "image/png").Reason);
        Assert.Equal("empty", Measure([], "text/html").Reason);
    }

    [SkippableFact]
    public void LynxGetsThePageAndTheseArguments()
    {
        Skip.If(OperatingSystem.IsWindows(), "the stand-in for lynx is a shell script");
        string lynx = Script("echo \"$@\"; cat; echo");
        Assert.Equal(
            "-dump -stdin -nolist -width=10000 -assume_charset=utf-8 -display_charset=utf-8 -localhost -force_html\n<p>π</p>\n",
            new LynxRenderer(lynx, TimeSpan.FromMinutes(5)).Render("<p>π</p>"));
        MathExtractStage stage = new() { Name = "math", Lynx = InputFile.FromPath(lynx) };
        stage.Initialize(new StageContext(_folder, _folder));
        Assert.Contains("<body>", stage.Measure(Page("<html><body>x</body></html>"u8.ToArray(), "text/html")).Text.ToString(), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("cat; exit 1")]
    [InlineData("exit 1")]
    [InlineData("sleep 30")]
    public void WhereLynxFailsOrHangsThereIsNoText(string script)
    {
        Skip.If(OperatingSystem.IsWindows(), "the stand-in for lynx is a shell script");
        Assert.Equal("", new LynxRenderer(Script(script), TimeSpan.FromMilliseconds(script.StartsWith("sleep", StringComparison.Ordinal) ? 300 : 300_000)).Render(new string('x', 200_000)));
    }

    [Fact]
    public void LynxThatIsNotThereIsAMessage() =>
        Assert.Equal("DB4013", Assert.Throws<StageException>(() => new LynxRenderer(Path.Combine(_folder, "none"), TimeSpan.FromSeconds(1)).Render("x")).Code);

    private string Script(string body)
    {
        string path = Path.Combine(_folder, "lynx");
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    private static MathExtractFigures Measure(byte[] payload, string mediaType) => new MathExtractStage { Name = "math" }.Measure(Page(payload, mediaType));

    private static Document Page(byte[] payload, string mediaType)
    {
        Document document = new();
        document.SetPayload(payload, mediaType, null);
        return document;
    }
}
