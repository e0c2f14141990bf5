using System.Buffers;
using DataBuild.Text;

namespace DataBuild.Stages.Filter;

/// <summary>Applies C4's line rules to one text.</summary>
internal ref struct C4LineFilter
{
    private static readonly SearchValues<char> LineSeparators = SearchValues.Create("\n\r\v\f\u001C\u001D\u001E\u0085\u2028\u2029");

    private static readonly SearchValues<string> Phrases = SearchValues.Create(
        ["javascript", "lorem ipsum", "terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies"],
        StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<string> Policies = SearchValues.Create(
        ["terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies"],
        StringComparison.OrdinalIgnoreCase);

    private readonly C4Quality _options;
    private readonly TextBuilder _output;
    private int _sentences;
    private int _kept;
    private int _longWords;
    private int _unterminated;
    private int _short;
    private int _javascript;
    private int _policy;
    private bool _loremIpsum;
    private bool _curlyBracket;

    public C4LineFilter(C4Quality options, TextBuilder output)
    {
        _options = options;
        _output = output;
    }

    public C4QualityFigures Run(ReadOnlySpan<char> text)
    {
        // One vectorised search tells most documents apart from those with a phrase in some line.
        bool hasPhrase = text.ContainsAny(Phrases);
        bool hasBracket = text.Contains('{');
        bool hasCitation = _options.RemoveCitations && text.Contains('[');
        while (!text.IsEmpty)
        {
            int end = text.IndexOfAny(LineSeparators);
            ReadOnlySpan<char> line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1 < text.Length && text[end] == '\r' && text[end + 1] == '\n' ? end + 2 : end + 1)..];
            FilterLine(CharacterTable.Trim(line), hasPhrase, hasBracket, hasCitation);
        }

        ReadOnlyMemory<char> kept = _output.Memory;
        ReadOnlySpan<char> trimmed = CharacterTable.Trim(kept.Span);
        _ = kept.Span.Overlaps(trimmed, out int start);
        return new C4QualityFigures(
            _sentences, _kept, _longWords, _unterminated, _short, _javascript, _policy, _loremIpsum, _curlyBracket, kept.Slice(start, trimmed.Length));
    }

    private void FilterLine(ReadOnlySpan<char> line, bool hasPhrase, bool hasBracket, bool hasCitation)
    {
        if (line.Length > _options.MaxWordLength && HasLongWord(line))
        {
            _longWords++;
            return;
        }

        int start = _output.Length;
        if (_kept > 0)
        {
            _ = _output.Append('\n');
        }

        int lineStart = _output.Length;
        if (hasCitation && line.Contains('['))
        {
            AppendWithoutCitations(line);
        }
        else
        {
            _ = _output.Append(line);
        }

        if (!Keeps(line, _output.Span[lineStart..], hasPhrase, hasBracket))
        {
            _output.Truncate(start);
            return;
        }

        _kept++;
        _sentences += SentenceSegmenter.Count(_output.Span[lineStart..]);
    }

    private bool Keeps(ReadOnlySpan<char> original, ReadOnlySpan<char> line, bool hasPhrase, bool hasBracket)
    {
        if (_options.RequireTerminalPunctuation && !IsTerminated(line))
        {
            _unterminated++;
            return false;
        }

        // As published, words are counted before citation marks are removed.
        if (!HasWords(original, _options.MinWordsPerLine))
        {
            _short++;
            return false;
        }

        if (hasPhrase && line.Contains("lorem ipsum", StringComparison.OrdinalIgnoreCase))
        {
            _loremIpsum = true;
        }

        if (hasPhrase && _options.RemoveJavascriptLines && HasJavascript(line))
        {
            _javascript++;
            return false;
        }

        if (hasBracket && line.Contains('{'))
        {
            _curlyBracket = true;
        }

        if (hasPhrase && _options.RemovePolicyLines && line.ContainsAny(Policies))
        {
            _policy++;
            return false;
        }

        return true;
    }

    private readonly bool IsTerminated(ReadOnlySpan<char> line)
    {
        if (line.IsEmpty)
        {
            return false;
        }

        return _options.Dialect == C4Dialect.Dolma
            ? line[^1] is '.' or '?' or '!' or '"'
            : line[^1] is '.' or '?' or '!' or '"' or '\'' && !line.EndsWith("...", StringComparison.Ordinal);
    }

    private readonly bool HasJavascript(ReadOnlySpan<char> line)
    {
        const string Word = "javascript";
        int from = 0;
        while (true)
        {
            int at = line[from..].IndexOf(Word, StringComparison.OrdinalIgnoreCase);
            if (at < 0)
            {
                return false;
            }

            at += from;
            int end = at + Word.Length;
            bool whole = (at == 0 || !IsWordCharacter(line[at - 1])) && (end == line.Length || !IsWordCharacter(line[end]));
            if (whole || _options.Dialect != C4Dialect.Dolma)
            {
                return true;
            }

            from = end;
        }
    }

    private static bool IsWordCharacter(char c) => c == '_' || CharacterTable.Is(c, CharacterTraits.Letter | CharacterTraits.Digit | CharacterTraits.OtherNumber);

    private static bool HasWords(ReadOnlySpan<char> line, int count)
    {
        int words = 0;
        bool inWord = false;
        foreach (char c in line)
        {
            if (words >= count)
            {
                break;
            }

            bool isSpace = CharacterTable.Is(c, CharacterTraits.Whitespace);
            words += !isSpace && !inWord ? 1 : 0;
            inWord = !isSpace;
        }

        return words >= count;
    }

    private readonly bool HasLongWord(ReadOnlySpan<char> line)
    {
        int start = 0;
        for (int i = 0; i <= line.Length; i++)
        {
            if (i < line.Length && !CharacterTable.Is(line[i], CharacterTraits.Whitespace))
            {
                continue;
            }

            if (i - start > _options.MaxWordLength && CharacterTable.CountCodePoints(line[start..i]) > _options.MaxWordLength)
            {
                return true;
            }

            start = i + 1;
        }

        return false;
    }

    // Removes [digits], [], [edit] and [citation needed].
    private readonly void AppendWithoutCitations(ReadOnlySpan<char> line)
    {
        while (true)
        {
            int open = line.IndexOf('[');
            if (open < 0)
            {
                _ = _output.Append(line);
                return;
            }

            int length = CitationLength(line[open..]);
            _ = _output.Append(line[..(length > 0 ? open : open + 1)]);
            line = line[(open + Math.Max(1, length))..];
        }
    }

    private static int CitationLength(ReadOnlySpan<char> text)
    {
        int end = 1;
        while (end < text.Length && CharacterTable.Is(text[end], CharacterTraits.Digit))
        {
            end++;
        }

        return end < text.Length && text[end] == ']' ? end + 1
            : text.StartsWith("[edit]", StringComparison.Ordinal) ? 6
            : text.StartsWith("[citation needed]", StringComparison.Ordinal) ? 17
            : 0;
    }
}
