using System.Text;

namespace DataBuild.Tests.Extract;

/// <summary>Pages made to cost time or memory; the number given is about the number of repeated parts.</summary>
internal static class HostilePages
{
    /// <summary>The pages by name.</summary>
    public static IReadOnlyDictionary<string, Func<int, string>> All { get; } = new Dictionary<string, Func<int, string>>(StringComparer.Ordinal)
    {
        ["nested div"] = n => Repeat("<div>", n) + "end",
        ["nested b"] = n => Repeat("<b>", n) + "end",
        ["nested b and p"] = n => Repeat("<b><p>", n / 2) + "end",
        ["nested unlike fonts"] = n => string.Concat(Enumerable.Range(0, n).Select(i => $"<font size={i}><p>")) + "end",
        ["nested a and p"] = n => Repeat("<a><p>", n / 2) + "end",
        ["a and div closed crosswise"] = n => Repeat("<a><div></a>x", n / 3) + "end",
        ["nested tables"] = n => Repeat("<table><tr><td>", n / 3) + "end",
        ["nested tables, fostered"] = n => Repeat("<table><b>x", n / 2) + "end",
        ["nested lists"] = n => Repeat("<ul><li>x", n / 2) + "end",
        ["nested quotes"] = n => Repeat("<blockquote>x", n) + "end",
        ["nested templates"] = n => Repeat("<template>", n) + "end",
        ["nested svg"] = n => Repeat("<svg><g>", n / 2) + "end",
        ["nested math"] = n => "<math>" + Repeat("<mrow><mi>x</mi>", n / 2) + "</math>end",
        ["nested fractions"] = n => "<math>" + Repeat("<mfrac><mi>x</mi>", n / 2) + "</math>end",
        ["nested select"] = n => Repeat("<select><option>x", n / 2) + "end",
        ["nested pre"] = n => Repeat("<pre><code>x", n / 2) + "end",
        ["siblings p"] = n => Repeat("<p>some words here", n),
        ["items of one numbered list"] = n => "<ol>" + Repeat("<li>some words here", n),
        ["blocks of one item"] = n => "<ul><li>" + Repeat("<p>some words here", n),
        ["headings"] = n => Repeat("<h2>some words</h2>", n),
        ["rows"] = n => "<table>" + Repeat("<tr><td>a<td>b", n / 2),
        ["cells of one row"] = n => "<table><tr>" + Repeat("<td>a", n),
        ["cells with spans"] = n => "<table>" + Repeat("<tr><td colspan=1000 rowspan=65534>a", n / 2),
        ["breaks"] = n => "<p>" + Repeat("x<br>", n),
        ["links"] = n => Repeat("<a href=/x>word</a> ", n / 2),
        ["formatting never closed"] = n => Repeat("<p><i>x", n / 2),
        ["end tags that match nothing"] = n => "<div>" + Repeat("</b></table></svg></x>", n / 4) + "end",
        ["attributes of one tag"] = n => "<p " + string.Concat(Enumerable.Range(0, n).Select(i => $"a{i}=1 ")) + ">end",
        ["one attribute"] = n => "<p class='" + new string('q', n * 8) + "'>end",
        ["class of many words"] = n => "<p class='" + Repeat("word ", n) + "'>end",
        ["unknown tags"] = n => string.Concat(Enumerable.Range(0, n).Select(i => $"<x{i}>")) + "end",
        ["one text"] = n => "<p>" + new string('w', n * 16),
        ["words"] = n => "<p>" + Repeat("word ", n * 3),
        ["references"] = n => "<p>" + Repeat("&nGt;&x", n),
        ["references that never end"] = n => "<p>&#" + new string('9', n * 8) + Repeat("&ampampamp", n),
        ["comments never closed"] = n => "end" + Repeat("<!-- ", n),
        ["dashes"] = n => "end<!--" + new string('-', n * 8),
        ["scripts in comments in scripts"] = n => "end<script>" + Repeat("<!--<script>", n / 2),
        ["scripts"] = n => Repeat("<script>x</script>", n / 2) + "end",
        ["markup in a text area"] = n => "<textarea>" + Repeat("</textare>", n) + "</textarea>end",
        ["less-than signs"] = n => "end" + new string('<', n * 8),
        ["dollars"] = n => "<script src=https://x/mathjax.js></script><p>" + Repeat("$ ", n),
        ["fences that open"] = n => "<script src=https://x/mathjax.js></script><p>" + Repeat("\\( ", n),
        ["tex in one script"] = n => "<p>x<script type='math/tex'>" + Repeat("{", n * 4) + "</script>end",
        ["JSON-LD nested"] = n => "<script type=application/ld+json>" + Repeat("[", n * 4) + "</script>end",
        ["JSON-LD texts"] = n => "<script type=application/ld+json>[" + string.Join(',', Enumerable.Repeat("{\"@type\":\"Article\",\"description\":\"some words\"}", n / 4)) + "]</script><p>end",
        ["code with numbers"] = n => "<pre>" + string.Concat(Enumerable.Range(0, n).Select(i => $"<span class=lineno>{i}</span>x\n")) + "</pre>",
        ["NULs"] = n => "<p>end" + new string('\0', n * 8),
        ["carriage returns"] = n => "<p>end" + new string('\r', n * 8),
        ["line ends of pre"] = n => "<pre>x" + new string('\n', n * 8) + "</pre>end",
        ["meta"] = n => Repeat("<meta property=og:title content=x>", n / 2) + "<p>end",
        ["authors"] = n => Repeat("<span class=byline><b>x</b>", n / 2) + "<p>end",
        ["headings around much"] = n => Repeat("<h1><div>", 250) + Repeat("<i></i>", n) + "end",
        ["authors around much"] = n => Repeat("<div class='author date' itemprop=author>", 500) + Repeat("<i></i>", n) + "end",
        ["dates that are none"] = n => "<h1>x</h1>" + Repeat("<time>20 19 20 19 20 19</time>", n / 3),
        ["bylines without a name"] = n => "<h1>x</h1>" + Repeat("<p>By <a href=/author/>By</a>", n / 3),
        ["listings of rows"] = n => Repeat("<div class=codeBlock>", 250) + "<table>" + Repeat("<tr><td>x", n / 2),
        ["breaks in a paragraph of code"] = n => "<p><code>" + Repeat("x = 1;<br>  ", n / 3),
        ["html and body again"] = n => string.Concat(Enumerable.Range(0, n / 2).Select(i => $"<html a{i}=1><body b{i}=2>")) + "end",
        ["frames"] = n => Repeat("<frameset><frame>", n / 2),
        ["forms"] = n => Repeat("<form><input type=hidden></form>", n / 3) + "end",
        ["CDATA"] = n => "<svg>" + Repeat("<![CDATA[x]]>", n / 2) + "</svg>end",
    };

    /// <summary>The bytes of a page.</summary>
    public static byte[] Make(string name, int size) => Encoding.UTF8.GetBytes(All[name](size));

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, Math.Max(1, times)));
}
