using DataBuild.Stages.Tokenize.Normalizing;

namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>Whole words only.</summary>
internal sealed class WordLevelEncoder(TokenTable table, int unknownId) : WordEncoder
{
    /// <inheritdoc/>
    protected override void EncodeWord(NormalizedText text, int start, int end, TokenSink sink, EncoderState state)
    {
        int id = table.Find(text.Bytes[start..end]);
        id = id >= 0 ? id : unknownId;
        if (id >= 0)
        {
            sink.Add(id, text, start, end);
        }
    }
}
