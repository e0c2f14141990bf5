using DataBuild.Stages.Score.Onnx;
using DataBuild.Stages.Tokenize;
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

    [Fact]
    public void TheRulesAreAMode()
    {
        (int code, string text, string errors) = Run(WritePage(), "--mode", "heuristic", "--format", "text");
        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith("Rivers\n\nRivers rarely run straight", text, StringComparison.Ordinal);
        Assert.DoesNotContain("All rights reserved", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AnEndpointLabelsTheBlocks()
    {
        string script = Path.Combine(_folder, "answers.jsonl");
        File.WriteAllText(script, """{"when": "Rivers", "answer": "<answer>1main2other3other4main</answer>"}""");
        string[] labeller = ["--labeller", "Endpoint", "--endpoint-answer", "Compact", "--option", "Script=" + script];
        Assert.Equal((0, "# Rivers\n\nAll rights reserved\n", ""), Run([WritePage(), .. labeller]));
        string[] kept = [.. Run([WritePage(), .. labeller, "--explain"]).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l[0] == '+')];
        Assert.Equal(2, kept.Length);
        Assert.EndsWith("article > h1  Rivers", kept[0], StringComparison.Ordinal);

        File.WriteAllText(script, """{"when": "Rivers", "answer": "I cannot"}""");
        (int code, string text, string errors) = Run([WritePage(), .. labeller]);
        Assert.Equal(0, code);
        Assert.StartsWith("# Rivers\n\nRivers rarely", text, StringComparison.Ordinal);
        Assert.Contains("labelled by the built-in model", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void AnOnnxModelLabelsTheBlocks()
    {
        // Takes the word "neck" for main content and is a little against everything else.
        const int Vocabulary = 100_352;
        float[] table = new float[Vocabulary * 2];
        for (int i = 0; i < Vocabulary; i++)
        {
            table[i * 2] = 0.001f;
        }

        foreach (int id in TextTokenizer.Load("cl100k_base").Encode(" neck"))
        {
            table[(id * 2) + 1] = 1000;
        }

        string model = Path.Combine(_folder, "neck.onnx");
        File.WriteAllBytes(model, new OnnxModelBuilder("neck")
            .Input("input_ids", OnnxElementType.Int64, "1", "tokens")
            .Constant<float>("table", table, Vocabulary, 2)
            .Output("logits", OnnxElementType.Single, "1", "tokens", "2")
            .Node("Gather", ["table", "input_ids"], "logits")
            .Build());
        (int code, string text, string errors) = Run(WritePage(), "--labeller", "Onnx", "--labeller-model", model, "--labeller-tokenizer", "cl100k_base");
        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith("On the inside", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Rivers", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DB1002: stage 'Extract' has no option 'Tabels'; did you mean 'Tables'?", "--option", "Tabels=Html")]
    [InlineData("DB1003: Extract.Format is 'markup'; expected one of Text, Markdown", "--format", "markup")]
    [InlineData("DB4057: the stage 'Extract' needs the options Endpoint", "--labeller", "Endpoint")]
    [InlineData("DB4057: Extract with Labeller=\"Onnx\" needs the options LabellerModel", "--labeller", "Onnx")]
    [InlineData("--option Html: expected NAME=VALUE", "--option", "Html")]
    public void AWrongOptionIsSaid(string message, params string[] options)
    {
        (int code, string text, string errors) = Run([WritePage(), .. options]);
        Assert.Equal((1, ""), (code, text));
        Assert.Contains(message, errors, StringComparison.Ordinal);
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
