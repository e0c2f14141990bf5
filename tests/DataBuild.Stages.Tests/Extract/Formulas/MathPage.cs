using System.Text;
using DataBuild.Stages.Extract;
using DataBuild.Stages.Extract.Formulas;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Tests.Extract.Formulas;

/// <summary>Parses a page and renders its formulas the way the extractor does: in document order, not entering what was rendered.</summary>
internal static class MathPage
{
    public static List<MathResult> Formulas(string html)
    {
        HtmlTree tree = new();
        byte[] bytes = Encoding.UTF8.GetBytes(html);
        tree.Reset(bytes.Length);
        bytes.CopyTo(tree.Text, 0);
        Assert.True(new HtmlTreeBuilder(tree).Parse(1 << 20, 4096, 1 << 20));
        PageMathRenderer renderer = new();
        List<MathResult> results = [];
        if (!renderer.BeginPage(tree))
        {
            return results;
        }

        int node = 0;
        while (true)
        {
            bool enter = true;
            if (tree[node].Kind == HtmlNodeKind.Element && renderer.IsFormula(tree, node) && renderer.TryRender(tree, node, out MathResult result))
            {
                enter = false;
                if (result.Latex.Length > 0)
                {
                    results.Add(result);
                }
            }

            node = enter ? tree.Next(node, 0) : tree.NextAfter(node, 0);
            if (node == 0)
            {
                return results;
            }
        }
    }

    public static string Latex(string mathMl) => Assert.Single(Formulas("<math>" + mathMl + "</math>")).Latex;
}
