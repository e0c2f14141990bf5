using DataBuild.Stages.Tokenize.Normalizing;

namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>Turns a word into ids: the model of a tokenizer. Immutable.</summary>
internal abstract class WordEncoder
{
    /// <summary>Adds the ids of a word.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Start of the word in bytes.</param>
    /// <param name="end">End of the word in bytes, above the start.</param>
    /// <param name="sink">Where ids go.</param>
    /// <param name="state">The calling thread's state.</param>
    protected abstract void EncodeWord(NormalizedText text, int start, int end, TokenSink sink, EncoderState state);

    /// <summary>Adds the ids of a word, from memory where it was met lately.</summary>
    public void Encode(NormalizedText text, int start, int end, TokenSink sink, EncoderState state)
    {
        if (sink.Tracks)
        {
            EncodeWord(text, start, end, sink, state);
            return;
        }

        ReadOnlySpan<byte> word = text.Bytes[start..end];
        ReadOnlySpan<int> known = state.Words.FindLong(word, out ulong hash);
        if (!known.IsEmpty)
        {
            sink.Ids.AddRange(known);
            return;
        }

        int before = sink.Ids.Count;
        EncodeWord(text, start, end, sink, state);
        state.Words.KeepLong(word, hash, sink.Ids.Span[before..]);
    }
}
