using System.Collections.Frozen;
using System.Text;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Formulas;

/// <content>Content MathML (MathML 3, chapter 4): application of operators, binders, sets, matrices and constants.</content>
internal sealed partial class MathMlLatex
{
    private const int SumPrecedence = 5;
    private const int ProductPrecedence = 6;
    private const int PowerPrecedence = 8;

    private enum ContentForm : byte
    {
        Constant,

        // Between its operands.
        Infix,

        // A command in front of its operand.
        Function,

        // A command with the operand in braces.
        Wrapped,

        // Between a pair of fences: latex is "open|close".
        Fenced,

        // In front of an operand without parentheses.
        Prefix,

        // Behind its operand.
        Postfix,
        Special,
    }

    private readonly record struct ContentOperator(ContentForm Form, string Latex, int Precedence);

    private static readonly FrozenDictionary<string, ContentOperator> Operators = ContentOperators();

    private static readonly FrozenDictionary<string, ContentOperator>.AlternateLookup<ReadOnlySpan<char>> OperatorsBySpan =
        Operators.GetAlternateLookup<ReadOnlySpan<char>>();

    private static FrozenDictionary<string, ContentOperator> ContentOperators()
    {
        Dictionary<string, ContentOperator> map = [];
        Add(ContentForm.Constant, 10, "pi=\\pi infinity=\\infty exponentiale=e imaginaryi=i eulergamma=\\gamma true=\\mathrm{true} false=\\mathrm{false} "
            + "emptyset=\\varnothing reals=\\mathbb{R} integers=\\mathbb{Z} rationals=\\mathbb{Q} naturalnumbers=\\mathbb{N} complexes=\\mathbb{C} "
            + "primes=\\mathbb{P} notanumber=\\mathrm{NaN} ident=\\mathrm{id}");
        Add(ContentForm.Infix, 1, "implies=\\implies equivalent=\\equiv");
        Add(ContentForm.Infix, 2, "or=\\lor xor=\\oplus");
        Add(ContentForm.Infix, 3, "and=\\land");
        Add(ContentForm.Infix, 4, "eq== neq=\\neq gt=> lt=< geq=\\geq leq=\\leq approx=\\approx in=\\in notin=\\notin subset=\\subseteq prsubset=\\subset "
            + "notsubset=\\nsubseteq notprsubset=\\not\\subset tendsto=\\to factorof=\\mid");
        Add(ContentForm.Infix, SumPrecedence, "union=\\cup intersect=\\cap setdiff=\\setminus");
        Add(ContentForm.Infix, ProductPrecedence, "cartesianproduct=\\times vectorproduct=\\times scalarproduct=\\cdot outerproduct=\\otimes compose=\\circ rem=\\bmod");
        Add(ContentForm.Function, 7, "sin=\\sin cos=\\cos tan=\\tan sec=\\sec csc=\\csc cot=\\cot sinh=\\sinh cosh=\\cosh tanh=\\tanh coth=\\coth "
            + "sech=\\operatorname{sech} csch=\\operatorname{csch} arcsin=\\arcsin arccos=\\arccos arctan=\\arctan arcsec=\\operatorname{arcsec} "
            + "arccsc=\\operatorname{arccsc} arccot=\\operatorname{arccot} arcsinh=\\operatorname{arsinh} arccosh=\\operatorname{arcosh} "
            + "arctanh=\\operatorname{artanh} ln=\\ln arg=\\arg real=\\Re imaginary=\\Im max=\\max min=\\min gcd=\\gcd lcm=\\operatorname{lcm} "
            + "determinant=\\det divergence=\\operatorname{div} curl=\\operatorname{curl} grad=\\nabla laplacian=\\nabla^{2} sdev=\\sigma "
            + "variance=\\operatorname{Var} median=\\operatorname{median} mode=\\operatorname{mode} domain=\\operatorname{dom} "
            + "codomain=\\operatorname{codom} image=\\operatorname{im} exp=\\exp");
        Add(ContentForm.Wrapped, 10, "conjugate=\\overline mean=\\overline");
        Add(ContentForm.Fenced, 10, "abs=|,| floor=\\lfloor,\\rfloor ceiling=\\lceil,\\rceil card=|,|");
        Add(ContentForm.Prefix, 4, "not=\\neg");
        Add(ContentForm.Postfix, PowerPrecedence, "factorial=! transpose=^{\\mathsf{T}} inverse=^{-1}");
        Add(ContentForm.Special, 0, "plus minus times divide power root log int sum product limit diff partialdiff forall exists selector quotient lambda");
        return map.ToFrozenDictionary(StringComparer.Ordinal);

        void Add(ContentForm form, int precedence, string list)
        {
            foreach (string entry in list.Split(' '))
            {
                int equals = entry.IndexOf('=', StringComparison.Ordinal);
                map.Add(equals < 0 ? entry : entry[..equals], new ContentOperator(form, equals < 0 ? "" : entry[(equals + 1)..], precedence));
            }
        }
    }

    private bool TryOperator(int node, out ContentOperator found)
    {
        found = default;
        if (node == 0 || !IsElement(node))
        {
            return false;
        }

        ReadOnlySpan<byte> name = TagOf(node) == HtmlTag.Csymbol ? _tree.TextOf(_tree[node].FirstChild).Trim(" \n\r\t"u8) : LocalName(node);
        if (name.Length is 0 or > 20)
        {
            return false;
        }

        Span<char> chars = stackalloc char[20];
        int n = Encoding.UTF8.GetChars(name, chars);
        return OperatorsBySpan.TryGetValue(chars[..n], out found);
    }

    private ReadOnlySpan<byte> LocalName(int node)
    {
        ReadOnlySpan<byte> name = _tree.NameOf(node);
        int colon = name.IndexOf((byte)':');
        return colon < 0 ? name : name[(colon + 1)..];
    }

    private bool IsContent(int node) => TagOf(node) is HtmlTag.Apply or HtmlTag.Bind or HtmlTag.Ci or HtmlTag.Cn or HtmlTag.Csymbol or HtmlTag.Interval
        or HtmlTag.Set or HtmlTag.List or HtmlTag.Matrix or HtmlTag.Vector or HtmlTag.Piecewise or HtmlTag.Lambda
        || (TryOperator(node, out ContentOperator o) && o.Form == ContentForm.Constant);

    // Writes content markup; in parentheses where it binds weaker than its place asks. False for anything else.
    private bool TryContent(int node, int precedence)
    {
        if (_depth >= MaxDepth)
        {
            _tooDeep = true;
            return true;
        }

        _depth++;
        bool done = true;
        switch (TagOf(node))
        {
            case HtmlTag.Ci:
                Name(node);
                break;
            case HtmlTag.Cn:
                ContentNumber(node);
                break;
            case HtmlTag.Cs:
                ReadToken(node);
                Text("\\text", _token.AsSpan(0, _tokenLength));
                break;
            case HtmlTag.Apply or HtmlTag.Bind:
                Apply(node, precedence);
                break;
            case HtmlTag.Interval:
                Interval(node);
                break;
            case HtmlTag.Set:
                Collection(node, "\\{", "\\}");
                break;
            case HtmlTag.List or HtmlTag.Vector:
                Collection(node, "(", ")");
                break;
            case HtmlTag.Matrix:
                ContentMatrix(node);
                break;
            case HtmlTag.Piecewise:
                Piecewise(node);
                break;
            case HtmlTag.Lambda:
                Lambda(node);
                break;
            default:
                if (TryOperator(node, out ContentOperator constant))
                {
                    // An operator that stands alone is called by its name.
                    bool named = constant.Form is ContentForm.Special or ContentForm.Fenced;
                    _out.Write(named ? $"\\operatorname{{{Encoding.UTF8.GetString(LocalName(node))}}}" : constant.Latex);
                    break;
                }

                if (TagOf(node) == HtmlTag.Csymbol)
                {
                    Name(node);
                    break;
                }

                done = false;
                break;
        }

        _depth--;
        return done;
    }

    private void ContentItem(int node, int precedence = 0)
    {
        if (node != 0 && !TryContent(node, precedence))
        {
            Item(node, grouped: true);
        }
    }

    private void ContentArgument(int node)
    {
        _out.Write('{');
        ContentItem(node);
        _out.Write('}');
    }

    // A name may hold presentation markup of its own.
    private void Name(int node)
    {
        if (Child(node, 0) != 0)
        {
            Row(node, grouped: true);
            return;
        }

        ReadToken(node);
        ReadOnlySpan<char> token = _token.AsSpan(0, _tokenLength);
        if (token.Length > 1 && IsName(token) && !LatexSymbols.IsFunction(token))
        {
            _out.Write("\\mathit{");
            _out.Write(token);
            _out.Write('}');
            return;
        }

        Identifier(grouped: true, null);
    }

    private void ContentNumber(int node)
    {
        int separator = Child(node, 0);
        ReadOnlySpan<byte> type = _tree.Attribute(node, "type"u8);
        if (separator == 0)
        {
            ReadToken(node);
            Number(null);
            return;
        }

        // Two parts around an empty <sep/>; the HTML parser may have put the second part inside it.
        int second = _tree[separator].FirstChild != 0 ? _tree[separator].FirstChild : _tree[separator].NextSibling;
        if (type.SequenceEqual("rational"u8))
        {
            _out.Write("\\frac{");
            Part(_tree[node].FirstChild);
            _out.Write("}{");
            Part(second);
            _out.Write('}');
            return;
        }

        Part(_tree[node].FirstChild);
        if (type.SequenceEqual("e-notation"u8))
        {
            _out.Write(" \\times 10^{");
            Part(second);
            _out.Write('}');
        }
        else if (type.SequenceEqual("complex-polar"u8))
        {
            _out.Write(" e^{i");
            Part(second);
            _out.Write('}');
        }
        else
        {
            _out.Write(" + ");
            Part(second);
            _out.Write('i');
        }
    }

    private void Part(int text)
    {
        if (text != 0 && _tree[text].Kind == HtmlNodeKind.Text)
        {
            ReadToken(text);
            Number(null);
        }
    }

    private void Collection(int node, string open, string close)
    {
        int bound = Child(node, 0);
        _out.Write(open);
        if (bound != 0 && TagOf(bound) == HtmlTag.Bvar)
        {
            int condition = Qualifier(node, HtmlTag.Condition);
            ContentItem(LastElement(node));
            if (condition != 0)
            {
                _out.Write(" \\mid ");
                ContentItem(Child(condition, 0));
            }
        }
        else
        {
            Commas(bound, 0);
        }

        _out.Write(close);
    }

    private void Commas(int from, int end)
    {
        for (int c = from; c != 0 && c != end && !_tooDeep; c = NextElement(c))
        {
            ContentItem(c);
            if (NextElement(c) is int next && next != 0 && next != end)
            {
                _out.Write(", ");
            }
        }
    }

    private void Interval(int node)
    {
        ReadOnlySpan<byte> closure = _tree.Attribute(node, "closure"u8);
        bool open = closure.SequenceEqual("open"u8);
        _out.Write(open || closure.SequenceEqual("open-closed"u8) ? '(' : '[');
        Commas(Child(node, 0), 0);
        _out.Write(open || closure.SequenceEqual("closed-open"u8) ? ')' : ']');
    }

    private void ContentMatrix(int node)
    {
        _out.Write("\\begin{pmatrix}\n");
        for (int row = Child(node, 0); row != 0 && !_tooDeep; row = NextElement(row))
        {
            for (int cell = Child(row, 0); cell != 0; cell = NextElement(cell))
            {
                ContentItem(cell);
                if (NextElement(cell) != 0)
                {
                    _out.Write(" & ");
                }
            }

            _out.Write(NextElement(row) != 0 ? " \\\\\n" : "\n");
        }

        _out.Write("\\end{pmatrix}");
    }

    private void Piecewise(int node)
    {
        _out.Write("\\begin{cases}\n");
        for (int piece = Child(node, 0); piece != 0 && !_tooDeep; piece = NextElement(piece))
        {
            ContentItem(Child(piece, 0));
            _out.Write(" & ");
            if (TagOf(piece) == HtmlTag.Otherwise)
            {
                _out.Write("\\text{otherwise}");
            }
            else
            {
                ContentItem(Child(piece, 1));
            }

            _out.Write(NextElement(piece) != 0 ? " \\\\\n" : "\n");
        }

        _out.Write("\\end{cases}");
    }

    private void Lambda(int node)
    {
        for (int c = Child(node, 0); c != 0; c = NextElement(c))
        {
            if (TagOf(c) == HtmlTag.Bvar)
            {
                ContentItem(Child(c, 0));
                _out.Write(NextElement(c) is int next && next != 0 && TagOf(next) == HtmlTag.Bvar ? ", " : " \\mapsto ");
            }
        }

        ContentItem(LastElement(node));
    }

    private int LastElement(int node)
    {
        int c = _tree[node].LastChild;
        while (c != 0 && !IsElement(c))
        {
            c = _tree[c].PreviousSibling;
        }

        return c;
    }

    // A qualifier of an application (lowlimit, uplimit, degree, ...); 0 where it has none.
    private int Qualifier(int node, HtmlTag tag)
    {
        for (int c = Child(node, 0); c != 0; c = NextElement(c))
        {
            if (TagOf(c) == tag)
            {
                return c;
            }
        }

        return 0;
    }

    private bool IsQualifier(int node) => TagOf(node) is HtmlTag.Bvar or HtmlTag.Lowlimit or HtmlTag.Uplimit or HtmlTag.Degree or HtmlTag.Logbase
        or HtmlTag.Condition or HtmlTag.Domainofapplication or HtmlTag.Momentabout;

    // The operands of an application by number, qualifiers left out; 0 where there are not as many.
    private int Operand(int apply, int number)
    {
        for (int c = NextElement(Child(apply, 0)); c != 0; c = NextElement(c))
        {
            if (!IsQualifier(c) && number-- == 0)
            {
                return c;
            }
        }

        return 0;
    }
}
