using System.Text;
using DataBuild.Stages.Tokenize.Normalizing;

namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>
/// WordPiece: the longest token that starts the word, then the longest that goes on, as in BERT. A word with a part that no
/// token covers, or of too many characters, is unknown as a whole.
/// </summary>
internal sealed class WordPieceEncoder(TokenTable table, int unknownId, string continuingPrefix, int maxCharacters) : WordEncoder
{
    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(continuingPrefix);

    /// <inheritdoc/>
    protected override void EncodeWord(NormalizedText text, int start, int end, TokenSink sink, EncoderState state)
    {
        ReadOnlySpan<byte> bytes = text.Bytes;
        MergeWorkspace pieces = state.Workspace;
        pieces.Clear();
        bool known = CountCharacters(bytes[start..end]) <= maxCharacters;
        for (int at = start; known && at < end;)
        {
            int id = Longest(bytes, at, end, at > start, out int size);
            known = id >= 0;
            pieces.Add(id, at);
            at += size;
        }

        if (!known)
        {
            sink.Add(unknownId, text, start, end);
            return;
        }

        for (int i = 0; i < pieces.Count; i++)
        {
            sink.Add(pieces.Ids[i], text, pieces.Starts[i], i + 1 < pieces.Count ? pieces.Starts[i + 1] : end);
        }
    }

    private int Longest(ReadOnlySpan<byte> bytes, int at, int end, bool continues, out int size)
    {
        int prefix = continues ? _prefix.Length : 0;
        int most = Math.Min(end - at, table.MaxTokenLength - prefix);
        Span<byte> key = stackalloc byte[Math.Max(1, prefix + Math.Max(0, most))];
        _prefix.AsSpan(0, prefix).CopyTo(key);
        bytes.Slice(at, Math.Max(0, most)).CopyTo(key[prefix..]);
        for (size = most; size > 0; size--)
        {
            bool atBoundary = at + size == end || (bytes[at + size] & 0xC0) != 0x80;
            if (atBoundary && table.Find(key[..(prefix + size)]) is int id and >= 0)
            {
                return id;
            }
        }

        return -1;
    }

    private static int CountCharacters(ReadOnlySpan<byte> word)
    {
        int count = 0;
        foreach (byte b in word)
        {
            count += (b & 0xC0) != 0x80 ? 1 : 0;
        }

        return count;
    }
}
