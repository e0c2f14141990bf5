using System.Text;

namespace DataBuild.Tests.Extract;

/// <summary>Damages pages the way crawls and attackers do. The same seed gives the same damage.</summary>
internal sealed class PageMutator(int seed)
{
    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "<div>", "</div>", "<p>", "</p>", "<a href='", "</a>", "<b><i>", "</b>", "<table><tr>", "<td>", "</table>", "<li>", "<ul>", "<ol start=-5>", "<template>",
            "</template>", "<svg><title>", "<math><mi>", "</math>", "<annotation-xml encoding=text/html>", "<select><option>", "<script>", "<!--<script>", "</script>",
            "<!--", "-->", "<pre>\n", "</pre>", "<textarea>", "&amp;", "&#x110000;", "&#0;", "&notit;", "<h1>", "</h1>", "<form>", "<frameset>", "<br>", "<img alt=q src=",
            "\0", "<", "</", "<!", "<?x", "<![CDATA[", "]]>", "<body class=x>", "</body>", "</html>", "<head>", "<noscript>", "<plaintext>", "<blockquote>", "<code>",
            "<caption>", "<col span=9999>", "<td colspan=100000 rowspan=100000>", "<nobr>", "<button>", "<dt>", "<details hidden>", "\\(", "\\[", "$$", "$", "\u00e9",
            "\u6f22", "\ud83d\ude00", "<script type='application/ld+json'>{\"@type\":\"Article\",\"headline\":\"\\ud800\"}</script>", "<meta charset=utf-16>",
            "<img class=latex alt='\\frac{'>", "<span class='katex-mathml'>", "<script type='math/tex'>", "<time datetime='", "<base href='//'>",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private readonly Random _random = new(seed);

    /// <summary>A damaged copy of a page, with parts of another one.</summary>
    public byte[] Mutate(ReadOnlySpan<byte> page, ReadOnlySpan<byte> other)
    {
        List<byte> bytes = [.. page];
        int rounds = 1 + _random.Next(24);
        for (int round = 0; round < rounds && bytes.Count > 0; round++)
        {
            int at = _random.Next(bytes.Count);
            int length = Math.Min(bytes.Count - at, 1 + _random.Next(1 << _random.Next(1, 14)));
            switch (_random.Next(8))
            {
                case 0:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    int from = _random.Next(other.Length + 1);
                    bytes.InsertRange(at, other.Slice(from, Math.Min(other.Length - from, length)));
                    break;
                case 4:
                    byte[] piece = Pieces[_random.Next(Pieces.Length)];
                    int times = 1 + _random.Next(1 << _random.Next(1, 10));
                    for (int i = 0; i < times; i++)
                    {
                        bytes.InsertRange(at, piece);
                    }

                    break;
                case 5:
                    int to = _random.Next(bytes.Count);
                    (bytes[at], bytes[to]) = (bytes[to], bytes[at]);
                    break;
                case 6:
                    bytes.InsertRange(at, Pieces[_random.Next(Pieces.Length)]);
                    break;
                default:
                    if (_random.Next(8) == 0)
                    {
                        bytes.RemoveRange(at, bytes.Count - at);
                    }

                    break;
            }
        }

        return [.. bytes];
    }
}
