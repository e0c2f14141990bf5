using System.Text;
using DataBuild.Stages.Extract;

namespace DataBuild.Tests.Extract;

/// <summary>Listings as the usual highlighters and forum programs write them: lines, indentation and language stay, numbers and buttons go.</summary>
public sealed class HighlighterTests
{
    private static readonly HtmlExtractor Extractor = new();

    [Theory]
    [InlineData(
        "Prism", "<pre class=\"line-numbers language-python\"><code class=\"language-python\"><span class=\"token keyword\">def</span> <span class=\"token function\">f</span>():\n"
        + "    <span class=\"token keyword\">pass</span><span aria-hidden=\"true\" class=\"line-numbers-rows\"><span></span><span></span></span></code></pre>",
        "```python\ndef f():\n    pass\n```")]
    [InlineData(
        "highlight.js with numbers", "<pre><code class=\"hljs cpp\"><table class=\"hljs-ln\"><tbody><tr><td class=\"hljs-ln-line hljs-ln-numbers\" data-line-number=\"1\"><div class=\"hljs-ln-n\" data-line-number=\"1\"></div></td>"
        + "<td class=\"hljs-ln-line hljs-ln-code\" data-line-number=\"1\">int main() {</td></tr><tr><td class=\"hljs-ln-line hljs-ln-numbers\"><div class=\"hljs-ln-n\"></div></td>"
        + "<td class=\"hljs-ln-line hljs-ln-code\">  return 0; }</td></tr></tbody></table></code></pre>",
        "```cpp\nint main() {\n  return 0; }\n```")]
    [InlineData(
        "Shiki", "<pre class=\"shiki github-dark\"><code><span class=\"line\"><span style=\"color:#F97583\">let</span><span> x;</span></span>\n<span class=\"line\"><span>  x = 1</span></span></code></pre>",
        "```\nlet x;\n  x = 1\n```")]
    [InlineData(
        "Rouge", "<div class=\"language-ruby highlighter-rouge\"><div class=\"highlight\"><pre class=\"highlight\"><code><table class=\"rouge-table\"><tbody><tr><td class=\"gutter gl\"><pre class=\"lineno\">1\n2\n</pre></td>"
        + "<td class=\"code\"><pre><span class=\"k\">def</span> <span class=\"nf\">f</span>\n<span class=\"k\">end</span>\n</pre></td></tr></tbody></table></code></pre></div></div>",
        "```ruby\ndef f\nend\n```")]
    [InlineData(
        "Pygments", "<div class=\"highlight-python notranslate\"><table class=\"highlighttable\"><tr><td class=\"linenos\"><div class=\"linenodiv\"><pre><span class=\"normal\">1</span>\n<span class=\"normal\">2</span></pre></div></td>"
        + "<td class=\"code\"><div class=\"highlight\"><pre><span></span><span class=\"kn\">import</span> <span class=\"nn\">os</span>\n<span class=\"k\">if</span> <span class=\"n\">x</span>:\n</pre></div></td></tr></table></div>",
        "```python\nimport os\nif x:\n```")]
    [InlineData(
        "GitHub", "<div class=\"highlight highlight-source-js\"><table class=\"highlight tab-size js-file-line-container\"><tr><td class=\"blob-num js-line-number\" data-line-number=\"1\"></td><td class=\"blob-code blob-code-inner js-file-line\">"
        + "<span class=\"pl-k\">var</span> a;</td></tr><tr><td class=\"blob-num\"></td><td class=\"blob-code js-file-line\">  a++;</td></tr></table></div>",
        "```js\nvar a;\n  a++;\n```")]
    [InlineData(
        "Prettify", "<pre class=\"prettyprint lang-java linenums\"><ol class=\"linenums\"><li class=\"L0\"><span class=\"kwd\">int</span><span class=\"pln\"> a;</span></li><li class=\"L1\"><span class=\"pln\">  a++;</span></li></ol></pre>",
        "```java\nint a;\n  a++;\n```")]
    [InlineData(
        "Crayon", "<div class=\"crayon-syntax\"><div class=\"crayon-main\"><table class=\"crayon-table\"><tr class=\"crayon-row\"><td class=\"crayon-nums \"><div class=\"crayon-nums-content\"><div class=\"crayon-num\">1</div><div class=\"crayon-num\">2</div></div></td>"
        + "<td class=\"crayon-code\"><div class=\"crayon-pre\"><div class=\"crayon-line\"><span class=\"crayon-k\">int</span><span class=\"crayon-h\"> </span><span class=\"crayon-v\">a</span></div><div class=\"crayon-line\"><span class=\"crayon-h\">  </span><span class=\"crayon-v\">b</span></div></div></td></tr></table></div></div>",
        "```\nint a\n  b\n```")]
    [InlineData(
        "Docusaurus", "<pre class=\"prism-code language-bash codeBlock\"><code class=\"codeBlockLines\"><span class=\"token-line\"><span class=\"token plain\">cd x</span><br></span><span class=\"token-line\"><span class=\"token plain\">  ls</span><br></span></code></pre>",
        "```bash\ncd x\n  ls\n```")]
    [InlineData(
        "Doxygen", "<div class=\"fragment\"><div class=\"line\"><a name=\"l00001\"></a><span class=\"lineno\">    1</span>&#160;<span class=\"keywordtype\">int</span> a;</div><div class=\"line\"><span class=\"lineno\">    2</span>&#160;  b;</div></div>",
        "```\nint a;\n  b;\n```")]
    [InlineData(
        "CSDN", "<pre><code class=\"prism language-c has-numbering\">int a;\n  b;\n</code><div class=\"hljs-button signin\" data-title=\"x\"></div><ul class=\"pre-numbering\"><li>1</li><li>2</li></ul></pre>",
        "```c\nint a;\n  b;\n```")]
    [InlineData(
        "phpBB", "<div class=\"codebox\"><p>Code: <a href=\"#\">Select all</a></p><pre><code>if (a)\n\tb();\n</code></pre></div>",
        "Code: Select all\n\n```\nif (a)\n\tb();\n```")]
    [InlineData(
        "Discourse", "<pre data-code-wrap=\"rust\"><code class=\"lang-rust\">fn main() {\n    x();\n}\n</code></pre>",
        "```rust\nfn main() {\n    x();\n}\n```")]
    [InlineData(
        "W3Schools", "<div class=\"w3-code notranslate jsHigh\">\nlet x = 1;<br>\n&nbsp;&nbsp;x++;\n</div>",
        "```\nlet x = 1;\n  x++;\n```")]
    [InlineData(
        "RadEditor", "<div class=\"tFormatCodeBlock\"><div><span style=\"margin-left: 0\"><code>if</code> <code>(a)</code></span></div><div><span><code>&nbsp;&nbsp;</code><span><code>b();</code></span></span></div></div>",
        "```\nif (a)\n  b();\n```")]
    [InlineData(
        "RadEditor's tables", "<div class=\"tFormatCodeBlock\"><table><colgroup><col></colgroup><tbody> <tr> <td><span>var&nbsp;a&nbsp;=&nbsp;</span><span>1</span></td> </tr> <tr> <td>&nbsp;&nbsp;b();</td> </tr></tbody></table></div>",
        "```\nvar a = 1\n  b();\n```")]
    [InlineData(
        "php.net", "<div class=\"phpcode\"><code><span class=\"html\"><span class=\"keyword\">function </span>f() {<br />    <span class=\"keyword\">return </span>1;<br />}</span></code></div>",
        "```\nfunction f() {\n    return 1;\n}\n```")]
    [InlineData("A paragraph of code", "<p>Ask:</p><blockquote><p><code>PrimeQ[83^27 + 1]</code></p></blockquote>", "Ask:\n\n```\nPrimeQ[83^27 + 1]\n```")]
    [InlineData("A paragraph that names", "<p><code>max_lines</code></p><p>At most.</p>", "`max_lines`\n\nAt most.")]
    [InlineData("Items of code", "<ul><li><code>a = 1</code><li><code>b = 2</code></ul>", "- `a = 1`\n- `b = 2`")]
    [InlineData(
        "Declarations", "<p><code class=\"api-signature\">public class A<br>  extends B <br>    implements <a href=\"c\">C</a></code></p>", "```\npublic class A\n  extends B \n    implements C\n```")]
    public void Listing(string highlighter, string html, string expected)
    {
        string text = Extractor.Extract(Encoding.UTF8.GetBytes("<!DOCTYPE html><meta charset=utf-8><body>" + html), null, null, new ExtractOptions { Mode = ExtractMode.All }).Text;
        Assert.True(expected == text, $"{highlighter}: {text}");
    }
}
