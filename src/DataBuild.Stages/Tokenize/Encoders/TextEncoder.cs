namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>Encodes text that holds no added tokens. Immutable; the mutable part is the caller's state.</summary>
internal abstract class TextEncoder
{
    /// <summary>Appends the ids of a text.</summary>
    /// <param name="text">Valid UTF-8.</param>
    /// <param name="output">Where the ids go.</param>
    /// <param name="state">The calling thread's state for this tokenizer.</param>
    public abstract void Encode(ReadOnlySpan<byte> text, TokenBuffer output, EncoderState state);
}
