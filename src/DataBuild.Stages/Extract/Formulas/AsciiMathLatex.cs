using System.Collections.Frozen;

namespace DataBuild.Stages.Extract.Formulas;

/// <summary>
/// Writes AsciiMath as LaTeX (asciimath.org: the grammar <c>E ::= I E | I/I</c>, <c>I ::= S_S | S^S | S_S^S | S</c>,
/// <c>S ::= v | lEr | uS | bSS</c>). Any input gives something: what the grammar does not know is written as it is.
/// </summary>
internal sealed class AsciiMathLatex
{
    private const int MaxDepth = 100;

    private const string SymbolTable = "alpha beta chi delta Delta epsilon=\\varepsilon varepsilon eta gamma Gamma iota kappa lambda Lambda lamda=\\lambda mu nu "
        + "omega Omega phi=\\phi varphi Phi pi Pi psi Psi rho sigma Sigma tau theta vartheta Theta upsilon xi Xi zeta "
        + "*=\\cdot cdot **=\\ast ast ***=\\star star //=/ \\\\=\\backslash backslash setminus xx=\\times times -:=\\div div @=\\circ circ o+=\\oplus oplus "
        + "ox=\\otimes otimes o.=\\odot odot sum prod ^^=\\wedge wedge ^^^=\\bigwedge bigwedge vv=\\vee vee vvv=\\bigvee bigvee nn=\\cap cap nnn=\\bigcap "
        + "bigcap uu=\\cup cup uuu=\\bigcup bigcup |><=\\ltimes ><|=\\rtimes |><|=\\bowtie "
        + "!==\\neq ne lt=< <==\\leq le leq gt=> >==\\geq ge geq -<=\\prec prec >-=\\succ succ -<==\\preceq preceq >-==\\succeq succeq in !in=\\notin notin sub=\\subset "
        + "subset sup=\\supset supset sube=\\subseteq subseteq supe=\\supseteq supseteq -==\\equiv equiv ~==\\cong cong ~~=\\approx approx ~=\\sim prop=\\propto propto := "
        + "and=\\text{and} or=\\text{or} not=\\neg neg =>=\\implies implies if=\\text{if} <=>=\\iff iff AA=\\forall forall EE=\\exists exists _|_=\\bot bot TT=\\top top "
        + "|--=\\vdash vdash |==\\models models int oint del=\\partial partial grad=\\nabla nabla +-=\\pm pm -+=\\mp O/=\\varnothing emptyset=\\varnothing oo=\\infty infty aleph "
        + ":.=\\therefore therefore :'=\\because because /_=\\angle angle /_\\=\\triangle triangle '=' ...=\\ldots ldots cdots vdots ddots quad qquad diamond square "
        + "|__=\\lfloor __|=\\rfloor |~=\\lceil ~|=\\rceil CC=\\mathbb{C} NN=\\mathbb{N} QQ=\\mathbb{Q} RR=\\mathbb{R} ZZ=\\mathbb{Z} "
        + "uarr=\\uparrow uparrow darr=\\downarrow downarrow rarr=\\rightarrow rightarrow ->=\\to to >->=\\rightarrowtail ->>=\\twoheadrightarrow |->=\\mapsto mapsto "
        + "larr=\\leftarrow leftarrow harr=\\leftrightarrow leftrightarrow rArr=\\Rightarrow Rightarrow lArr=\\Leftarrow Leftarrow hArr=\\Leftrightarrow "
        + "lim Lim=\\operatorname{Lim} sin cos tan sinh cosh tanh cot sec csc arcsin arccos arctan coth exp log ln det dim mod=\\bmod gcd lcm=\\operatorname{lcm} lub=\\operatorname{lub} "
        + "glb=\\operatorname{glb} min max %=\\% #=\\# &=\\& $=\\$";

    private const string UnaryTable = "sqrt text=\\text mbox=\\text hat bar=\\overline overline ul=\\underline underline vec dot ddot tilde cancel ubrace=\\underbrace underbrace "
        + "obrace=\\overbrace overbrace abs=| norm=\\| floor ceil bb=\\mathbf bbb=\\mathbb cc=\\mathcal tt=\\mathtt fr=\\mathfrak sf=\\mathsf";

    private static readonly FrozenDictionary<string, string> Symbols = Parse(SymbolTable);
    private static readonly FrozenDictionary<string, string> Unary = Parse(UnaryTable);
    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> SymbolOf = Symbols.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> UnaryOf = Unary.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly int Longest = Math.Max(Symbols.Keys.Max(k => k.Length), Unary.Keys.Max(k => k.Length));

    private readonly string _text;
    private readonly LatexWriter _out = new();
    private int _at;
    private int _depth;

    private AsciiMathLatex(string text) => _text = text;

    /// <summary>The LaTeX of an AsciiMath formula without its delimiters.</summary>
    public static string Convert(string text)
    {
        AsciiMathLatex reader = new(text);
        reader.Expression(default);
        return TexCleaner.TrimEnds(reader._out.Written).ToString();
    }

    private static FrozenDictionary<string, string> Parse(string table)
    {
        Dictionary<string, string> map = new(StringComparer.Ordinal);
        foreach (string entry in table.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = entry.IndexOf("=\\", StringComparison.Ordinal);
            equals = equals <= 0 && entry.Length > 2 && entry[^2] == '=' ? entry.Length - 2 : equals;
            map.TryAdd(equals <= 0 ? entry : entry[..equals], equals > 0 ? entry[(equals + 1)..] : char.IsAsciiLetter(entry[0]) ? "\\" + entry : entry);
        }

        return map.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private char Peek()
    {
        SkipSpace();
        return _at < _text.Length ? _text[_at] : '\0';
    }

    // Up to a closing fence where one is open, else to the end.
    private void Expression(char close)
    {
        while (Peek() is char c && c != '\0')
        {
            if (close != default && IsClose(c))
            {
                return;
            }

            int start = _out.Length;
            int source = _at;
            Intermediate();
            if (Peek() == '/' && !_text.AsSpan(_at).StartsWith("//") && !_text.AsSpan(_at).StartsWith("/_"))
            {
                _at++;
                string top = Bare(_out.Written[start..].ToString(), source);
                _out.Truncate(start);
                int below = _at;
                Intermediate();
                string bottom = Bare(_out.Written[start..].ToString(), below);
                _out.Truncate(start);
                _out.Write("\\frac{");
                _out.Write(top);
                _out.Write("}{");
                _out.Write(bottom);
                _out.Write('}');
            }
        }
    }

    // Brackets around a whole argument only group.
    private string Bare(string latex, int source)
    {
        while (source < _text.Length && char.IsWhiteSpace(_text[source]))
        {
            source++;
        }

        return source < _text.Length && _text[source] is '(' or '[' or '{' ? Unfenced(latex) : latex.Trim();
    }

    private static string Unfenced(string latex)
    {
        string t = latex.Trim();
        foreach ((string open, string close) in (ReadOnlySpan<(string, string)>)[("\\left(", "\\right)"), ("\\left[", "\\right]"), ("\\left\\{", "\\right\\}"), ("{", "}")])
        {
            if (t.StartsWith(open, StringComparison.Ordinal) && t.EndsWith(close, StringComparison.Ordinal) && SpansAll(t, open.Length, t.Length - close.Length))
            {
                return t[open.Length..^close.Length].Trim();
            }
        }

        return t;
    }

    // Whether the fence at the start is closed by the one at the end.
    private static bool SpansAll(string t, int from, int to)
    {
        int depth = 0;
        for (int i = from; i < to; i++)
        {
            if (t.AsSpan(i).StartsWith("\\left") || t[i] == '{')
            {
                depth++;
            }
            else if (t.AsSpan(i).StartsWith("\\right") || t[i] == '}')
            {
                depth--;
            }

            if (depth < 0)
            {
                return false;
            }
        }

        return depth == 0;
    }

    private void Intermediate()
    {
        Simple();
        bool sub = false;
        if (Peek() == '_' && !_text.AsSpan(_at).StartsWith("_|_") && !_text.AsSpan(_at).StartsWith("__|"))
        {
            sub = true;
            Script('_');
        }

        if (Peek() == '^' && !_text.AsSpan(_at).StartsWith("^^"))
        {
            Script('^');
            if (!sub && Peek() == '_' && !_text.AsSpan(_at).StartsWith("__|"))
            {
                Script('_');
            }
        }
    }

    private void Script(char mark)
    {
        _at++;
        _out.Write(mark);
        Argument();
    }

    private void Argument()
    {
        int start = _out.Length;
        int source = _at;
        Simple();
        string content = Bare(_out.Written[start..].ToString(), source);
        _out.Truncate(start);
        _out.Write('{');
        _out.Write(content);
        _out.Write('}');
    }

    private static bool IsClose(char c) => c is ')' or ']' or '}';

    private void Simple()
    {
        char c = Peek();
        if (c == '\0')
        {
            return;
        }

        if (c == '"')
        {
            int end = _text.IndexOf('"', _at + 1);
            end = end < 0 ? _text.Length : end;
            WriteText(_text.AsSpan(_at + 1, end - _at - 1));
            _at = Math.Min(_text.Length, end + 1);
            return;
        }

        if (c is '(' or '[' or '{' && _depth < MaxDepth)
        {
            Fenced(c);
            return;
        }

        if (TryWord())
        {
            return;
        }

        if (char.IsAsciiDigit(c))
        {
            while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || (_text[_at] == '.' && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1]))))
            {
                _out.Write(_text[_at++]);
            }

            return;
        }

        _at++;
        switch (c)
        {
            case '+' or '-' or '=' or '<' or '>':
                _out.Space();
                _out.Write(c);
                _out.Space();
                break;
            case '{' or '}':
                _out.Write('\\');
                _out.Write(c);
                break;
            case '_' or '^' or '\\':
                _out.Write(c == '_' ? "\\_" : c == '^' ? "\\hat{}" : "\\backslash");
                break;
            default:
                _out.Write(c);
                break;
        }
    }

    private void Fenced(char open)
    {
        _at++;
        _depth++;
        int start = _out.Length;
        bool hidden = open == '{' && _at < _text.Length && _text[_at] == ':';
        _at += hidden ? 1 : 0;
        _out.Write(hidden ? "\\left." : open == '{' ? "\\left\\{" : open == '(' ? "\\left(" : "\\left[");
        _out.Space();
        Expression(')');
        char close = Peek();
        _depth--;
        if (close == '\0')
        {
            // Never closed: a sign of its own.
            string rest = _out.Written[start..].ToString();
            _out.Truncate(start);
            _out.Write(rest.AsSpan(5));
            return;
        }

        _at++;
        _out.Space();
        _out.Write(close == '}' ? "\\right\\}" : close == ')' ? "\\right)" : "\\right]");
    }

    // The longest name or sign at this place.
    private bool TryWord()
    {
        for (int length = Math.Min(Longest, _text.Length - _at); length > 0; length--)
        {
            ReadOnlySpan<char> word = _text.AsSpan(_at, length);
            if (word is "frac" or "root" or "stackrel" or "overset" or "underset" or "color")
            {
                _at += length;
                Binary(word);
                return true;
            }

            if (UnaryOf.TryGetValue(word, out string? command))
            {
                _at += length;
                UnaryCommand(word, command);
                return true;
            }

            if (SymbolOf.TryGetValue(word, out string? symbol))
            {
                _at += length;
                bool relation = length > 1 && !char.IsAsciiLetter(word[0]);
                if (relation)
                {
                    _out.Space();
                }

                _out.Write(symbol);
                if (relation)
                {
                    _out.Space();
                }

                return true;
            }
        }

        return false;
    }

    private void Binary(ReadOnlySpan<char> word)
    {
        if (word is "root")
        {
            _out.Write("\\sqrt[");
            int start = _out.Length;
            int source = _at;
            Simple();
            string index = Bare(_out.Written[start..].ToString(), source);
            _out.Truncate(start);
            _out.Write(index);
            _out.Write(']');
            Argument();
            return;
        }

        _out.Write(word is "stackrel" or "overset" ? "\\overset" : word is "underset" ? "\\underset" : word is "color" ? "\\textcolor" : "\\frac");
        Argument();
        Argument();
    }

    private void UnaryCommand(ReadOnlySpan<char> word, string command)
    {
        if (word is "text" or "mbox" && Peek() is '(' or '[' or '{')
        {
            int end = _text.AsSpan(_at).IndexOfAny(")]}");
            end = end < 0 ? _text.Length : _at + end;
            WriteText(_text.AsSpan(_at + 1, Math.Max(0, end - _at - 1)));
            _at = Math.Min(_text.Length, end + 1);
            return;
        }

        (string open, string close) = word switch
        {
            "abs" => ("\\left| ", " \\right|"),
            "norm" => ("\\left\\| ", " \\right\\|"),
            "floor" => ("\\left\\lfloor ", " \\right\\rfloor"),
            "ceil" => ("\\left\\lceil ", " \\right\\rceil"),
            _ => ("", ""),
        };
        if (open.Length == 0)
        {
            _out.Write(command);
            Argument();
            return;
        }

        _out.Write(open);
        int start = _out.Length;
        int source = _at;
        Simple();
        string content = Bare(_out.Written[start..].ToString(), source);
        _out.Truncate(start);
        _out.Write(content);
        _out.Write(close);
    }

    private void WriteText(ReadOnlySpan<char> text)
    {
        _out.Write("\\text{");
        foreach (char c in text)
        {
            if (c is '#' or '$' or '%' or '&' or '_' or '{' or '}')
            {
                _out.Write('\\');
            }

            _out.Write(c is '\\' or '^' or '~' ? ' ' : c);
        }

        _out.Write('}');
    }
}
