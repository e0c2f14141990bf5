using System.Text;

namespace DataBuild.Text;

/// <summary>The tokens of a document's text, each with the number of its type, so that equal tokens are told by comparing integers.</summary>
public abstract class TokenIndex : IDocumentAnalysis
{
    private readonly SpanInterner _types = new();
    private int[] _ids = new int[1024];
    private int[] _starts = new int[1024];
    private ReadOnlyMemory<char> _text;
    private int _count;

    /// <summary>Number of tokens.</summary>
    public int Count => _count;

    /// <summary>Type of each token: index into <see cref="Types"/>. Types are numbered in order of first occurrence.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, _count);

    /// <summary>First character of each token.</summary>
    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, _count);

    /// <summary>The distinct tokens, with their counts.</summary>
    public ReadOnlySpan<InternedSpan> Types => _types.Entries;

    /// <summary>The characters of a token.</summary>
    public ReadOnlySpan<char> this[int token] => _text.Span.Slice(_starts[token], _types.Entries[_ids[token]].Length);

    /// <summary>The characters of a type.</summary>
    public ReadOnlySpan<char> TextOf(int type)
    {
        InternedSpan entry = _types.Entries[type];
        return _text.Span.Slice(entry.Start, entry.Length);
    }

    /// <inheritdoc />
    public void Analyze(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        Analyze(document.TextMemory);
    }

    /// <summary>Analyses a text; the memory must stay unchanged while the result is used.</summary>
    public void Analyze(ReadOnlyMemory<char> text)
    {
        _text = text;
        _count = 0;
        _types.Clear();
        Segment(text.Span);
    }

    /// <summary>Cuts the text and calls <see cref="Add"/> for every token, in order.</summary>
    protected abstract void Segment(ReadOnlySpan<char> text);

    /// <summary>Adds a token.</summary>
    protected void Add(ReadOnlySpan<char> text, int start, int length)
    {
        int id = _types.Add(text, start, length, out bool isNew);
        if (isNew)
        {
            Describe(text.Slice(start, length), ref _types.EntryOf(id));
        }

        if (_count == _ids.Length)
        {
            Array.Resize(ref _ids, _count * 2);
            Array.Resize(ref _starts, _count * 2);
        }

        _ids[_count] = id;
        _starts[_count++] = start;
    }

    private static void Describe(ReadOnlySpan<char> token, ref InternedSpan entry)
    {
        TokenTraits traits = TokenTraits.None;
        int codePoints = 0;
        for (int i = 0; i < token.Length; codePoints++)
        {
            char c = token[i];
            CharacterTraits character;
            if (char.IsSurrogate(c))
            {
                _ = Rune.DecodeFromUtf16(token[i..], out Rune rune, out int width);
                character = CharacterTable.TraitsOf(rune);
                i += width;
            }
            else
            {
                character = CharacterTable.TraitsOf(c);
                i++;
            }

            if ((character & CharacterTraits.Letter) != 0)
            {
                traits |= char.IsAsciiLetter(c) ? TokenTraits.HasLetter | TokenTraits.HasAsciiLetter : TokenTraits.HasLetter;
            }

            if ((character & CharacterTraits.Punctuation) == 0)
            {
                traits |= TokenTraits.HasNonPunctuation;
            }

            if (codePoints == 0 && (character & (CharacterTraits.Letter | CharacterTraits.Digit | CharacterTraits.OtherNumber)) != 0)
            {
                traits |= TokenTraits.IsWord;
            }
        }

        entry.CodePoints = codePoints;
        entry.Traits = traits;
    }
}
