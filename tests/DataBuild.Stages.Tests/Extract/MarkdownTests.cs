using System.Text;
using DataBuild.Stages.Extract;

namespace DataBuild.Tests.Extract;

/// <summary>Structure of the Markdown and plain-text output.</summary>
public sealed class MarkdownTests
{
    private static readonly HtmlExtractor Extractor = new();

    private static string Markdown(string body, ExtractOptions? options = null) =>
        Extractor.Extract(Encoding.UTF8.GetBytes("<!DOCTYPE html><body>" + body), null, null, (options ?? ExtractOptions.Default) with { Mode = ExtractMode.All }).Text;

    [Theory]
    [InlineData("<h1>One</h1><p>Two\n  three</p><h3>Four</h3>", "# One\n\nTwo three\n\n### Four")]
    [InlineData("<p>a<br>b<br><br>c", "a\nb\n\nc")]
    [InlineData("<p>use <code>x = 1</code> here", "use `x = 1` here")]
    [InlineData("<p>use<code> x = 1\n </code>here", "use `x = 1` here")]
    [InlineData("<p>a<b>b</b>c <i>d</i>", "abc d")]
    [InlineData("<ul><li>a<li>b<ul><li>c<li>d</ul><li>e</ul>", "- a\n- b\n  - c\n  - d\n- e")]
    [InlineData("<ol start=3><li>a<li>b<ul><li>c</ul></ol>", "3. a\n4. b\n   - c")]
    [InlineData("<ul><li><p>a</p><p>b</p><li>c</ul>", "- a\n  b\n- c")]
    [InlineData("<blockquote><p>a</p><p>b</p></blockquote>c", "> a\n\n> b\n\nc")]
    [InlineData("<p>a&nbsp;&amp;&lt;b&gt; &copy; &#x41;", "a &<b> © A")]
    [InlineData("<p>a</p><script>x</script><style>y</style><p>b", "a\n\nb")]
    public void Blocks(string html, string expected) => Assert.Equal(expected, Markdown(html));

    [Theory]
    [InlineData("<pre>\na\n  b\n\n  c\n</pre>", "```\na\n  b\n\n  c\n```")]
    [InlineData("<pre><code class=\"language-csharp\">int x;</code></pre>", "```csharp\nint x;\n```")]
    [InlineData("<div class=\"highlight-source-python\"><pre><span class=k>def</span> <span>f</span>():\n    pass</pre></div>", "```python\ndef f():\n    pass\n```")]
    [InlineData("<pre><span class=lineno>1</span>a\n<span class=lineno>2</span>b</pre>", "```\na\nb\n```")]
    [InlineData("<table><tr><td class=gutter><pre>1\n2\n3</pre><td><pre class=\"brush: js; x\">a\nb\nc</pre></table>", "```js\na\nb\nc\n```")]
    [InlineData("<pre><div class=line>a</div><div class=line>  b</div></pre>", "```\na\n  b\n```")]
    [InlineData("<pre>a<br>b</pre>", "```\na\nb\n```")]
    [InlineData("<pre>x ``` y</pre>", "````\nx ``` y\n````")]
    [InlineData("<p>a</p><div><code>\nSELECT<br />\n&nbsp;x,<br />\n&nbsp;&nbsp;y\n</code></div>", "a\n\n```\nSELECT\n x,\n  y\n```")]
    [InlineData("<p>run <code>a<br>b</code> now", "run\n\n```\na\nb\n```\n\nnow")]
    [InlineData(
        "<div class=\"syntaxhighlighter  java\"><table><tr><td class=gutter><div class=line>1</div><div class=line>2</div><div class=line>3</div>"
        + "<td class=code><div class=container>\n<div class=\"line alt1\"><code>if</code>&nbsp;<code>(x)</code></div>\n<div class=line>&nbsp;</div>\n"
        + "<div class=line><code>&nbsp;&nbsp;</code><code>y();</code></div></div></table></div>",
        "```java\nif (x)\n \n  y();\n```")]
    [InlineData("<div class=\"code box\">a = 1<br>b = 2<br></div>", "```\na = 1\nb = 2\n```")]
    [InlineData("<div class=code>SKU 12</div>", "SKU 12")]
    [InlineData("<ol class=dp-c><li><span>a</span></li><li><span>b</span></li></ol>", "```\na\nb\n```")]
    public void Code(string html, string expected) => Assert.Equal(expected, Markdown(html));

    [Theory]
    [InlineData("<table><tr><th>a<th>b<tr><td>1<td>2|3</table>", "| a | b |\n| --- | --- |\n| 1 | 2\\|3 |")]
    [InlineData("<table><tr><th colspan=2>a<tr><td>1<td>2</table>", "<table>\n<tr><th colspan=\"2\">a</th></tr>\n<tr><td>1</td><td>2</td></tr>\n</table>")]
    [InlineData(
        "<table><tr><th colspan=2>a &lt; b<tr><td>R&amp;D<td>2</table>",
        "<table>\n<tr><th colspan=\"2\">a &lt; b</th></tr>\n<tr><td>R&amp;D</td><td>2</td></tr>\n</table>")]
    [InlineData("<table><tr><td>Degree of the field<td>4<tr><td>Defined by this polynomial<td><pre>f.mod</pre></table>", "| Degree of the field | 4 |\n| --- | --- |\n| Defined by this polynomial | f.mod |")]
    [InlineData("<table><tr><td>1<td><pre>a = b + c</pre><tr><td>2<td><pre>d = a * b</pre></table>", "1\n\n```\na = b + c\n```\n\n2\n\n```\nd = a * b\n```")]
    [InlineData("<table><tr><td><p>one</p><p>two</p></table>", "one\n\ntwo")]
    [InlineData("<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>", "a\n\nb\n\nc\n\nd")]
    [InlineData(
        "<table><tr><th>f<th>g<tr><td>1<td><math><msup><mi>x</mi><mn>2</mn></msup></math><tr><td>2<td>b <svg><text>up</text></svg><tr><td><script>x</script><td>c</table><p>after",
        "| f | g |\n| --- | --- |\n| 1 | $x^{2}$ |\n| 2 | b |\n|  | c |\n\nafter")]
    [InlineData(
        "<table><tr><th colspan=2>f<tr><td><math><mi>x</mi></math><td><select><option>1</select></table><p>after",
        "<table>\n<tr><th colspan=\"2\">f</th></tr>\n<tr><td>$x$</td><td></td></tr>\n</table>\n\nafter")]
    public void Tables(string html, string expected) => Assert.Equal(expected, Markdown(html));

    [Fact]
    public void LinksImagesAndEmphasisAreOptions()
    {
        ExtractOptions options = new() { Links = true, Images = true, Emphasis = true };
        Assert.Equal(
            "see [the **page**](/a%20b) ![a cat](c.png) *now*",
            Markdown("<p>see <a href=\"/a b\">the <b>page</b></a> <img src=c.png alt='a  cat'> <em>now</em>", options));
    }

    [Fact]
    public void PlainTextHasNoMarkup()
    {
        string text = Markdown("<h2>A</h2><ul><li>b<li>c</ul><table><tr><td>1<td>2<tr><td>3<td>4</table>", new ExtractOptions { Format = ExtractFormat.Text });
        Assert.Equal("A\n\nb\nc\n\n1 2\n3 4", text);
    }

    [Fact]
    public void MetadataComesFromWhereThePageStatesIt()
    {
        ExtractedPage page = Extractor.Extract(
            """
            <html lang="en-GB"><head><title>A tale of pages | The Site</title>
            <meta property="og:site_name" content="The Site"><link rel=canonical href="https://example.org/tale">
            <script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"A tale of pages",
            "author":[{"@type":"Person","name":"Ann Other"},{"name":"Bo Writer"}],"datePublished":"2024-03-05T10:00:00Z"}</script></head>
            <body><h1>A tale of pages</h1><p>Text of the tale.</p><footer><a rel="license" href="https://creativecommons.org/licenses/by/4.0/">CC BY</a></footer>
            """u8,
            null, null, new ExtractOptions { Mode = ExtractMode.All });
        Assert.Equal(
            ("A tale of pages", "en-GB", "Ann Other; Bo Writer", "2024-03-05", "The Site", "https://example.org/tale", "https://creativecommons.org/licenses/by/4.0/"),
            (page.Title, page.LanguageDeclared, page.Author, page.DatePublished, page.SiteName, page.CanonicalUrl, page.License));
    }
}
