using System.Runtime.InteropServices;
using System.Text;
using DataBuild.Stages.Tokenize.Normalizing;

namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>What a character-level byte-pair encoding does beside merging. The names are those of Hugging Face tokenizers.</summary>
/// <param name="UnknownId">Id of characters that the vocabulary lacks; -1 where they vanish.</param>
/// <param name="FuseUnknown">Whether unknown characters that follow each other are one token.</param>
/// <param name="ByteIds">Ids of the tokens &lt;0x00&gt; to &lt;0xFF&gt; that spell characters the vocabulary lacks; empty where there are none.</param>
/// <param name="IgnoreMerges">Whether a word that is a token is taken as it is.</param>
/// <param name="ContinuingPrefix">Put before every character of a word but the first, to look it up.</param>
/// <param name="EndSuffix">Put after the last character of a word, to look it up.</param>
internal sealed record CharacterPairOptions(
    int UnknownId,
    bool FuseUnknown,
    int[] ByteIds,
    bool IgnoreMerges,
    string ContinuingPrefix,
    string EndSuffix);

/// <summary>Byte-pair encoding over characters, with unknown characters spelled in bytes or marked.</summary>
/// <typeparam name="TRule">The merges.</typeparam>
internal sealed class CharacterPairEncoder<TRule>(TokenTable table, TRule rule, CharacterPairOptions options) : WordEncoder
    where TRule : struct, IMergeRule
{
    private readonly byte[] _continuingPrefix = Encoding.UTF8.GetBytes(options.ContinuingPrefix);
    private readonly byte[] _endSuffix = Encoding.UTF8.GetBytes(options.EndSuffix);

    /// <inheritdoc/>
    protected override void EncodeWord(NormalizedText text, int start, int end, TokenSink sink, EncoderState state)
    {
        ReadOnlySpan<byte> bytes = text.Bytes;
        if (options.IgnoreMerges && table.Find(bytes[start..end]) is int whole and >= 0)
        {
            sink.Add(whole, text, start, end);
            return;
        }

        MergeWorkspace workspace = state.Workspace;
        workspace.Clear();
        int unknownStart = -1;
        Span<byte> key = stackalloc byte[4 + _continuingPrefix.Length + _endSuffix.Length];
        for (int at = start; at < end;)
        {
            Rune.DecodeFromUtf8(bytes[at..end], out _, out int size);
            int id = FindCharacter(bytes, at, size, start, end, key);
            if (id >= 0)
            {
                FlushUnknown(workspace, ref unknownStart);
                workspace.Add(id, at);
            }
            else if (options.ByteIds.Length > 0)
            {
                for (int i = at; i < at + size; i++)
                {
                    workspace.Add(options.ByteIds[bytes[i]], i);
                }
            }
            else if (options.UnknownId >= 0)
            {
                if (!options.FuseUnknown)
                {
                    FlushUnknown(workspace, ref unknownStart);
                }

                unknownStart = unknownStart < 0 ? at : unknownStart;
            }

            at += size;
        }

        FlushUnknown(workspace, ref unknownStart);
        workspace.Merge(rule, ref MemoryMarshal.GetReference(bytes), end, bytes.Length);
        ReadOnlySpan<int> ids = workspace.Ids;
        ReadOnlySpan<int> starts = workspace.Starts;
        for (int i = 0; i < ids.Length; i++)
        {
            sink.Add(ids[i], text, starts[i], i + 1 < ids.Length ? starts[i + 1] : end);
        }
    }

    private int FindCharacter(ReadOnlySpan<byte> bytes, int at, int size, int start, int end, Span<byte> key)
    {
        bool prefixed = at > start && _continuingPrefix.Length > 0;
        bool suffixed = at + size == end && _endSuffix.Length > 0;
        if (!prefixed && !suffixed)
        {
            return table.Find(ref MemoryMarshal.GetReference(bytes), at, size, bytes.Length);
        }

        int length = 0;
        if (prefixed)
        {
            _continuingPrefix.CopyTo(key);
            length = _continuingPrefix.Length;
        }

        bytes.Slice(at, size).CopyTo(key[length..]);
        length += size;
        if (suffixed)
        {
            _endSuffix.CopyTo(key[length..]);
            length += _endSuffix.Length;
        }

        return table.Find(key[..length]);
    }

    private void FlushUnknown(MergeWorkspace workspace, ref int unknownStart)
    {
        if (unknownStart >= 0)
        {
            workspace.Add(options.UnknownId, unknownStart);
            unknownStart = -1;
        }
    }
}
