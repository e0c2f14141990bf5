using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Formulas;

/// <content>The application of an operator to its operands in content MathML.</content>
internal sealed partial class MathMlLatex
{
    private void Apply(int node, int precedence)
    {
        int head = Child(node, 0);
        if (head == 0)
        {
            return;
        }

        if (!TryOperator(head, out ContentOperator op))
        {
            // A function of the author's own: f(x, y).
            ContentItem(head, PowerPrecedence);
            Parenthesized(node);
            return;
        }

        if (op.Form == ContentForm.Special)
        {
            ApplySpecial(node, LocalOrSymbol(head), precedence);
            return;
        }

        int first = Operand(node, 0);
        bool fence = op.Precedence < precedence && op.Form is ContentForm.Infix or ContentForm.Prefix or ContentForm.Function;
        Open(fence);
        switch (op.Form)
        {
            case ContentForm.Infix:
                Infix(node, op.Latex, op.Precedence);
                break;
            case ContentForm.Function:
                _out.Write(op.Latex);
                if (first != 0 && Operand(node, 1) == 0 && (!IsElement(first) || TagOf(first) is HtmlTag.Ci or HtmlTag.Cn))
                {
                    _out.Space();
                    ContentItem(first);
                }
                else if (first != 0)
                {
                    Parenthesized(node);
                }

                break;
            case ContentForm.Wrapped:
                _out.Write(op.Latex);
                ContentArgument(first);
                break;
            case ContentForm.Fenced:
                string[] fences = op.Latex.Split(',');
                _out.Write("\\left");
                _out.Write(fences[0]);
                _out.Space();
                ContentItem(first);
                _out.Write(" \\right");
                _out.Write(fences[1]);
                break;
            case ContentForm.Prefix:
                _out.Write(op.Latex);
                _out.Space();
                ContentItem(first, op.Precedence + 1);
                break;
            case ContentForm.Postfix:
                ContentItem(first, op.Precedence + 1);
                _out.Write(op.Latex);
                break;
            default:
                _out.Write(op.Latex);
                break;
        }

        Close(fence);
    }

    private ReadOnlySpan<byte> LocalOrSymbol(int head) => TagOf(head) == HtmlTag.Csymbol
        ? _tree.TextOf(_tree[head].FirstChild).Trim(" \n\r\t"u8) : LocalName(head);

    private void Open(bool fence)
    {
        if (fence)
        {
            _out.Write("\\left( ");
        }
    }

    private void Close(bool fence)
    {
        if (fence)
        {
            _out.Write(" \\right)");
        }
    }

    private void Parenthesized(int apply)
    {
        _out.Write("\\left( ");
        for (int i = 0, operand = Operand(apply, 0); operand != 0 && !_tooDeep; operand = NextOperand(operand), i++)
        {
            if (i > 0)
            {
                _out.Write(", ");
            }

            ContentItem(operand);
        }

        _out.Write(" \\right)");
    }

    private int NextOperand(int operand)
    {
        int next = NextElement(operand);
        while (next != 0 && IsQualifier(next))
        {
            next = NextElement(next);
        }

        return next;
    }

    private void Infix(int apply, string latex, int precedence)
    {
        bool later = false;
        for (int operand = Operand(apply, 0); operand != 0 && !_tooDeep; operand = NextOperand(operand))
        {
            if (later)
            {
                _out.Space();
                _out.Write(latex);
                _out.Space();
            }

            ContentItem(operand, precedence + (later ? 1 : 0));
            later = true;
        }
    }

    private void ApplySpecial(int node, ReadOnlySpan<byte> name, int precedence)
    {
        int first = Operand(node, 0);
        int second = first == 0 ? 0 : NextOperand(first);
        bool fence;
        switch (name)
        {
            case var _ when name.SequenceEqual("plus"u8):
                fence = SumPrecedence < precedence;
                Open(fence);
                Infix(node, "+", SumPrecedence);
                Close(fence);
                break;
            case var _ when name.SequenceEqual("minus"u8):
                fence = SumPrecedence < precedence;
                Open(fence);
                if (second == 0)
                {
                    _out.Write('-');
                    ContentItem(first, ProductPrecedence);
                }
                else
                {
                    Infix(node, "-", SumPrecedence);
                }

                Close(fence);
                break;
            case var _ when name.SequenceEqual("times"u8):
                fence = ProductPrecedence < precedence;
                Open(fence);
                Product(first);
                Close(fence);
                break;
            case var _ when name.SequenceEqual("divide"u8):
                _out.Write("\\frac");
                ContentArgument(first);
                ContentArgument(second);
                break;
            case var _ when name.SequenceEqual("power"u8):
                ContentItem(first, PowerPrecedence + 1);
                _out.Write('^');
                ContentArgument(second);
                break;
            case var _ when name.SequenceEqual("root"u8):
                _out.Write("\\sqrt");
                if (Qualifier(node, HtmlTag.Degree) is int degree && degree != 0)
                {
                    _out.Write('[');
                    ContentItem(Child(degree, 0));
                    _out.Write(']');
                }

                ContentArgument(first);
                break;
            case var _ when name.SequenceEqual("log"u8):
                _out.Write("\\log");
                if (Qualifier(node, HtmlTag.Logbase) is int logBase && logBase != 0)
                {
                    _out.Write('_');
                    ContentArgument(Child(logBase, 0));
                }

                _out.Space();
                ContentItem(first, PowerPrecedence);
                break;
            case var _ when name.SequenceEqual("int"u8):
                Bounded(node, "\\int", first);
                if (Qualifier(node, HtmlTag.Bvar) is int variable && variable != 0)
                {
                    _out.Write(" \\, d");
                    ContentItem(Child(variable, 0));
                }

                break;
            case var _ when name.SequenceEqual("sum"u8):
                Bounded(node, "\\sum", first);
                break;
            case var _ when name.SequenceEqual("product"u8):
                Bounded(node, "\\prod", first);
                break;
            case var _ when name.SequenceEqual("limit"u8):
                Bounded(node, "\\lim", first);
                break;
            case var _ when name.SequenceEqual("diff"u8):
                Derivative(node, "d", first);
                break;
            case var _ when name.SequenceEqual("partialdiff"u8):
                Derivative(node, "\\partial", first);
                break;
            case var _ when name.SequenceEqual("selector"u8):
                ContentItem(first, PowerPrecedence + 1);
                _out.Write("_{");
                Commas(second, 0);
                _out.Write('}');
                break;
            case var _ when name.SequenceEqual("quotient"u8):
                _out.Write("\\left\\lfloor \\frac");
                ContentArgument(first);
                ContentArgument(second);
                _out.Write(" \\right\\rfloor");
                break;
            case var _ when name.SequenceEqual("lambda"u8):
                Lambda(node);
                break;
            default:
                Quantified(node, name.SequenceEqual("exists"u8) ? "\\exists" : "\\forall", first);
                break;
        }
    }

    // Juxtaposition, with a sign where two numbers would run together.
    private void Product(int first)
    {
        bool afterNumber = false;
        for (int operand = first; operand != 0 && !_tooDeep; operand = NextOperand(operand))
        {
            bool number = IsElement(operand) && TagOf(operand) == HtmlTag.Cn;
            if (operand != first)
            {
                if (number)
                {
                    _out.Write(afterNumber ? " \\times " : " \\cdot ");
                }
                else
                {
                    _out.Space();
                }
            }

            ContentItem(operand, ProductPrecedence + (operand == first ? 0 : 1));
            afterNumber = number;
        }
    }

    // An operator with limits below and above.
    private void Bounded(int node, string latex, int body)
    {
        _out.Write(latex);
        int low = Qualifier(node, HtmlTag.Lowlimit);
        int high = Qualifier(node, HtmlTag.Uplimit);
        int condition = Qualifier(node, HtmlTag.Condition);
        int domain = Qualifier(node, HtmlTag.Domainofapplication);
        int variable = Qualifier(node, HtmlTag.Bvar);
        int interval = Qualifier(node, HtmlTag.Interval);
        if (low != 0)
        {
            _out.Write("_{");
            if (variable != 0 && latex != "\\int")
            {
                ContentItem(Child(variable, 0));
                _out.Write(latex == "\\lim" ? " \\to " : " = ");
            }

            ContentItem(Child(low, 0));
            _out.Write('}');
        }
        else if (condition != 0 || domain != 0)
        {
            _out.Write('_');
            ContentArgument(Child(condition != 0 ? condition : domain, 0));
        }
        else if (interval != 0 && body == interval)
        {
            _out.Write('_');
            ContentArgument(Child(interval, 0));
            _out.Write('^');
            ContentArgument(Child(interval, 1));
            body = NextOperand(interval);
        }

        if (high != 0)
        {
            _out.Write('^');
            ContentArgument(Child(high, 0));
        }

        _out.Space();
        ContentItem(body, latex == "\\int" ? SumPrecedence : ProductPrecedence);
    }

    private void Derivative(int node, string d, int body)
    {
        int variable = Qualifier(node, HtmlTag.Bvar);
        if (variable == 0)
        {
            // Of a function without a named variable: f'.
            ContentItem(body, PowerPrecedence);
            _out.Write('\'');
            return;
        }

        int total = Qualifier(node, HtmlTag.Degree);
        int degree = Qualifier(variable, HtmlTag.Degree);
        _out.Write("\\frac{");
        _out.Write(d);
        if (total != 0 || degree != 0)
        {
            _out.Write('^');
            ContentArgument(Child(total != 0 ? total : degree, 0));
        }

        _out.Write("}{");
        for (int v = variable; v != 0; v = NextElement(v))
        {
            if (TagOf(v) != HtmlTag.Bvar)
            {
                continue;
            }

            _out.Write(d);
            _out.Space();
            ContentItem(Child(v, 0));
            if (Qualifier(v, HtmlTag.Degree) is int own && own != 0)
            {
                _out.Write('^');
                ContentArgument(Child(own, 0));
            }
        }

        _out.Write("} ");
        ContentItem(body, ProductPrecedence);
    }

    private void Quantified(int node, string latex, int body)
    {
        _out.Write(latex);
        _out.Space();
        bool later = false;
        for (int v = Child(node, 0); v != 0; v = NextElement(v))
        {
            if (TagOf(v) == HtmlTag.Bvar)
            {
                if (later)
                {
                    _out.Write(", ");
                }

                ContentItem(Child(v, 0));
                later = true;
            }
        }

        if (Qualifier(node, HtmlTag.Condition) is int condition && condition != 0)
        {
            _out.Write(" \\colon ");
            ContentItem(Child(condition, 0));
        }

        _out.Write(" \\; ");
        ContentItem(body);
    }
}
