using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Formulas;

/// <summary>
/// Writes MathML as LaTeX (MathML Core and MathML 3, presentation and content). Nested rows become groups, so that the structure survives;
/// stretchy fences become <c>\left</c> and <c>\right</c> where their content is taller than a line. One instance serves one thread; buffers
/// are reused. Work is linear in the formula's nodes, and its depth is bounded.
/// </summary>
internal sealed partial class MathMlLatex
{
    private const int MaxDepth = 200;

    private readonly List<RowItem> _items = [];
    private char[] _token = new char[256];
    private int _tokenLength;
    private HtmlTree _tree = null!;
    private LatexWriter _out = null!;
    private int _depth;
    private bool _tooDeep;
    private bool _forceLimits;
    private bool _noAccents;
    private bool _display;

    private enum ItemKind : byte
    {
        Operand,
        Operator,
        Open,
        Close,
        Bar,
    }

    /// <summary>Appends a formula's LaTeX. False for a formula nested too deep; the output is then cut back to where it was.</summary>
    /// <param name="tree">The page.</param>
    /// <param name="math">The <c>math</c> element.</param>
    /// <param name="display">Whether it stands on lines of its own.</param>
    /// <param name="output">Receives the LaTeX.</param>
    public bool TryWrite(HtmlTree tree, int math, bool display, LatexWriter output)
    {
        int start = output.Length;
        _tree = tree;
        _out = output;
        _depth = 0;
        _tooDeep = false;
        _forceLimits = false;
        _noAccents = false;
        _display = display;
        _items.Clear();
        Row(math, grouped: false);
        if (_tooDeep)
        {
            output.Truncate(start);
        }

        return !_tooDeep;
    }

    /// <summary>The number of an element's name without a namespace prefix (<c>mml:mi</c>, <c>m:mi</c>).</summary>
    public static HtmlTag TagOf(HtmlTree tree, int node)
    {
        HtmlTag tag = tree[node].Tag;
        if ((int)tag < HtmlTags.FirstUnknown)
        {
            return tag;
        }

        ReadOnlySpan<byte> name = tree.NameOf(node);
        int colon = name.IndexOf((byte)':');
        return colon < 0 ? tag : HtmlTags.Find(name[(colon + 1)..]);
    }

    private HtmlTag TagOf(int node) => TagOf(_tree, node);

    private bool IsElement(int node) => _tree[node].Kind == HtmlNodeKind.Element;

    // The element child of a number; 0 where there are not as many.
    private int Child(int node, int number)
    {
        for (int c = _tree[node].FirstChild; c != 0; c = _tree[c].NextSibling)
        {
            if (IsElement(c) && number-- == 0)
            {
                return c;
            }
        }

        return 0;
    }

    private bool AttributeIs(int node, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        System.Text.Ascii.EqualsIgnoreCase(_tree.Attribute(node, name).Trim((byte)' '), value);

    private static bool IsRow(HtmlTag tag) => tag is HtmlTag.Mrow or HtmlTag.Mstyle or HtmlTag.Mpadded or HtmlTag.Math or HtmlTag.Mtd
        or HtmlTag.Maligngroup;

    // What an element stands for once rows of one item are looked through.
    private int Unwrap(int node)
    {
        for (int guard = 0; node != 0 && guard < MaxDepth && IsRow(TagOf(node)); guard++)
        {
            int only = 0;
            for (int c = _tree[node].FirstChild; c != 0; c = _tree[c].NextSibling)
            {
                if (IsElement(c) ? !IsNothing(c) : !IsSpaceOnly(c))
                {
                    if (only != 0)
                    {
                        return node;
                    }

                    only = c;
                }
            }

            if (only == 0 || VariantOf(node) is not null)
            {
                return node;
            }

            node = only;
        }

        return node;
    }

    // Elements that never write anything.
    private bool IsNothing(int node) => TagOf(node) is HtmlTag.Maligngroup or HtmlTag.Malignmark or HtmlTag.Merror or HtmlTag.Mprescripts
        or HtmlTag.Annotation or HtmlTag.AnnotationXml;

    private bool IsSpaceOnly(int text) => _tree[text].Kind != HtmlNodeKind.Text || _tree.TextOf(text).IndexOfAnyExcept(" \t\r\n\f"u8) < 0;

    // An element's content as an argument in braces.
    private void Argument(int node)
    {
        _out.Write('{');
        if (node != 0)
        {
            Item(node, grouped: false);
        }

        _out.Write('}');
    }

    private void RowArgument(int parent)
    {
        _out.Write('{');
        Row(parent, grouped: false);
        _out.Write('}');
    }

    // Writes one node. Grouped: what is more than one item of TeX gets braces.
    private void Item(int node, bool grouped)
    {
        if (_depth >= MaxDepth)
        {
            _tooDeep = true;
        }

        if (_tooDeep)
        {
            return;
        }

        _depth++;
        if (IsElement(node))
        {
            Element(node, grouped);
        }
        else if (!IsSpaceOnly(node))
        {
            ReadToken(node);
            Identifier(grouped, null);
        }

        _depth--;
    }

    private void Element(int node, bool grouped)
    {
        HtmlTag tag = TagOf(node);
        switch (tag)
        {
            case HtmlTag.Mi:
                ReadToken(node);
                Identifier(grouped, VariantOf(node), AppliesToNext(node));
                break;
            case HtmlTag.Mn:
                ReadToken(node);
                Number(VariantOf(node));
                break;
            case HtmlTag.Mo:
                ReadToken(node);
                Operator();
                break;
            case HtmlTag.Mtext:
                ReadToken(node, keepSpaces: true);
                TextToken(VariantOf(node));
                break;
            case HtmlTag.Ms:
                QuotedString(node);
                break;
            case HtmlTag.Mspace:
                Space(node);
                Row(node, grouped);
                break;
            case HtmlTag.Mfrac:
                Fraction(node);
                break;
            case HtmlTag.Msqrt:
                _out.Write("\\sqrt");
                RowArgument(node);
                break;
            case HtmlTag.Mroot:
                _out.Write("\\sqrt[");
                if (Child(node, 1) is int index && index != 0)
                {
                    Item(index, grouped: false);
                }

                _out.Write(']');
                Argument(Child(node, 0));
                break;
            case HtmlTag.Msub or HtmlTag.Msup or HtmlTag.Msubsup:
                Script(node, tag);
                break;
            case HtmlTag.Munder or HtmlTag.Mover or HtmlTag.Munderover:
                UnderOver(node, tag);
                break;
            case HtmlTag.Mmultiscripts:
                MultiScripts(node);
                break;
            case HtmlTag.Mfenced:
                Fenced(node);
                break;
            case HtmlTag.Menclose:
                Enclosed(node, grouped);
                break;
            case HtmlTag.Mtable:
                Table(node, null, null);
                break;
            case HtmlTag.Mphantom:
                _out.Write("\\phantom");
                RowArgument(node);
                break;
            case HtmlTag.Maction:
                Action(node, grouped);
                break;
            case HtmlTag.Semantics:
                Semantics(node, grouped);
                break;
            case HtmlTag.Mstyle:
                StyledRow(node, grouped);
                break;
            case HtmlTag.Merror or HtmlTag.Malignmark or HtmlTag.Maligngroup or HtmlTag.Annotation or HtmlTag.AnnotationXml or HtmlTag.Mprescripts:
                break;
            default:
                if (!TryContent(node, precedence: 0))
                {
                    Row(node, grouped);
                }

                break;
        }
    }

    private void StyledRow(int node, bool grouped)
    {
        bool outer = _forceLimits;
        bool outerAccents = _noAccents;
        _noAccents |= AttributeIs(node, "accent"u8, "false"u8);
        if (AttributeIs(node, "displaystyle"u8, "true"u8))
        {
            _forceLimits = !_display;
        }
        else if (AttributeIs(node, "displaystyle"u8, "false"u8))
        {
            _forceLimits = false;
        }

        if (VariantOf(node) is string variant && variant.Length > 0)
        {
            _out.Write(variant);
            RowArgument(node);
        }
        else
        {
            Row(node, grouped);
        }

        _forceLimits = outer;
        _noAccents = outerAccents;
    }

    private void Action(int node, bool grouped)
    {
        int selection = 1;
        ReadOnlySpan<byte> written = _tree.Attribute(node, "selection"u8).Trim((byte)' ');
        if (written.Length is > 0 and < 4 && System.Buffers.Text.Utf8Parser.TryParse(written, out int number, out int used) && used == written.Length && number > 0)
        {
            selection = number;
        }

        int child = Child(node, selection - 1);
        child = child != 0 ? child : Child(node, 0);
        if (child != 0)
        {
            Item(child, grouped);
        }
    }

    private void Semantics(int node, bool grouped)
    {
        int first = Child(node, 0);
        if (first == 0)
        {
            return;
        }

        // Content markup in front, its presentation beside it: the presentation is what the author saw.
        if (IsContent(first))
        {
            for (int c = NextElement(first); c != 0; c = NextElement(c))
            {
                if (TagOf(c) == HtmlTag.AnnotationXml && _tree.Attribute(c, "encoding"u8).IndexOf("resentation"u8) >= 0)
                {
                    Row(c, grouped);
                    return;
                }
            }
        }

        Item(first, grouped);
    }

    private void Fraction(int node)
    {
        int top = Child(node, 0);
        int bottom = Child(node, 1);
        if (HasNoLine(node))
        {
            _out.Write("\\genfrac{}{}{0pt}{}");
        }
        else
        {
            _out.Write("\\frac");
        }

        Argument(top);
        Argument(bottom);
    }

    private bool HasNoLine(int fraction)
    {
        ReadOnlySpan<byte> thickness = _tree.Attribute(fraction, "linethickness"u8).Trim((byte)' ');
        return thickness.Length > 0 && thickness[0] == (byte)'0' && thickness.IndexOfAnyInRange((byte)'1', (byte)'9') < 0;
    }

    private void Enclosed(int node, bool grouped)
    {
        ReadOnlySpan<byte> notation = _tree.Attribute(node, "notation"u8);
        bool up = notation.IndexOf("updiagonalstrike"u8) >= 0;
        bool down = notation.IndexOf("downdiagonalstrike"u8) >= 0;
        string? command = up && down ? "\\xcancel"
            : up ? "\\cancel"
            : down ? "\\bcancel"
            : notation.IndexOf("horizontalstrike"u8) >= 0 ? "\\sout"
            : notation.IndexOf("box"u8) >= 0 || notation.IndexOf("circle"u8) >= 0 ? "\\boxed"
            : notation.IndexOf("radical"u8) >= 0 ? "\\sqrt"
            : notation.IndexOf("top"u8) >= 0 ? "\\overline"
            : notation.IndexOf("bottom"u8) >= 0 ? "\\underline"
            : notation.IndexOf("actuarial"u8) >= 0 ? "\\angl"
            : notation.IsEmpty || notation.IndexOf("longdiv"u8) >= 0 ? "\\overline"
            : null;
        if (command is null)
        {
            Row(node, grouped);
            return;
        }

        _out.Write(command);
        if (notation.IsEmpty || notation.IndexOf("longdiv"u8) >= 0)
        {
            _out.Write("{)");
            Row(node, grouped: false);
            _out.Write('}');
            return;
        }

        RowArgument(node);
    }
}
