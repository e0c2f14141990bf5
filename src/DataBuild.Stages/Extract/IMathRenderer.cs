using DataBuild.Stages.Extract.Html;
using DataBuild.Stages.Extract.Render;

namespace DataBuild.Stages.Extract;

/// <summary>
/// The seam between the extractor and the formula code. One instance serves one thread; <see cref="BeginPage"/> comes first for each page.
/// Where a formula's subtree is a <c>math</c> element, its children are read with <see cref="HtmlTree.this"/> (<c>FirstChild</c>,
/// <c>NextSibling</c>, <c>Tag</c>), text with <see cref="HtmlTree.TextOf"/>, attributes with <see cref="HtmlTree.Attribute"/>.
/// The extractor writes an inline result as <c>$...$</c> in the running text and a display result as <c>$$...$$</c> on lines of its own;
/// an empty result writes nothing (previews, duplicates for screen readers).
/// </summary>
internal interface IMathRenderer
{
    /// <summary>
    /// Looks at the page (scripts' configuration, style sheets) before any other call. False says that it has no formulas at all:
    /// none of the other methods is then called for it.
    /// </summary>
    bool BeginPage(HtmlTree tree);

    /// <summary>
    /// Whether an element is a formula as a whole. Asked of each element on the way down, scripts and images included; what answers true is not
    /// entered but comes to <see cref="TryRender"/> when its block is kept.
    /// </summary>
    bool IsFormula(HtmlTree tree, int node);

    /// <summary>Renders what <see cref="IsFormula"/> answered true to. False falls back to the element's plain text.</summary>
    bool TryRender(HtmlTree tree, int node, out MathResult result);

    /// <summary>
    /// Rewrites a text node that holds formulas in delimiters of the page's own (AsciiMath between back quotes, say). False leaves the text as
    /// it is. The text's white space is collapsed by the caller afterwards.
    /// </summary>
    bool TryRewriteText(HtmlTree tree, int textNode, Utf8Writer output) => false;
}

/// <summary>A rendered formula.</summary>
/// <param name="Latex">The LaTeX without delimiters; empty to write nothing.</param>
/// <param name="Display">Whether it stands on lines of its own.</param>
internal readonly record struct MathResult(string Latex, bool Display);
