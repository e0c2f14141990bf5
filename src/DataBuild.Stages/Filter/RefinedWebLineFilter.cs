using DataBuild.Text;

namespace DataBuild.Stages.Filter;

/// <summary>Applies RefinedWeb's line rules to one text.</summary>
internal ref struct RefinedWebLineFilter
{
    private readonly RefinedWebLines _options;
    private readonly TextBuilder _output;
    private int _words;
    private int _keptWords;
    private int _uppercase;
    private int _numeric;
    private int _counters;
    private int _oneWord;
    private int _phrases;

    public RefinedWebLineFilter(RefinedWebLines options, TextBuilder output)
    {
        _options = options;
        _output = output;
    }

    public RefinedWebLinesFigures Run(ReadOnlySpan<char> text)
    {
        bool isFirst = true;
        foreach (Range range in text.Split('\n'))
        {
            ReadOnlySpan<char> line = text[range];
            int words = CountWords(line, unicode: true);
            _words += words;
            if (Removes(line))
            {
                continue;
            }

            int start = _output.Length;
            if (!isFirst)
            {
                _ = _output.Append('\n');
            }

            int lineStart = _output.Length;
            _ = _output.Append(line);
            if (CountWords(line, unicode: false) <= _options.MaxWordsOfPhraseLine && RemovePhrases(lineStart))
            {
                _phrases++;
                if (CharacterTable.Trim(_output.Span[lineStart..]).IsEmpty)
                {
                    _output.Truncate(start);
                    continue;
                }

                words = CountWords(_output.Span[lineStart..], unicode: true);
            }

            isFirst = false;
            _keptWords += words;
        }

        ReadOnlyMemory<char> kept = _output.Memory;
        ReadOnlySpan<char> trimmed = CharacterTable.Trim(kept.Span);
        _ = kept.Span.Overlaps(trimmed, out int from);
        return new RefinedWebLinesFigures(
            _words, _words == 0 ? 0 : (double)(_words - _keptWords) / _words, _uppercase, _numeric, _counters, _oneWord, _phrases, trimmed.Length, kept.Slice(from, trimmed.Length));
    }

    private bool Removes(ReadOnlySpan<char> line)
    {
        if (line.IsEmpty)
        {
            return false;
        }

        int upper = 0;
        int digits = 0;
        foreach (char c in line)
        {
            CharacterTraits traits = CharacterTable.TraitsOf(c);
            upper += (traits & CharacterTraits.Upper) != 0 ? 1 : 0;
            digits += (traits & CharacterTraits.Digit) != 0 ? 1 : 0;
        }

        int length = CharacterTable.CountCodePoints(line);
        if (upper > _options.MaxUppercase * length)
        {
            _uppercase++;
            return true;
        }

        if (digits > _options.MaxNumeric * length)
        {
            _numeric++;
            return true;
        }

        if (SocialCounter.Matches(line))
        {
            _counters++;
            return true;
        }

        if (CountWords(line, unicode: false) < _options.MinWordsPerLine)
        {
            _oneWord++;
            return true;
        }

        return false;
    }

    // As DCLM's expressions: \s?items in cart anywhere, \s?read more and three characters at the end, sign-in\s? at the start; case aside.
    private readonly bool RemovePhrases(int lineStart)
    {
        string line = _output.Span[lineStart..].ToString();
        string shorter = WithoutCart(line);
        const string ReadMore = "read more";
        int tail = shorter.Length - ReadMore.Length - 3;
        if (tail >= 0 && shorter.AsSpan(tail).StartsWith(ReadMore, StringComparison.OrdinalIgnoreCase))
        {
            shorter = shorter[..(tail - (tail > 0 && IsWhitespace(shorter[tail - 1]) ? 1 : 0))];
        }

        const string SignIn = "sign-in";
        if (shorter.StartsWith(SignIn, StringComparison.OrdinalIgnoreCase))
        {
            shorter = shorter[(SignIn.Length + (shorter.Length > SignIn.Length && IsWhitespace(shorter[SignIn.Length]) ? 1 : 0))..];
        }

        if (shorter.Length == line.Length)
        {
            return false;
        }

        _output.Truncate(lineStart);
        _ = _output.Append(shorter);
        return true;
    }

    private static string WithoutCart(string line)
    {
        const string Cart = "items in cart";
        for (int at = line.IndexOf(Cart, StringComparison.OrdinalIgnoreCase); at >= 0; at = line.IndexOf(Cart, StringComparison.OrdinalIgnoreCase))
        {
            int start = at > 0 && IsWhitespace(line[at - 1]) ? at - 1 : at;
            line = line.Remove(start, at + Cart.Length - start);
        }

        return line;
    }

    private static bool IsWhitespace(char c) => CharacterTable.Is(c, CharacterTraits.Whitespace);

    private static int CountWords(ReadOnlySpan<char> line, bool unicode)
    {
        int count = 0;
        int at = 0;
        while (at < line.Length)
        {
            if (CharacterTable.Is(line[at], CharacterTraits.Whitespace))
            {
                at++;
                continue;
            }

            if (unicode)
            {
                bool isWord = CharacterTable.Is(line[at], CharacterTraits.Letter | CharacterTraits.Digit | CharacterTraits.OtherNumber) || char.IsHighSurrogate(line[at]);
                count += isWord ? 1 : 0;
                at = WordIndex.EndOfToken(line, at);
                continue;
            }

            count++;
            while (at < line.Length && !CharacterTable.Is(line[at], CharacterTraits.Whitespace))
            {
                at++;
            }
        }

        return count;
    }
}
