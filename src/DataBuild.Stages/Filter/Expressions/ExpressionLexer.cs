using System.Globalization;
using System.Text;

namespace DataBuild.Stages.Filter.Expressions;

internal enum ExpressionTokenKind
{
    End,
    Number,
    Text,
    Name,
    Operator,
    Open,
    Close,
    Comma,
    Invalid,
}

internal readonly struct ExpressionToken
{
    public ExpressionToken(ExpressionTokenKind kind, string text, int position, int length)
    {
        Kind = kind;
        Text = text;
        Position = position;
        Length = length;
    }

    public ExpressionTokenKind Kind { get; }

    /// <summary>Characters, or for a text literal its value, or for an invalid token what is wrong.</summary>
    public string Text { get; }

    public int Position { get; }

    public int Length { get; }

    public bool IsWord(string word) => Kind == ExpressionTokenKind.Name && string.Equals(Text, word, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Cuts an expression into tokens.</summary>
internal sealed class ExpressionLexer
{
    private readonly string _source;
    private int _at;

    public ExpressionLexer(string source) => _source = source;

    public ExpressionToken Next()
    {
        while (_at < _source.Length && char.IsWhiteSpace(_source[_at]))
        {
            _at++;
        }

        int start = _at;
        if (_at == _source.Length)
        {
            return new ExpressionToken(ExpressionTokenKind.End, "", start, 0);
        }

        char c = _source[_at];
        if (IsNameStart(c))
        {
            return Name(start);
        }

        if (IsDigit(c) || (c == '.' && _at + 1 < _source.Length && IsDigit(_source[_at + 1])))
        {
            return Number(start);
        }

        return c switch
        {
            '\'' or '"' => Literal(start, c),
            '(' => Single(ExpressionTokenKind.Open),
            ')' => Single(ExpressionTokenKind.Close),
            ',' => Single(ExpressionTokenKind.Comma),
            _ => Operator(start),
        };
    }

    private ExpressionToken Single(ExpressionTokenKind kind) => new(kind, _source.Substring(_at, 1), _at++, 1);

    private ExpressionToken Name(int start)
    {
        while (_at < _source.Length && (IsNameStart(_source[_at]) || IsDigit(_source[_at]) || (_source[_at] == '.' && _at + 1 < _source.Length && IsNameStart(_source[_at + 1]))))
        {
            _at++;
        }

        return new ExpressionToken(ExpressionTokenKind.Name, _source.Substring(start, _at - start), start, _at - start);
    }

    private ExpressionToken Number(int start)
    {
        while (_at < _source.Length && (IsDigit(_source[_at]) || _source[_at] is '.' or 'e' or 'E' || (_source[_at] is '+' or '-' && _source[_at - 1] is 'e' or 'E')))
        {
            _at++;
        }

        string text = _source.Substring(start, _at - start);
        return double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double value) && !double.IsInfinity(value)
            ? new ExpressionToken(ExpressionTokenKind.Number, text, start, text.Length)
            : new ExpressionToken(ExpressionTokenKind.Invalid, $"'{text}' is no number", start, text.Length);
    }

    // A quote is written twice to stand in a text.
    private ExpressionToken Literal(int start, char quote)
    {
        StringBuilder value = new();
        for (_at++; _at < _source.Length; _at++)
        {
            if (_source[_at] != quote)
            {
                _ = value.Append(_source[_at]);
            }
            else if (_at + 1 < _source.Length && _source[_at + 1] == quote)
            {
                _ = value.Append(quote);
                _at++;
            }
            else
            {
                _at++;
                return new ExpressionToken(ExpressionTokenKind.Text, value.ToString(), start, _at - start);
            }
        }

        return new ExpressionToken(ExpressionTokenKind.Invalid, $"the text that starts here has no closing {quote}", start, _at - start);
    }

    private ExpressionToken Operator(int start)
    {
        string two = _at + 1 < _source.Length ? _source.Substring(_at, 2) : "";
        string? op = two is "==" or "!=" or "<>" or "<=" or ">=" or "&&" or "||" ? two : _source[_at] is '=' or '<' or '>' or '+' or '-' or '*' or '/' or '!' ? _source.Substring(_at, 1) : null;
        _at += op?.Length ?? 1;
        return op is null
            ? new ExpressionToken(ExpressionTokenKind.Invalid, $"'{_source[start]}' means nothing here", start, 1)
            : new ExpressionToken(ExpressionTokenKind.Operator, op, start, op.Length);
    }

    private static bool IsDigit(char c) => c is >= '0' and <= '9';

    private static bool IsNameStart(char c) => c is '_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z');
}
