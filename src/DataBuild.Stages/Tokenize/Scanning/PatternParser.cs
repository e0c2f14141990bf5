using System.Globalization;
using System.Text;

namespace DataBuild.Stages.Tokenize.Scanning;

/// <summary>
/// Parses the regular expressions that tokenizer definitions use: the common part of the Oniguruma and Rust dialects.
/// What it does not know it refuses by name, rather than to split text otherwise than the definition's author meant.
/// </summary>
internal sealed class PatternParser
{
    private readonly string _pattern;
    private int _at;

    private PatternParser(string pattern) => _pattern = pattern;

    /// <summary>Parses a pattern.</summary>
    /// <exception cref="FormatException">The pattern is malformed or uses what is not supported; the message says where.</exception>
    public static PatternNode Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        PatternNode node = parser.ParseChoice(ignoreCase: false);
        return parser._at == pattern.Length ? node : throw parser.Error("unbalanced ')'");
    }

    private FormatException Error(string problem) => new($"{problem} at character {_at} of the pattern '{_pattern}'");

    private bool Take(char c)
    {
        if (_at < _pattern.Length && _pattern[_at] == c)
        {
            _at++;
            return true;
        }

        return false;
    }

    private PatternNode ParseChoice(bool ignoreCase)
    {
        var alternatives = new List<PatternNode>();
        do
        {
            var parts = new List<PatternNode>();
            while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
            {
                // (?i) without a body holds to the end of its group.
                if (_pattern.AsSpan(_at).StartsWith("(?i)"))
                {
                    _at += 4;
                    ignoreCase = true;
                    continue;
                }

                parts.Add(ParseRepeat(ignoreCase));
            }

            alternatives.Add(parts.Count == 1 ? parts[0] : new PatternNode.Sequence(parts));
        }
        while (Take('|'));
        return alternatives.Count == 1 ? alternatives[0] : new PatternNode.Choice(alternatives);
    }

    private PatternNode ParseRepeat(bool ignoreCase)
    {
        PatternNode part = ParseAtom(ignoreCase);
        while (_at < _pattern.Length)
        {
            (int least, int most) bounds;
            switch (_pattern[_at])
            {
                case '?':
                    bounds = (0, 1);
                    _at++;
                    break;
                case '*':
                    bounds = (0, int.MaxValue);
                    _at++;
                    break;
                case '+':
                    bounds = (1, int.MaxValue);
                    _at++;
                    break;
                case '{':
                    bounds = ParseBounds();
                    break;
                default:
                    return part;
            }

            RepeatKind kind = Take('?') ? RepeatKind.Lazy : Take('+') ? RepeatKind.Possessive : RepeatKind.Greedy;
            part = new PatternNode.Repeat(part, bounds.least, bounds.most, kind);
        }

        return part;
    }

    private (int Least, int Most) ParseBounds()
    {
        int close = _pattern.IndexOf('}', _at);
        if (close < 0)
        {
            throw Error("'{' without '}'");
        }

        string[] numbers = _pattern[(_at + 1)..close].Split(',');
        if (numbers.Length > 2
            || !TryNumber(numbers[0], 0, out int least)
            || !TryNumber(numbers[^1], numbers.Length == 1 ? least : int.MaxValue, out int most)
            || most < least)
        {
            throw Error("bounds that are not {n}, {n,} or {n,m}");
        }

        _at = close + 1;
        return (least, numbers.Length == 1 ? least : most);

        static bool TryNumber(string text, int empty, out int number)
        {
            number = empty;
            return text.Length == 0 || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        }
    }

    private PatternNode ParseAtom(bool ignoreCase)
    {
        char c = _pattern[_at];
        switch (c)
        {
            case '(':
                return ParseGroup(ignoreCase);
            case '[':
                return new PatternNode.One(ParseClass(ignoreCase).Freeze());
            case '.':
                _at++;
                return new PatternNode.One(new CodePointSet().AddRange('\n', '\n').Negate().Freeze());
            case '^':
                _at++;
                return new PatternNode.Start();
            case '$':
                _at++;
                return new PatternNode.End();
            case '\\' when _at + 1 < _pattern.Length && _pattern[_at + 1] is 'A' or 'z':
                _at += 2;
                return _pattern[_at - 1] == 'A' ? new PatternNode.Start() : new PatternNode.End();
            case '\\':
                var escaped = new CodePointSet();
                AddEscape(escaped);
                return new PatternNode.One((ignoreCase ? escaped.IgnoreCase() : escaped).Freeze());
            case '*' or '+' or '?':
                throw Error($"'{c}' with nothing to repeat");
            default:
                int codePoint = TakeCodePoint();
                var literal = new CodePointSet().AddRange(codePoint, codePoint);
                return new PatternNode.One((ignoreCase ? literal.IgnoreCase() : literal).Freeze());
        }
    }

    private PatternNode ParseGroup(bool ignoreCase)
    {
        _at++;
        Func<PatternNode, PatternNode> wrap = static node => node;
        if (Take('?'))
        {
            if (Take(':'))
            {
                wrap = static node => node;
            }
            else if (Take('='))
            {
                wrap = static node => new PatternNode.Look(node, Negative: false);
            }
            else if (Take('!'))
            {
                wrap = static node => new PatternNode.Look(node, Negative: true);
            }
            else if (Take('>'))
            {
                wrap = static node => new PatternNode.Atomic(node);
            }
            else if (_pattern.AsSpan(_at).StartsWith("i:"))
            {
                _at += 2;
                ignoreCase = true;
            }
            else
            {
                throw Error("a group of an unsupported kind");
            }
        }

        PatternNode inner = ParseChoice(ignoreCase);
        return Take(')') ? wrap(inner) : throw Error("'(' without ')'");
    }

    private CodePointSet ParseClass(bool ignoreCase)
    {
        _at++;
        var set = new CodePointSet();
        bool negated = Take('^');
        bool first = true;
        while (true)
        {
            if (_at >= _pattern.Length)
            {
                throw Error("'[' without ']'");
            }

            char c = _pattern[_at];
            if (c == ']' && !first)
            {
                _at++;
                break;
            }

            first = false;
            if (c == '[')
            {
                if (_at + 1 < _pattern.Length && _pattern[_at + 1] == ':')
                {
                    throw Error("a POSIX class, which is not supported,");
                }

                set.Add(ParseClass(ignoreCase));
                continue;
            }

            if (c == '&' && _at + 1 < _pattern.Length && _pattern[_at + 1] == '&')
            {
                throw Error("an intersection of classes, which is not supported,");
            }

            int low = c == '\\' ? AddEscape(set) : TakeCodePoint();
            if (low < 0)
            {
                continue;
            }

            int high = low;
            if (_at + 1 < _pattern.Length && _pattern[_at] == '-' && _pattern[_at + 1] != ']')
            {
                _at++;
                high = _pattern[_at] == '\\' ? AddEscape(set) : TakeCodePoint();
                if (high < low)
                {
                    throw Error("a range that ends before it starts");
                }
            }

            set.AddRange(low, high);
        }

        if (ignoreCase)
        {
            set.IgnoreCase();
        }

        return negated ? set.Negate() : set;
    }

    private int TakeCodePoint()
    {
        Rune.DecodeFromUtf16(_pattern.AsSpan(_at), out Rune rune, out int used);
        _at += used;
        return rune.Value;
    }

    /// <summary>Adds what an escape stands for; returns its code point where it is a single one, or -1.</summary>
    private int AddEscape(CodePointSet set)
    {
        _at++;
        if (_at >= _pattern.Length)
        {
            throw Error("a lone '\\'");
        }

        char c = _pattern[_at++];
        switch (c)
        {
            case 's':
                set.AddWhiteSpace();
                return -1;
            case 'S':
                set.Add(new CodePointSet().AddWhiteSpace().Negate());
                return -1;
            case 'w':
                set.AddWord();
                return -1;
            case 'W':
                set.Add(new CodePointSet().AddWord().Negate());
                return -1;
            case 'd':
                set.TryAddProperty("Nd");
                return -1;
            case 'D':
                var digits = new CodePointSet();
                digits.TryAddProperty("Nd");
                set.Add(digits.Negate());
                return -1;
            case 'p' or 'P':
                AddProperty(set, c == 'P');
                return -1;
            case 'x' or 'u':
                return Single(set, TakeHexadecimal(c));
            case 'n':
                return Single(set, '\n');
            case 'r':
                return Single(set, '\r');
            case 't':
                return Single(set, '\t');
            case 'f':
                return Single(set, '\f');
            case 'v':
                return Single(set, '\v');
            default:
                return !char.IsAsciiLetterOrDigit(c) ? Single(set, c) : throw Error($"the escape '\\{c}', which is not supported,");
        }

        static int Single(CodePointSet set, int codePoint)
        {
            set.AddRange(codePoint, codePoint);
            return codePoint;
        }
    }

    private int TakeHexadecimal(char kind)
    {
        int start = _at;
        int end = start + (kind == 'x' ? 2 : 4);
        int next = end;
        if (Take('{'))
        {
            start++;
            end = _pattern.IndexOf('}', start);
            next = end + 1;
        }

        if (end < 0 || end > _pattern.Length
            || !int.TryParse(_pattern.AsSpan(start, end - start), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int codePoint)
            || codePoint > 0x10FFFF)
        {
            throw Error("a malformed hexadecimal escape");
        }

        _at = next;
        return codePoint;
    }

    private void AddProperty(CodePointSet set, bool negated)
    {
        string name;
        if (Take('{'))
        {
            int close = _pattern.IndexOf('}', _at);
            if (close < 0)
            {
                throw Error("'\\p{' without '}'");
            }

            name = _pattern[_at..close];
            _at = close + 1;
        }
        else if (_at < _pattern.Length)
        {
            name = _pattern[_at++].ToString();
        }
        else
        {
            throw Error("a '\\p' without a name");
        }

        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }

        var property = new CodePointSet();
        if (!property.TryAddProperty(name))
        {
            throw Error($"the property '{name}', which is not supported,");
        }

        set.Add(negated ? property.Negate() : property);
    }
}
