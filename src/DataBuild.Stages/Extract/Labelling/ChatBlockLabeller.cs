using System.Globalization;
using DataBuild.Stages.Generate;

namespace DataBuild.Stages.Extract.Labelling;

/// <summary>
/// Lets a language model label the blocks of a simplified page (the route of MinerU-HTML and AICC, arXiv 2511.16397, section 3). An answer that labels no
/// block, was cut off, or would not fit gives null.
/// </summary>
/// <param name="service">Asks the model.</param>
/// <param name="model">Name of the model, as the server calls it.</param>
/// <param name="maxPromptChars">Characters of a simplified page at most; a longer one is not asked about.</param>
/// <param name="form">The form of the answer.</param>
public sealed class ChatBlockLabeller(ChatService service, string model, int maxPromptChars, BlockAnswerForm form = BlockAnswerForm.Json) : IBlockLabeller
{
    private const string Prompt =
        """
        You are given the blocks of a web page, one HTML element each, in reading order. Each has a number in _item_id.
        Decide for every block whether it belongs to the main content of the page.
        main: what the page is there for. The article with its headings, lists, tables, code, formulas and captions; the posts of a forum thread;
        a question and its answers; the description and the data of a product; the entries of a list page; the text of a manual.
        other: what surrounds it. Navigation, menus, breadcrumbs, search, sharing and voting buttons, advertisements, related links, notices about cookies,
        sign-up forms, side bars, footers.
        A text that ends in ... is cut off; judge by what you see.

        """;

    private const string JsonAnswer = """Answer with one JSON object and nothing else. It gives every _item_id, once, the word main or the word other: {"1":"other","2":"main"}""";

    private const string CompactAnswer = "Answer with every _item_id in order, each followed by the word main or the word other, and nothing else: <answer>1other2main</answer>";

    private static readonly ChatSampling Sampling = new();

    /// <inheritdoc />
    public async ValueTask<string?> LabelAsync(string simplifiedHtml, int items, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(simplifiedHtml);
        if (items == 0 || simplifiedHtml.Length > maxPromptChars)
        {
            return null;
        }

        // Line ends as in the text of this file, on every system.
        string prompt = Prompt.ReplaceLineEndings("\n") + (form == BlockAnswerForm.Compact ? CompactAnswer : JsonAnswer);
        ChatRequest request = new(
            model, prompt, simplifiedHtml, Sampling, form == BlockAnswerForm.JsonSchema ? SchemaOf(items) : null, form == BlockAnswerForm.Compact ? PatternOf(items) : null);
        ChatAnswer answer = await service.AskAsync(request, text => BlockAnswer.TryRead(text, new bool[items]), cancellationToken).ConfigureAwait(false);
        return answer.IsValid ? answer.Text : null;
    }

    // Names every block, so that a server that holds the model to it gets a label for each.
    private static string PatternOf(int items) =>
        "<answer>\\s*" + string.Concat(Enumerable.Range(1, items).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i}(main|other)"))) + "\\s*</answer>";

    private static string SchemaOf(int items)
    {
        string[] ids = [.. Enumerable.Range(1, items).Select(i => $"\"{i.ToString(CultureInfo.InvariantCulture)}\"")];
        string properties = string.Join(',', ids.Select(id => id + """:{"type":"string","enum":["main","other"]}"""));
        return $$"""{"type":"object","properties":{{{properties}}},"required":[{{string.Join(',', ids)}}],"additionalProperties":false}""";
    }
}
