using System.Globalization;

namespace DataBuild.Stages.Filter.Expressions;

/// <summary>
/// Parses keep expressions. This file and those it uses need nothing beyond netstandard2.0, so that the analyzer of project files can compile them too.
/// </summary>
internal sealed class ExpressionParser
{
    // Nesting is bounded so that no project file can exhaust the stack.
    private const int MaxDepth = 200;

    private readonly ExpressionLexer _lexer;
    private ExpressionToken _token;
    private int _previousEnd;
    private int _depth;

    private ExpressionParser(string source)
    {
        _lexer = new ExpressionLexer(source);
        Advance();
    }

    /// <summary>The expression, or null and an error.</summary>
    public static ExpressionNode? Parse(string source, out ExpressionError? error)
    {
        try
        {
            ExpressionParser parser = new(source);
            ExpressionNode node = parser.Or();
            if (parser._token.Kind != ExpressionTokenKind.End)
            {
                throw parser.Unexpected("the end, 'and' or 'or'");
            }

            error = null;
            return node;
        }
        catch (ParseException exception)
        {
            error = exception.Error;
            return null;
        }
    }

    private ExpressionNode Or()
    {
        if (++_depth > MaxDepth)
        {
            throw new ParseException(new ExpressionError(_token.Position, Math.Max(1, _token.Length), $"the expression is nested deeper than {MaxDepth} levels"));
        }

        ExpressionNode left = And();
        while (_token.IsWord("or") || IsOperator("||"))
        {
            Advance();
            left = new BinaryNode(ExpressionOperator.Or, left, And());
        }

        _depth--;
        return left;
    }

    private ExpressionNode And()
    {
        ExpressionNode left = Not();
        while (_token.IsWord("and") || IsOperator("&&"))
        {
            Advance();
            left = new BinaryNode(ExpressionOperator.And, left, Not());
        }

        return left;
    }

    private ExpressionNode Not()
    {
        int start = _token.Position;
        int nots = 0;
        while (_token.IsWord("not") || IsOperator("!"))
        {
            Advance();
            nots++;
        }

        ExpressionNode node = Comparison();
        for (int i = 0; i < nots; i++)
        {
            node = new UnaryNode(ExpressionOperator.Not, node, start, _previousEnd - start);
        }

        return node;
    }

    private ExpressionNode Comparison()
    {
        ExpressionNode left = Sum();
        bool negated = false;
        if (_token.IsWord("is"))
        {
            Advance();
            negated = TryWord("not");
            Expect(_token.IsWord("null"), "'null' or 'not null'");
            return new NullTestNode(left, negated, _previousEnd);
        }

        if (_token.IsWord("not"))
        {
            Advance();
            negated = true;
        }

        if (_token.IsWord("in"))
        {
            Advance();
            return In(left, negated);
        }

        if (negated)
        {
            throw Unexpected("'in'");
        }

        if (ComparisonOperator() is not { } op)
        {
            return left;
        }

        Advance();
        ExpressionNode node = new BinaryNode(op, left, Sum());
        return ComparisonOperator() is null ? node : throw Unexpected("'and' or 'or' (comparisons do not chain)");
    }

    private InNode In(ExpressionNode left, bool negated)
    {
        Expect(_token.Kind == ExpressionTokenKind.Open, "'('");
        List<LiteralNode> items = [];
        do
        {
            items.Add(ListItem());
        }
        while (TryKind(ExpressionTokenKind.Comma));
        Expect(_token.Kind == ExpressionTokenKind.Close, "',' or ')'");
        return new InNode(left, items, negated, _previousEnd);
    }

    private LiteralNode ListItem()
    {
        int start = _token.Position;
        bool minus = IsOperator("-");
        if (minus)
        {
            Advance();
        }

        ExpressionNode? literal = minus && _token.Kind != ExpressionTokenKind.Number ? null : Literal();
        return literal switch
        {
            LiteralNode { Value: double value } when minus => new LiteralNode(-value, start, _previousEnd - start),
            LiteralNode node => node,
            _ => throw Unexpected("a number, a text, true or false"),
        };
    }

    private ExpressionNode Sum()
    {
        ExpressionNode left = Product();
        while (IsOperator("+") || IsOperator("-"))
        {
            ExpressionOperator op = _token.Text == "+" ? ExpressionOperator.Add : ExpressionOperator.Subtract;
            Advance();
            left = new BinaryNode(op, left, Product());
        }

        return left;
    }

    private ExpressionNode Product()
    {
        ExpressionNode left = Unary();
        while (IsOperator("*") || IsOperator("/"))
        {
            ExpressionOperator op = _token.Text == "*" ? ExpressionOperator.Multiply : ExpressionOperator.Divide;
            Advance();
            left = new BinaryNode(op, left, Unary());
        }

        return left;
    }

    private ExpressionNode Unary()
    {
        int start = _token.Position;
        int minuses = 0;
        while (IsOperator("-"))
        {
            Advance();
            minuses++;
        }

        ExpressionNode node = Primary();
        if (minuses > 0 && node is LiteralNode { Value: double value })
        {
            return new LiteralNode(minuses % 2 == 0 ? value : -value, start, _previousEnd - start);
        }

        return minuses % 2 == 0 ? node : new UnaryNode(ExpressionOperator.Negate, node, start, _previousEnd - start);
    }

    private ExpressionNode Primary()
    {
        if (Literal() is { } literal)
        {
            return literal;
        }

        if (TryKind(ExpressionTokenKind.Open))
        {
            ExpressionNode inner = Or();
            Expect(_token.Kind == ExpressionTokenKind.Close, "')'");
            return inner;
        }

        if (_token.Kind != ExpressionTokenKind.Name || IsKeyword(_token))
        {
            throw Unexpected("a column, a number, a text or '('");
        }

        ExpressionToken name = _token;
        Advance();
        if (_token.Kind != ExpressionTokenKind.Open)
        {
            return new ColumnNode(name.Text, name.Position, name.Length);
        }

        string function = name.Text.ToLowerInvariant();
        if (function is not ("length" or "abs"))
        {
            throw new ParseException(new ExpressionError(name.Position, name.Length, $"there is no function '{name.Text}'; there are length and abs"));
        }

        Advance();
        ExpressionNode argument = Or();
        Expect(_token.Kind == ExpressionTokenKind.Close, "')'");
        return new CallNode(function, argument, name.Position, _previousEnd - name.Position);
    }

    private LiteralNode? Literal()
    {
        ExpressionToken token = _token;
        object? value = token.Kind switch
        {
            ExpressionTokenKind.Number => double.Parse(token.Text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture),
            ExpressionTokenKind.Text => token.Text,
            ExpressionTokenKind.Name when token.IsWord("true") => true,
            ExpressionTokenKind.Name when token.IsWord("false") => false,
            _ => null,
        };
        if (value is null)
        {
            return null;
        }

        Advance();
        return new LiteralNode(value, token.Position, token.Length);
    }

    // The word forms spare project files the escapes of XML.
    private ExpressionOperator? ComparisonOperator() => _token.Kind switch
    {
        ExpressionTokenKind.Operator => _token.Text switch
        {
            "==" or "=" => ExpressionOperator.Equal,
            "!=" or "<>" => ExpressionOperator.NotEqual,
            "<" => ExpressionOperator.Less,
            "<=" => ExpressionOperator.LessOrEqual,
            ">" => ExpressionOperator.Greater,
            ">=" => ExpressionOperator.GreaterOrEqual,
            _ => null,
        },
        ExpressionTokenKind.Name => _token.Text.ToLowerInvariant() switch
        {
            "eq" => ExpressionOperator.Equal,
            "ne" => ExpressionOperator.NotEqual,
            "lt" => ExpressionOperator.Less,
            "le" => ExpressionOperator.LessOrEqual,
            "gt" => ExpressionOperator.Greater,
            "ge" => ExpressionOperator.GreaterOrEqual,
            "contains" => ExpressionOperator.Contains,
            "startswith" => ExpressionOperator.StartsWith,
            "endswith" => ExpressionOperator.EndsWith,
            _ => null,
        },
        _ => null,
    };

    private static bool IsKeyword(ExpressionToken token) => token.Text.ToLowerInvariant() is
        "and" or "or" or "not" or "in" or "is" or "null" or "true" or "false" or "eq" or "ne" or "lt" or "le" or "gt" or "ge" or "contains" or "startswith" or "endswith";

    private bool IsOperator(string text) => _token.Kind == ExpressionTokenKind.Operator && _token.Text == text;

    private bool TryWord(string word)
    {
        if (!_token.IsWord(word))
        {
            return false;
        }

        Advance();
        return true;
    }

    private bool TryKind(ExpressionTokenKind kind)
    {
        if (_token.Kind != kind)
        {
            return false;
        }

        Advance();
        return true;
    }

    private void Expect(bool found, string expected)
    {
        if (!found)
        {
            throw Unexpected(expected);
        }

        Advance();
    }

    private void Advance()
    {
        _previousEnd = _token.Position + _token.Length;
        _token = _lexer.Next();
    }

    private ParseException Unexpected(string expected)
    {
        string message = _token.Kind switch
        {
            ExpressionTokenKind.Invalid => _token.Text,
            ExpressionTokenKind.End => $"the expression ends where {expected} is expected",
            _ => $"found '{_token.Text}' where {expected} is expected",
        };
        return new ParseException(new ExpressionError(_token.Position, Math.Max(1, _token.Length), message));
    }

    private sealed class ParseException : Exception
    {
        public ParseException(ExpressionError error) => Error = error;

        public ExpressionError Error { get; }
    }
}
