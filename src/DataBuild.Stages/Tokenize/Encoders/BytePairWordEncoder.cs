using System.Runtime.InteropServices;
using DataBuild.Stages.Tokenize.Normalizing;

namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>Byte-pair encoding over bytes, of words that were cut elsewhere.</summary>
internal sealed class BytePairWordEncoder(
    TokenTable table, ListedPairMerge rule, int[] byteIds, int[] lastByteIds, bool ignoreMerges) : WordEncoder
{
    /// <inheritdoc/>
    protected override void EncodeWord(NormalizedText text, int start, int end, TokenSink sink, EncoderState state)
    {
        ReadOnlySpan<byte> bytes = text.Bytes;
        if (ignoreMerges && table.Find(bytes[start..end]) is int whole and >= 0)
        {
            sink.Add(whole, text, start, end);
            return;
        }

        MergeWorkspace workspace = state.Workspace;
        workspace.Clear();
        for (int i = start; i < end; i++)
        {
            int id = (i + 1 == end ? lastByteIds : byteIds)[bytes[i]];
            if (id >= 0)
            {
                workspace.Add(id, i);
            }
        }

        workspace.Merge(rule, ref MemoryMarshal.GetReference(bytes), end, bytes.Length);
        for (int i = 0; i < workspace.Count; i++)
        {
            sink.Add(workspace.Ids[i], text, workspace.Starts[i], i + 1 < workspace.Count ? workspace.Starts[i + 1] : end);
        }
    }
}
