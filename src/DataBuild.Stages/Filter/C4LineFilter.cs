using System.Buffers;
using DataBuild.Text;

namespace DataBuild.Stages.Filter;

/// <summary>Applies C4's line rules to one text.</summary>
internal ref struct C4LineFilter
{
    private static readonly SearchValues<string> Phrases = SearchValues.Create(
        ["javascript", "lorem ipsum", "terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies"],
        StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<string> Policies = SearchValues.Create(
        ["terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies"],
        StringComparison.OrdinalIgnoreCase);

    private readonly C4Quality _options;
    private readonly C4LineRules _rules;
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
        _rules = C4LineRules.Of(options.Dialect);
        _output = output;
    }

    public C4QualityFigures Run(ReadOnlySpan<char> text)
    {
        // One vectorised search tells most documents apart from those with a phrase in some line.
        int characters = CharacterTable.CountCodePoints(text);
        bool hasPhrase = text.ContainsAny(Phrases);
        bool hasBracket = text.Contains('{');
        bool hasCitation = _options.RemoveCitations && !_rules.TagsPage && text.Contains('[');
        if (_rules.TagsPage)
        {
            _loremIpsum = hasPhrase && text.Contains("lorem ipsum", StringComparison.OrdinalIgnoreCase);
            _curlyBracket = hasBracket;
        }

        while (!text.IsEmpty)
        {
            int end = text.IndexOfAny(_rules.Separators);
            ReadOnlySpan<char> line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1 < text.Length && text[end] == '\r' && text[end + 1] == '\n' ? end + 2 : end + 1)..];
            FilterLine(_rules.TrimsLines ? CharacterTable.Trim(line) : line, hasPhrase, hasBracket, hasCitation);
        }

        ReadOnlyMemory<char> kept = _output.Memory;
        ReadOnlySpan<char> trimmed = CharacterTable.Trim(kept.Span);
        _ = kept.Span.Overlaps(trimmed, out int start);
        return new C4QualityFigures(
            characters, _rules.SentencesOfPage ? SentenceSegmenter.Count(trimmed) : _sentences, _kept, _longWords, _unterminated, _short, _javascript, _policy, _loremIpsum,
            _curlyBracket, false, 0, 0, kept.Slice(start, trimmed.Length));
    }

    private void FilterLine(ReadOnlySpan<char> line, bool hasPhrase, bool hasBracket, bool hasCitation)
    {
        if (_rules.TagsPage)
        {
            _javascript += hasPhrase && HasJavascriptToken(line) ? 1 : 0;
        }
        else if (HasLongWord(line, _options.MaxWordLength))
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
        _sentences += _rules.SentencesOfPage ? 0 : SentenceSegmenter.Count(_output.Span[lineStart..]);
    }

    private bool Keeps(ReadOnlySpan<char> original, ReadOnlySpan<char> line, bool hasPhrase, bool hasBracket)
    {
        if (line.IsEmpty && _rules.KeepsEmptyLines)
        {
            return true;
        }

        if (_options.RequireTerminalPunctuation && !_rules.IsTerminated(_rules.TrimsLines ? line : CharacterTable.Trim(line)))
        {
            _unterminated++;
            return false;
        }

        if (!HasWords(_rules.WithoutCitationWords ? line : original, _options.LineWords))
        {
            _short++;
            return false;
        }

        return _rules.TagsPage || KeepsByPhrase(line, hasPhrase, hasBracket);
    }

    private bool KeepsByPhrase(ReadOnlySpan<char> line, bool hasPhrase, bool hasBracket)
    {
        if (hasPhrase && line.Contains("lorem ipsum", StringComparison.OrdinalIgnoreCase))
        {
            _loremIpsum = true;
        }

        if (hasPhrase && _options.RemoveJavascriptLines && line.Contains("javascript", StringComparison.OrdinalIgnoreCase))
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

    // Dolma compares whole tokens between white space: "javascript." is none.
    private static bool HasJavascriptToken(ReadOnlySpan<char> line)
    {
        const string Word = "javascript";
        for (int from = 0; line[from..].IndexOf(Word, StringComparison.OrdinalIgnoreCase) is >= 0 and int found; from += found + 1)
        {
            int at = from + found;
            int end = at + Word.Length;
            if ((at == 0 || IsWhitespace(line[at - 1])) && (end == line.Length || IsWhitespace(line[end])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsWhitespace(char c) => CharacterTable.Is(c, CharacterTraits.Whitespace);

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

            bool isSpace = IsWhitespace(c);
            words += !isSpace && !inWord ? 1 : 0;
            inWord = !isSpace;
        }

        return words >= count;
    }

    /// <summary>A word between white space is longer than the limit.</summary>
    internal static bool HasLongWord(ReadOnlySpan<char> text, int limit)
    {
        if (text.Length <= limit)
        {
            return false;
        }

        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && !IsWhitespace(text[i]))
            {
                continue;
            }

            if (i - start > limit && CharacterTable.CountCodePoints(text[start..i]) > limit)
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
