using System.Text;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Formulas;

/// <content>Tables and <c>mfenced</c>.</content>
internal sealed partial class MathMlLatex
{
    private const int MaxAlignedColumns = 64;

    // A table between fences that LaTeX has an environment for.
    private bool TryMatrix(int table, Rune left, Rune right)
    {
        string? environment = (left.Value, right.Value) switch
        {
            ('(', ')') => "pmatrix",
            ('[', ']') => "bmatrix",
            ('{', '}') => "Bmatrix",
            ('|', '|') => "vmatrix",
            (0x2016, 0x2016) => "Vmatrix",
            ('{', 0) => "cases",
            _ => null,
        };
        if (environment is null)
        {
            return false;
        }

        Span<char> columns = stackalloc char[MaxAlignedColumns];
        int count = Columns(table, columns, out bool aligned);
        if (environment == "cases" ? count > 2 : aligned)
        {
            return false;
        }

        Table(table, environment, null);
        return true;
    }

    // The alignment letters of the first row's cells; the return value is the number of columns of the widest row.
    private int Columns(int table, Span<char> letters, out bool aligned)
    {
        letters.Fill('c');
        aligned = false;
        int widest = 0;
        bool first = true;
        for (int row = _tree[table].FirstChild; row != 0; row = _tree[row].NextSibling)
        {
            if (!IsElement(row))
            {
                continue;
            }

            int column = 0;
            for (int cell = FirstCell(row); cell != 0; cell = NextElement(cell))
            {
                if (first && column < letters.Length)
                {
                    ReadOnlySpan<byte> own = _tree.Attribute(cell, "columnalign"u8);
                    own = own.IsEmpty ? Word(_tree.Attribute(row, "columnalign"u8), column) : own;
                    own = own.IsEmpty ? Word(_tree.Attribute(table, "columnalign"u8), column) : own;
                    letters[column] = own.SequenceEqual("left"u8) ? 'l' : own.SequenceEqual("right"u8) ? 'r' : 'c';
                    aligned |= letters[column] != 'c';
                }

                column++;
            }

            widest = Math.Max(widest, column);
            first = false;
        }

        return widest;
    }

    // A word of an attribute's list; the last one repeats.
    private static ReadOnlySpan<byte> Word(ReadOnlySpan<byte> list, int number)
    {
        ReadOnlySpan<byte> word = default;
        list = list.Trim((byte)' ');
        while (!list.IsEmpty && number-- >= 0)
        {
            int end = list.IndexOf((byte)' ');
            word = end < 0 ? list : list[..end];
            list = end < 0 ? default : list[end..].TrimStart((byte)' ');
        }

        return word;
    }

    private int FirstCell(int row)
    {
        int cell = _tree[row].FirstChild;
        if (cell != 0 && !IsElement(cell))
        {
            cell = NextElement(cell);
        }

        // The first cell of a labelled row is its label.
        return cell != 0 && TagOf(row) == HtmlTag.Mlabeledtr ? NextElement(cell) : cell;
    }

    private void Table(int table, string? environment, string? arguments)
    {
        Span<char> letters = stackalloc char[MaxAlignedColumns];
        int columns = Columns(table, letters, out bool aligned);
        if (environment is null && aligned && AttributeIs(table, "displaystyle"u8, "true"u8) && IsRightLeft(letters, columns))
        {
            environment = "aligned";
        }
        else if (environment is null && aligned)
        {
            environment = "array";
            arguments = letters[..Math.Min(columns, MaxAlignedColumns)].ToString();
        }

        environment ??= "matrix";
        _out.Write("\\begin{");
        _out.Write(environment);
        _out.Write('}');
        if (arguments is not null)
        {
            _out.Write('{');
            _out.Write(arguments);
            _out.Write('}');
        }

        _out.Write('\n');
        bool first = true;
        for (int row = _tree[table].FirstChild; row != 0 && !_tooDeep; row = _tree[row].NextSibling)
        {
            if (!IsElement(row))
            {
                continue;
            }

            if (!first)
            {
                _out.Write(" \\\\\n");
            }

            first = false;
            Cells(row, columns);
        }

        _out.Write("\n\\end{");
        _out.Write(environment);
        _out.Write('}');
    }

    private static bool IsRightLeft(ReadOnlySpan<char> letters, int columns)
    {
        for (int i = 0; i < columns && i < letters.Length; i++)
        {
            if (letters[i] != ((i & 1) == 0 ? 'r' : 'l'))
            {
                return false;
            }
        }

        return columns > 0;
    }

    private void Cells(int row, int columns)
    {
        if (TagOf(row) is not (HtmlTag.Mtr or HtmlTag.Mlabeledtr))
        {
            Item(row, grouped: true);
            return;
        }

        int column = 0;
        for (int cell = FirstCell(row); cell != 0 && !_tooDeep; cell = NextElement(cell))
        {
            if (column++ > 0)
            {
                _out.Write(" & ");
            }

            if (TagOf(cell) == HtmlTag.Mtd)
            {
                Row(cell, grouped: true);
            }
            else
            {
                Item(cell, grouped: true);
            }
        }

        for (; column < columns && column <= MaxAlignedColumns; column++)
        {
            if (column > 0)
            {
                _out.Write(" &");
            }
        }
    }

    private void Fenced(int node)
    {
        bool hasOpen = _tree.TryGetAttribute(node, "open"u8, out ReadOnlySpan<byte> open);
        bool hasClose = _tree.TryGetAttribute(node, "close"u8, out ReadOnlySpan<byte> close);
        Rune left = hasOpen ? Only(open) : new Rune('(');
        Rune right = hasClose ? Only(close) : new Rune(')');
        int first = Child(node, 0);
        bool single = first != 0 && NextElement(first) == 0;
        int only = single ? Unwrap(first) : 0;
        HtmlTag onlyTag = only != 0 && IsElement(only) ? TagOf(only) : HtmlTag.None;
        if (onlyTag == HtmlTag.Mtable && TryMatrix(only, left, right))
        {
            return;
        }

        if (onlyTag == HtmlTag.Mfrac && HasNoLine(only) && left.Value == '(' && right.Value == ')')
        {
            _out.Write("\\binom");
            Argument(Child(only, 0));
            Argument(Child(only, 1));
            return;
        }

        string? leftDelimiter = Delimiters.Of(left);
        string? rightDelimiter = Delimiters.Of(right);
        bool stretched = leftDelimiter is not null && rightDelimiter is not null && !(single && onlyTag is HtmlTag.Mi or HtmlTag.Mn);
        if (stretched)
        {
            _out.Write("\\left");
            _out.Write(leftDelimiter);
            _out.Space();
        }
        else
        {
            Literal(hasOpen ? open : "("u8);
        }

        if (single)
        {
            Item(first, grouped: true);
        }
        else
        {
            _out.Write('{');
            Separated(node, first);
            _out.Write('}');
        }

        if (stretched)
        {
            _out.Space();
            _out.Write("\\right");
            _out.Write(rightDelimiter);
        }
        else
        {
            Literal(hasClose ? close : ")"u8);
        }
    }

    private void Separated(int node, int first)
    {
        ReadOnlySpan<byte> separators = _tree.TryGetAttribute(node, "separators"u8, out ReadOnlySpan<byte> written) ? written : ","u8;
        Rune separator = default;
        for (int c = first; c != 0 && !_tooDeep; c = NextElement(c))
        {
            Item(c, grouped: true);
            separators = separators.TrimStart((byte)' ');
            if (!separators.IsEmpty)
            {
                Rune.DecodeFromUtf8(separators, out separator, out int used);
                separators = separators[used..];
            }

            if (separator.Value != 0 && NextElement(c) != 0)
            {
                Character(separator);
            }
        }
    }

    // The one character of an attribute; U+FFFD for several, U+0000 for none.
    private static Rune Only(ReadOnlySpan<byte> value)
    {
        value = value.Trim((byte)' ');
        if (value.IsEmpty)
        {
            return default;
        }

        Rune.DecodeFromUtf8(value, out Rune rune, out int used);
        return used == value.Length ? rune : Rune.ReplacementChar;
    }

    private void Literal(ReadOnlySpan<byte> value)
    {
        value = value.Trim((byte)' ');
        while (!value.IsEmpty)
        {
            Rune.DecodeFromUtf8(value, out Rune rune, out int used);
            value = value[used..];
            Character(rune);
        }
    }
}
