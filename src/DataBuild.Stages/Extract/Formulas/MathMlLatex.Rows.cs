using System.Runtime.InteropServices;
using System.Text;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Formulas;

/// <content>Rows: operators, spacing and the pairing of fences.</content>
internal sealed partial class MathMlLatex
{
    private struct RowItem
    {
        public int Node;

        // The operator, at the core of scripts where it has any; 0 for operands.
        public int Operator;

        // The other fence of the pair; -1 where there is none.
        public int Match;
        public Rune Rune;
        public ItemKind Kind;
        public bool Stretchy;
    }

    // The children of an element one after another; in braces where grouped and they are several.
    private void Row(int parent, bool grouped)
    {
        if (_depth >= MaxDepth)
        {
            _tooDeep = true;
            return;
        }

        int start = _items.Count;
        for (int c = _tree[parent].FirstChild; c != 0; c = _tree[c].NextSibling)
        {
            if (IsElement(c) ? !IsNothing(c) : !IsSpaceOnly(c))
            {
                _items.Add(Classify(c));
            }
        }

        Items(start, _items.Count, grouped);
        _items.RemoveRange(start, _items.Count - start);
    }

    private void Items(int start, int end, bool grouped)
    {
        _depth++;
        if (end - start == 1)
        {
            ref RowItem only = ref CollectionsMarshal.AsSpan(_items)[start];
            if (only.Kind == ItemKind.Operand || only.Operator == 0)
            {
                Item(only.Node, grouped);
            }
            else
            {
                Item(only.Node, grouped: false);
            }
        }
        else if (end > start)
        {
            MatchFences(start, end);
            bool braces = grouped && _items[start].Match != end - 1;
            if (braces)
            {
                _out.Write('{');
            }

            WriteItems(start, end, middle: false);
            if (braces)
            {
                _out.Write('}');
            }
        }

        _depth--;
    }

    private RowItem Classify(int node)
    {
        RowItem item = new() { Node = node, Match = -1 };
        int core = node;
        HtmlTag tag = IsElement(node) ? TagOf(node) : HtmlTag.None;
        bool scripted = tag is HtmlTag.Msub or HtmlTag.Msup or HtmlTag.Msubsup;
        if (scripted)
        {
            core = Unwrap(Child(node, 0));
            tag = core == 0 || !IsElement(core) ? HtmlTag.None : TagOf(core);
        }
        else if (IsRow(tag))
        {
            int inner = Unwrap(node);
            if (inner != node && IsElement(inner) && TagOf(inner) == HtmlTag.Mo)
            {
                core = inner;
                tag = HtmlTag.Mo;
            }
        }

        if (tag != HtmlTag.Mo)
        {
            return item;
        }

        ReadToken(core);
        ReadOnlySpan<char> token = _token.AsSpan(0, _tokenLength);
        bool prefix = AttributeIs(core, "form"u8, "prefix"u8);
        bool postfix = AttributeIs(core, "form"u8, "postfix"u8);
        bool notStretchy = AttributeIs(core, "stretchy"u8, "false"u8);
        item.Stretchy = !notStretchy;
        if (token.IsEmpty)
        {
            // An empty fence is TeX's "\left." or "\right.".
            if (!scripted && (AttributeIs(core, "fence"u8, "true"u8) || prefix || postfix))
            {
                item.Operator = core;
                item.Kind = prefix || AttributeIs(core, "data-mjx-texclass"u8, "OPEN"u8) ? ItemKind.Open : ItemKind.Close;
            }

            return item;
        }

        Rune.DecodeFromUtf16(token, out Rune rune, out int used);
        if (used != token.Length)
        {
            item.Operator = scripted ? 0 : core;
            item.Kind = scripted || char.IsAsciiLetter(token[0]) ? ItemKind.Operand : ItemKind.Operator;
            return item;
        }

        ItemKind kind = Delimiters.KindOf(rune) switch
        {
            1 => ItemKind.Open,
            2 => ItemKind.Close,
            3 => prefix ? ItemKind.Open : postfix ? ItemKind.Close : ItemKind.Bar,
            _ => ItemKind.Operator,
        };
        if (AttributeIs(core, "fence"u8, "false"u8) && kind == ItemKind.Bar)
        {
            kind = ItemKind.Operator;
        }

        // Only a closing fence keeps its part when it carries scripts.
        if (scripted && kind is not (ItemKind.Close or ItemKind.Bar))
        {
            return item;
        }

        item.Rune = rune;
        item.Operator = core;
        item.Kind = kind;
        return item;
    }

    private void MatchFences(int start, int end)
    {
        Span<RowItem> items = CollectionsMarshal.AsSpan(_items)[..end];

        // The stack of open fences is threaded through Match while they are open: -2 - (index of the one below).
        int top = -1;
        for (int i = start; i < end; i++)
        {
            ref RowItem item = ref items[i];
            bool afterOperand = i > start && items[i - 1].Kind is ItemKind.Operand or ItemKind.Close
                || (i > start && items[i - 1].Kind == ItemKind.Bar && items[i - 1].Match >= 0);
            switch (item.Kind)
            {
                case ItemKind.Open:
                    item.Match = -2 - top;
                    top = i;
                    break;
                case ItemKind.Bar when top >= 0 && items[top].Kind == ItemKind.Bar && items[top].Rune == item.Rune && (afterOperand || i == end - 1):
                case ItemKind.Close:
                    int open = top;
                    if (item.Kind == ItemKind.Close)
                    {
                        while (open >= 0 && items[open].Kind == ItemKind.Bar)
                        {
                            open = -2 - items[open].Match;
                        }
                    }

                    if (open < 0)
                    {
                        break;
                    }

                    // Bars that stayed open inside the pair are single bars.
                    while (top != open)
                    {
                        int below = -2 - items[top].Match;
                        items[top].Match = -1;
                        items[top].Kind = ItemKind.Operator;
                        top = below;
                    }

                    top = -2 - items[open].Match;
                    items[open].Match = i;
                    item.Match = open;
                    break;
                case ItemKind.Bar when !afterOperand && item.Node == item.Operator:
                    item.Match = -2 - top;
                    top = i;
                    break;
                case ItemKind.Bar:
                    item.Kind = item.Node == item.Operator ? ItemKind.Operator : ItemKind.Operand;
                    break;
                default:
                    break;
            }
        }

        while (top >= 0)
        {
            int below = -2 - items[top].Match;
            items[top].Match = -1;
            top = below;
        }
    }

    private void WriteItems(int start, int end, bool middle)
    {
        for (int i = start; i < end && !_tooDeep; i++)
        {
            RowItem item = _items[i];
            if (item.Match > i)
            {
                Pair(i, item.Match);
                i = item.Match;
                continue;
            }

            switch (item.Kind)
            {
                case ItemKind.Operand:
                    Item(item.Node, grouped: true);
                    break;
                case ItemKind.Open when item.Stretchy && TryCases(i, end):
                    return;
                case ItemKind.Operator when item.Node == item.Operator || item.Operator != 0:
                    bool bar = Delimiters.KindOf(item.Rune) == 3;
                    if (bar && middle && item.Stretchy)
                    {
                        _out.Write(" \\middle");
                        _out.Write(Delimiters.Of(item.Rune)!);
                        _out.Space();
                        break;
                    }

                    bool left = i > start && _items[i - 1].Kind is ItemKind.Operand or ItemKind.Close;
                    bool spaced = left && i + 1 < end && LatexSymbols.IsSpacedInfix(item.Rune);
                    if (spaced)
                    {
                        _out.Space();
                    }

                    Item(item.Node, grouped: false);
                    if (spaced)
                    {
                        _out.Space();
                    }

                    break;
                default:
                    if (item.Operator != 0)
                    {
                        Item(item.Node, grouped: false);
                    }

                    break;
            }
        }
    }

    // A pair of fences with what is between them.
    private void Pair(int open, int close)
    {
        // Fences nest within one row without any element to count the depth by.
        if (_depth >= MaxDepth)
        {
            _tooDeep = true;
            return;
        }

        _depth++;
        Fences(open, close);
        _depth--;
    }

    private void Fences(int open, int close)
    {
        RowItem left = _items[open];
        RowItem right = _items[close];
        int only = close - open == 2 ? Unwrap(_items[open + 1].Node) : 0;
        HtmlTag onlyTag = only != 0 && IsElement(only) ? TagOf(only) : HtmlTag.None;
        bool plainClose = right.Node == right.Operator || !IsElement(right.Node) || IsRow(TagOf(right.Node));
        if (plainClose && onlyTag == HtmlTag.Mtable && TryMatrix(only, left.Rune, right.Rune))
        {
            return;
        }

        if (plainClose && onlyTag == HtmlTag.Mfrac && HasNoLine(only) && left.Rune.Value == '(' && right.Rune.Value == ')')
        {
            _out.Write("\\binom");
            Argument(Child(only, 0));
            Argument(Child(only, 1));
            return;
        }

        string? leftDelimiter = Delimiters.Of(left.Rune);
        string? rightDelimiter = Delimiters.Of(right.Rune);
        bool nothing = left.Rune.Value == 0 || right.Rune.Value == 0;
        bool stretched = leftDelimiter is not null && rightDelimiter is not null
            && (nothing || (left.Stretchy && right.Stretchy && IsTall(open + 1, close)));
        if (!stretched)
        {
            Item(left.Node, grouped: false);
            WriteItems(open + 1, close, middle: false);
            Item(right.Node, grouped: false);
            return;
        }

        _out.Write("\\left");
        _out.Write(leftDelimiter);
        _out.Space();
        WriteItems(open + 1, close, middle: true);
        _out.Space();
        _out.Write("\\right");
        _out.Write(rightDelimiter);
        if (!plainClose)
        {
            ScriptsOf(right.Node);
        }
    }

    // An opening fence without its partner in front of a table that ends the row: distinction of cases.
    private bool TryCases(int open, int end)
    {
        if (end - open != 2)
        {
            return false;
        }

        int table = Unwrap(_items[open + 1].Node);
        if (table == 0 || !IsElement(table) || TagOf(table) != HtmlTag.Mtable || Delimiters.Of(_items[open].Rune) is not string delimiter)
        {
            return false;
        }

        if (!TryMatrix(table, _items[open].Rune, default))
        {
            _out.Write("\\left");
            _out.Write(delimiter);
            _out.Space();
            Item(table, grouped: false);
            _out.Write(" \\right.");
        }

        return true;
    }

    // Whether something between fences is higher than a line of letters, digits and operators.
    private bool IsTall(int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            RowItem item = _items[i];
            bool standard = item.Kind == ItemKind.Operator && item.Operator == item.Node && Delimiters.KindOf(item.Rune) != 3;
            if (item.Kind == ItemKind.Operand && item.Operator == 0)
            {
                int inner = Unwrap(item.Node);
                HtmlTag tag = inner != 0 && IsElement(inner) ? TagOf(inner) : HtmlTag.None;
                standard = tag is HtmlTag.Mi or HtmlTag.Mn or HtmlTag.Mspace or HtmlTag.Mo && VariantOf(inner) is null or "";
                if (standard && tag == HtmlTag.Mi)
                {
                    ReadToken(inner);
                    standard = !LatexSymbols.IsFunction(_token.AsSpan(0, _tokenLength));
                }
            }

            if (!standard)
            {
                return true;
            }
        }

        return start == end;
    }
}
