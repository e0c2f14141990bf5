using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using DataBuild.Stages.Extract.Charsets;
using DataBuild.Stages.Extract.Html;
using Xunit.Abstractions;

namespace DataBuild.Tests.Extract;

/// <summary>Our trees of real pages against those of AngleSharp, an independent parser.</summary>
public sealed class ReferenceTreeTests(ITestOutputHelper output)
{
    // Pages whose trees differ, with the reason.
    private static readonly Dictionary<string, string> Explained = new(StringComparer.Ordinal)
    {
        ["hard::pcgamer.com.skyrim.html"] = "AngleSharp 1.10 writes end tags inside the text of style in lower case; the standard leaves the text as it is",
    };

    [SkippableFact]
    public void RealPagesHaveTheTreesOfAngleSharp()
    {
        List<(string Url, byte[] Html, string? Charset)> pages = [.. SharedPages.Read("segments"), .. SharedPages.Read("fulltext")];
        HtmlTree tree = new();
        HtmlTreeBuilder builder = new(tree);
        int equal = 0;
        int total = 0;
        List<string> unlike = [];
        foreach ((string url, byte[] html, string? charset) in pages)
        {
            if (!PageDecoder.Decode(html, charset, tree).Readable)
            {
                continue;
            }

            total++;
            string source = Encoding.UTF8.GetString(tree.Range(0, tree.SourceLength));
            builder.Parse(int.MaxValue / 8, 4096);
            string ours = Outline(tree);
            using IHtmlDocument document = new HtmlParser().ParseDocument(source);
            string theirs = Outline(document);
            if (ours == theirs)
            {
                equal++;
            }
            else if (!Explained.ContainsKey(url))
            {
                int at = ours.Zip(theirs).TakeWhile(p => p.First == p.Second).Count();
                int from = Math.Max(0, at - 160);
                unlike.Add($"{url}\n  ours   ...{ours[from..Math.Min(ours.Length, at + 120)].ReplaceLineEndings("|")}\n  theirs ...{theirs[from..Math.Min(theirs.Length, at + 120)].ReplaceLineEndings("|")}");
            }
        }

        output.WriteLine($"{equal} of {total} pages alike");
        Assert.True(unlike.Count == 0, string.Join('\n', unlike));
        Assert.Equal((total, total - Explained.Count), (642, equal));
    }

    // A line a node: tabs for its depth, then the tag's name, or the text with its line ends as spaces.
    private static string Outline(HtmlTree tree)
    {
        StringBuilder lines = new();
        int depth = 0;
        int node = tree[0].FirstChild;
        StringBuilder text = new();
        while (node != 0)
        {
            if (tree[node].Kind == HtmlNodeKind.Text)
            {
                text.Append(Encoding.UTF8.GetString(tree.TextOf(node)));
            }
            else
            {
                AppendText(lines, text, depth);
                AppendElement(lines, Encoding.UTF8.GetString(tree.NameOf(node)), depth);
            }

            if (tree[node].FirstChild != 0)
            {
                node = tree[node].FirstChild;
                depth++;
                continue;
            }

            while (node != 0 && tree[node].NextSibling == 0)
            {
                AppendText(lines, text, depth);
                node = tree[node].Parent;
                depth--;
            }

            node = node == 0 ? 0 : tree[node].NextSibling;
        }

        return lines.ToString();
    }

    private static string Outline(INode root)
    {
        StringBuilder lines = new();
        StringBuilder text = new();
        Stack<(INode? Node, int Depth)> rest = new();
        PushChildren(root, 0);
        while (rest.TryPop(out (INode? Node, int Depth) top))
        {
            if (top.Node is IText t)
            {
                text.Append(t.Data);
                continue;
            }

            if (top.Node is null)
            {
                AppendText(lines, text, top.Depth);
            }
            else if (top.Node is IElement element)
            {
                AppendText(lines, text, top.Depth);
                AppendElement(lines, element.LocalName.ToLowerInvariant(), top.Depth);
                PushChildren(element is IHtmlTemplateElement template ? template.Content : element, top.Depth + 1);
            }
        }

        return lines.ToString();

        void PushChildren(INode parent, int depth)
        {
            rest.Push((null, depth));
            for (int i = parent.ChildNodes.Length - 1; i >= 0; i--)
            {
                rest.Push((parent.ChildNodes[i], depth));
            }
        }
    }

    private static void AppendElement(StringBuilder lines, string name, int depth) => lines.Append('\t', depth + 1).Append(name).Append('\n');

    private static void AppendText(StringBuilder lines, StringBuilder text, int depth)
    {
        if (text.Length > 0)
        {
            lines.Append('\t', depth + 1).Append('"').Append(text.Replace('\n', ' ')).Append("\"\n");
            text.Clear();
        }
    }
}
