using System.Text;
using DataBuild.Stages.Extract.Html;
using DataBuild.Stages.Extract.JusText;

namespace DataBuild.Stages.Tests.Extract.JusText;

public sealed class JusTextTests
{
    // Classes by themselves, as letters: good, neargood, short, bad; H a short heading.
    public static TheoryData<string, string, bool> Revisions() => new()
    {
        // Found by running the port (miso-belica/jusText, BSD-2, 9fb3340): headings are rescued by the last pass alone.
        { "gsHbg", "gbgbg", false },
        { "bHgb", "bggb", false },
        { "bsgb", "bbgb", false },
        { "bHng", "bggg", false },
        { "bnngnb", "bggggb", false },
        { "bnnb", "bbbb", false },

        // The algorithm's intent: the heading counts as near good before short ones are judged.
        { "gsHbg", "gggbg", true },

        // Its published tests (tests/test_paragraph_revision.py), which look at the first of two; the second stands at the page's edge, which is bad.
        { "", "", true },
        { "s", "b", true },
        { "n", "b", true },
        { "b", "b", true },
        { "g", "g", true },
        { "gs", "gb", true },
        { "ns", "bb", true },
        { "bs", "bb", true },
        { "ss", "bb", true },
    };

    [Theory]
    [MemberData(nameof(Revisions))]
    public void Paragraphs_are_revised_by_their_neighbours(string before, string after, bool rescueShortHeadings)
    {
        JusTextParagraph[] paragraphs = [.. before.Select(c => new JusTextParagraph { Text = "", Length = c is 's' or 'H' ? 5 : 100, IsHeading = c == 'H', ContextFree = ClassOf(c) })];
        JusTextClassifier.AmongNeighbours(paragraphs, new JusTextStage { RescueShortHeadings = rescueShortHeadings });

        Assert.Equal(after, string.Concat(paragraphs.Select(p => p.Class == ParagraphClass.Good ? 'g' : 'b')));
    }

    [Fact]
    public void Paragraphs_are_judged_by_themselves()
    {
        // miso-belica/jusText (BSD-2), tests/test_classify_paragraphs.py; link characters there of 39 to 41 in 80 with a limit of a half.
        string digits = string.Concat(Enumerable.Repeat("0123456789", 8));
        Assert.Equal(
            [ParagraphClass.Short, ParagraphClass.Bad, ParagraphClass.Bad, ParagraphClass.Bad, ParagraphClass.Bad],
            ByThemselves(new JusTextStage { MaxLinkDensity = 0.5 }, "", (digits[..20], 0), (digits[..20], 20), (digits, 40), (digits, 39), (digits, 41)));
        string numbers = "0 1 2 3 4 5 6 7 8 9";
        Assert.Equal(
            [ParagraphClass.Short, ParagraphClass.Bad],
            ByThemselves(new JusTextStage { MaxLinkDensity = 1, LengthLow = 1000 }, "", (numbers + numbers, 0), (numbers + numbers, 20)));
        Assert.Equal(
            [ParagraphClass.NearGood, ParagraphClass.Good],
            ByThemselves(new JusTextStage { MaxLinkDensity = 1, LengthLow = 0, StopWordsHigh = 0, LengthHigh = 20 }, "0", (numbers, 0), (numbers + numbers, 0)));
        Assert.Equal(
            [ParagraphClass.NearGood, ParagraphClass.NearGood, ParagraphClass.Bad],
            ByThemselves(new JusTextStage { MaxLinkDensity = 1, LengthLow = 0, StopWordsHigh = 1000, StopWordsLow = 0.2 }, "0 1", ("0 0 0 0 1 2 3 4 5 6 7 8 9", 0), (numbers, 0), ("1 2 3 4 5 6 7 8 9", 0)));
        Assert.Equal([ParagraphClass.Bad, ParagraphClass.Bad], ByThemselves(new JusTextStage(), "a", ("a © b", 0), ("a &copy b", 0)));
    }

    public static TheoryData<string, string[], int[]> Pages() => new()
    {
        // miso-belica/jusText (BSD-2), tests/test_sax.py: paragraphs and the number of their tags.
        { "<html><body></body></html>", [], [] },
        {
            "<html><body><h1>Header</h1><p>text and some <em>other</em> words <span class=\"class\">that I</span> have in my head now</p><p>footer</p></body></html>",
            ["Header", "text and some other words that I have in my head now", "footer"],
            [0, 2, 0]
        },
        {
            "<html><body><p>pre<em>in</em>post \t pre  <span class=\"class\"> in </span>  post</p><div>pre<em> in </em>post</div><pre>pre<em>in </em>post</pre><blockquote>pre<em> in</em>post</blockquote></body></html>",
            ["preinpost pre in post", "pre in post", "prein post", "pre inpost"],
            [2, 1, 1, 1]
        },
        {
            "<html><body><sup>I am <strong>top</strong>-inline\n\n\n\n and I am happy \n</sup><p>normal text</p><code>\nvar i = -INFINITY;\n</code><div>after text with variable <var>N</var> </div>   I am inline\n\n\n\n and I am happy \n</body></html>",
            ["I am top-inline\nand I am happy", "normal text", "var i = -INFINITY;", "after text with variable N", "I am inline\nand I am happy"],
            [2, 0, 1, 1, 0]
        },
        {
            "<html><body>  <p>c</p>  <table width=\"200px\">     <tr width=\"200px\">        <th width=\"200px\">a</th>        <th>b</th>     </tr>     <tr>        <td>1</td>        <td>2</td>     </tr>  </table>    <p>d</p></body></html>",
            ["c", "a", "b", "1", "2", "d"],
            [0, 0, 0, 0, 0, 0]
        },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public void Pages_are_cut_into_paragraphs(string html, string[] texts, int[] tags)
    {
        IReadOnlyList<JusTextParagraph> paragraphs = Cut(html);
        Assert.Equal(texts, paragraphs.Select(p => p.Text));
        Assert.Equal(tags, paragraphs.Select(p => p.Tags));
    }

    [Fact]
    public void Two_line_breaks_part_paragraphs() =>
        Assert.Equal(["normal text", "another text"], Cut("<html><body>  normal text   <br><br> another   text  </body></html>").Select(p => p.Text));

    [Fact]
    public void Characters_in_links_are_counted()
    {
        IReadOnlyList<JusTextParagraph> paragraphs = Cut(
            "<html><body><a>I am <strong>top</strong>-inline\n\n\n\n and I am happy \n</a><p>normal text</p><code>\nvar i = -INFINITY;\n</code><div>after <a>text</a> with variable <var>N</var> </div></body></html>");
        Assert.Equal([31, 0, 0, 4], paragraphs.Select(p => p.LinkCharacters));
    }

    [Fact]
    public void What_the_preprocessor_removes_makes_no_paragraph() =>
        Assert.Equal(
            ["kept in a form"],
            Cut("<html><head><title>t</title></head><body><script>s</script><style>c</style><!-- c --><form>kept <b>in</b> a form<input><textarea>no</textarea><select><option>no</select><button>no</button></form></body></html>").Select(p => p.Text));

    [Fact]
    public void A_page_gives_its_good_paragraphs()
    {
        JusTextFigures figures = Measure(new JusTextStage(), Page("en"));
        Assert.Equal(("en", null), (figures.StopWordLanguage, figures.Reason));
        string text = figures.Text!.Value.ToString();
        Assert.StartsWith("How rivers meander\n\nRivers rarely run straight for long.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Contact", text, StringComparison.Ordinal);
        Assert.DoesNotContain("All rights reserved", text, StringComparison.Ordinal);
        Assert.Equal((3, "How rivers meander"), (figures.GoodParagraphs, figures.Title));
    }

    [Fact]
    public void The_heading_goes_where_headings_are_no_headings() =>
        Assert.StartsWith("Rivers rarely", Measure(new JusTextStage { NoHeadings = true }, Page("en")).Text!.Value.ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("河流很少长时间保持笔直。河岸松软的地方，会形成一个小弯：弯道外侧的水流得更快，冲刷河岸，并把带走的东西带到下一个弯道的内侧，在那里再次沉积下来。年复一年，河湾沿着山谷向下移动，有时其中一个会被切断。", "zh")]
    [InlineData("แม่น้ำไม่ค่อยไหลตรงเป็นเวลานาน ในที่ที่ตลิ่งอ่อน โค้งเล็กๆ ก็จะใหญ่ขึ้น น้ำที่อยู่ด้านนอกของโค้งจะไหลเร็วกว่าและกัดเซาะตลิ่ง และพาสิ่งที่มันเอาไปไว้ที่ด้านในของโค้งถัดไปซึ่งมันจะตกตะกอนอีกครั้ง", "th")]
    [InlineData("ဤသည်မှာ မြန်မာဘာသာဖြင့် ရေးသားထားသော စာပိုဒ်တစ်ခု ဖြစ်သည်။ စာပိုဒ်သည် ရှည်လျားသောကြောင့် စာမျက်နှာ၏ အဓိကစာသားအဖြစ် သတ်မှတ်နိုင်ပါသည်။ စာသားကို စစ်ဆေးရန်အတွက် ဤစာကြောင်းများကို ထည့်သွင်းထားခြင်း ဖြစ်ပါသည်။", null)]
    public void Languages_without_spaces_and_without_a_list_have_texts_too(string paragraph, string? language)
    {
        JusTextFigures figures = Measure(new JusTextStage { StopWordsLow = 0.1, StopWordsHigh = 0.12, LengthHigh = 80 }, $"<html><body><p>{paragraph}</p></body></html>");
        Assert.Equal(language, figures.StopWordLanguage);
        Assert.Equal(1, figures.GoodParagraphs);
    }

    [Fact]
    public void A_language_that_has_no_list_cannot_be_asked_for()
    {
        StageException error = Assert.Throws<StageException>(() => new JusTextStage { StopWordLanguage = "xx" }.Initialize(new StageContext(".", ".")));
        Assert.Equal("DB4361", error.Code);
    }

    [Theory]
    [InlineData("<html></html>", "no_content")]
    [InlineData("<html><body><nav><a href=x>Home</a></nav></body></html>", "no_content")]
    public void Pages_without_text_say_why(string html, string reason) => Assert.Equal(reason, Measure(new JusTextStage(), html).Reason);

    private static string Page(string language) => $"""
        <!DOCTYPE html><html lang="{language}"><head><title>How rivers meander</title></head><body><div class="menu"><ul><li><a href="/">Home</a><li><a href="/c">Contact</a></ul></div>
        <h1>How rivers meander</h1>
        <p>Rivers rarely run straight for long. Where the bank is soft, a small bend grows: the water on the outside of the curve runs faster than it does on the other side,
        wears the bank away, and carries what it takes to the inside of the next bend, where it settles again and where it then stays.</p>
        <p>Over the years the loops move down the valley, and now and then one of them is cut off. What stays behind is a lake in the shape of
        a horseshoe, which fills with reeds, then with peat, and in the end it can only be seen from the air by those who know where it was.</p>
        <div id="footer">© 2024 Field notes. All rights reserved.</div></body></html>
        """;

    private static JusTextFigures Measure(JusTextStage stage, string html)
    {
        stage.Initialize(new StageContext(".", "."));
        Document document = Document.Create("");
        document.SetPayload(Encoding.UTF8.GetBytes(html), "text/html", "utf-8");
        return stage.Measure(document);
    }

    private static IReadOnlyList<JusTextParagraph> Cut(string html)
    {
        HtmlTree tree = new();
        byte[] bytes = Encoding.UTF8.GetBytes(html);
        _ = DataBuild.Stages.Extract.Charsets.PageDecoder.Decode(bytes, "utf-8", tree);
        Assert.True(new HtmlTreeBuilder(tree).Parse(10_000, 512, 1000));
        return JusTextParagraphs.Of(tree);
    }

    private static ParagraphClass[] ByThemselves(JusTextStage stage, string stopWords, params (string Text, int Links)[] rows)
    {
        JusTextParagraph[] paragraphs = [.. rows.Select(r => new JusTextParagraph { Text = r.Text, Length = r.Text.Length, LinkCharacters = r.Links })];
        JusTextClassifier.ByThemselves(paragraphs, stage, stopWords.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal), null);
        return [.. paragraphs.Select(p => p.ContextFree)];
    }

    private static ParagraphClass ClassOf(char c) => c switch
    {
        'g' => ParagraphClass.Good,
        'n' => ParagraphClass.NearGood,
        'b' => ParagraphClass.Bad,
        _ => ParagraphClass.Short,
    };
}
