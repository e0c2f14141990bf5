using DataBuild.Tests;

namespace DataBuild.Worker.Tests;

/// <summary><c>databuild extract</c>, the door for people who only want a page's text.</summary>
public sealed class ExtractCommandTests : IDisposable
{
    private const string Page =
        """
        <html><head><title>Rivers - Water</title></head><body><nav><ul><li><a href=/a>Lakes</a></li><li><a href=/b>Seas</a></li><li><a href=/c>Ponds</a></li></ul></nav>
        <article><h1>Rivers</h1><p>Rivers rarely run straight for long, since the water on the outside of a bend is faster and takes the bank away.</p>
        <p>On the inside, where it is slower, it lets go of what it carries, so that the <a href="/bend">bend</a> grows from year to year until the neck is cut.</p></article>
        <footer><p>All rights reserved</p></footer></body></html>
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-extract").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void APageIsPrintedAsMarkdown()
    {
        (int code, string text, string errors) = Run(WritePage(), "--links");
        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith("# Rivers\n\nRivers rarely run straight", text, StringComparison.Ordinal);
        Assert.Contains("[bend](/bend)", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Lakes", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ExplainShowsEveryBlockWithItsLabelAndScore()
    {
        (int code, string text, _) = Run(WritePage(), "--explain");
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((0, 7), (code, lines.Length));
        Assert.Matches(@"^- +0\.\d{3} +1 words  links 1\.00  nav > ul > li.*  Lakes$", lines[0]);
        Assert.Matches(@"^\+ +0\.\d{3} +\d+ words  links 0\.00  article > p  Rivers rarely", lines[4]);
    }

    [Fact]
    public void TheHtmlOfTheMainContentIsPrinted()
    {
        (_, string text, _) = Run(WritePage(), "--main-html");
        Assert.StartsWith("<body><article><h1>Rivers</h1><p>Rivers rarely", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<nav>", text, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void OnePageOfAWarcFileIsPicked()
    {
        string warc = TestPaths.Shared("data/warc/whirlwind.warc");
        (int code, string text, string errors) = Run(warc, "--url", "https://an.wikipedia.org/wiki/Escopete");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("Escopete", text, StringComparison.Ordinal);
        (code, text, errors) = Run(warc, "--url", "https://example.org/");
        Assert.Equal((1, ""), (code, text));
        Assert.Contains("there is no page with the address https://example.org/", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatCannotBeReadIsSaid()
    {
        string empty = Path.Combine(_folder, "scripts.html");
        File.WriteAllText(empty, "<html><script>1</script></html>");
        Assert.Contains("cannot be used: no_content", Run(empty).Errors, StringComparison.Ordinal);
        (int code, _, string errors) = Run(Path.Combine(_folder, "missing.html"));
        Assert.Equal(1, code);
        Assert.Contains("error DB2001", errors, StringComparison.Ordinal);
    }

    private string WritePage()
    {
        string path = Path.Combine(_folder, "rivers.html");
        File.WriteAllText(path, Page);
        return path;
    }

    private static (int Code, string Text, string Errors) Run(params string[] args)
    {
        TextWriter output = Console.Out;
        TextWriter errors = Console.Error;
        using StringWriter text = new();
        using StringWriter said = new();
        try
        {
            Console.SetOut(text);
            Console.SetError(said);
            int code = ExtractCommand.Create().Parse(args).Invoke();
            return (code, text.ToString(), said.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
        }
    }
}
