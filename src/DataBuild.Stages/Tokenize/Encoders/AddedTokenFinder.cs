using System.Text;
using DataBuild.Stages.Tokenize.Normalizing;
using DataBuild.Stages.Tokenize.Scanning;

namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>A part of a text: plain, or an added token.</summary>
/// <param name="Start">Start in bytes.</param>
/// <param name="End">End in bytes.</param>
/// <param name="Token">Id of the added token; -1 for plain text.</param>
internal readonly record struct TextSegment(int Start, int End, int Token);

/// <summary>Finds added tokens: leftmost first, of those that start at one place the longest. Immutable.</summary>
internal sealed class AddedTokenFinder
{
    private readonly AddedToken[] _tokens;
    private readonly TokenTrie _all = new();
    private readonly TokenTrie _ordinary = new();

    /// <summary>Makes a finder.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="spelling">How a token is spelled in the text that is searched.</param>
    public AddedTokenFinder(IEnumerable<AddedToken> tokens, Func<AddedToken, byte[]> spelling)
    {
        _tokens = [.. tokens];
        for (int i = 0; i < _tokens.Length; i++)
        {
            byte[] bytes = spelling(_tokens[i]);
            _all.Add(bytes, i);
            if (!_tokens[i].Special)
            {
                _ordinary.Add(bytes, i);
            }
        }

        _all.Freeze();
        _ordinary.Freeze();
    }

    /// <summary>Whether no token is ever found.</summary>
    public bool IsEmpty(SpecialTokens special) => TrieFor(special).IsEmpty;

    /// <summary>Cuts a text into plain segments and added tokens.</summary>
    public void Find(ReadOnlySpan<byte> text, SpecialTokens special, List<TextSegment> segments)
    {
        segments.Clear();
        TokenTrie trie = TrieFor(special);
        int done = 0;
        int from = 0;
        while (!trie.IsEmpty && trie.TryFind(text, from, out int start, out int size, out int index))
        {
            AddedToken token = _tokens[index];
            int end = start + size;
            from = end;
            if (start < done || (token.SingleWord && (EndsInWord(text[..start]) || StartsInWord(text[end..]))))
            {
                continue;
            }

            if (token.LeftStrip)
            {
                start = Math.Max(done, start - Whitespace.AtEnd(text[..start]));
            }

            if (token.RightStrip)
            {
                end += Whitespace.AtStart(text[end..]);
            }

            if (start > done)
            {
                segments.Add(new TextSegment(done, start, -1));
            }

            segments.Add(new TextSegment(start, end, token.Id));
            done = end;
        }

        if (done < text.Length)
        {
            segments.Add(new TextSegment(done, text.Length, -1));
        }
    }

    private TokenTrie TrieFor(SpecialTokens special) => special == SpecialTokens.Recognise ? _all : _ordinary;

    private static bool EndsInWord(ReadOnlySpan<byte> text) =>
        Rune.DecodeLastFromUtf8(text, out Rune rune, out _) == System.Buffers.OperationStatus.Done && CodePointSet.IsWord(rune.Value);

    private static bool StartsInWord(ReadOnlySpan<byte> text) =>
        Rune.DecodeFromUtf8(text, out Rune rune, out _) == System.Buffers.OperationStatus.Done && CodePointSet.IsWord(rune.Value);
}
