using System.Buffers;

namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>What is behind a <see cref="TextTokenizer"/>: one kind of definition, loaded.</summary>
internal abstract class TokenizerModel
{
    /// <summary>One more than the highest id.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>Id of the token that ends a text.</summary>
    public abstract int? EndOfTextId { get; }

    /// <summary>Ids that the definition's post-processor puts before a text.</summary>
    public virtual ReadOnlySpan<int> Prefix => [];

    /// <summary>Ids that the definition's post-processor puts after a text.</summary>
    public virtual ReadOnlySpan<int> Suffix => [];

    /// <summary>Whether any bytes can be encoded, valid UTF-8 or not: nothing looks at characters.</summary>
    public virtual bool TakesBytes => false;

    /// <summary>Adds the ids of a text that is valid UTF-8, or of any bytes where <see cref="TakesBytes"/> says so.</summary>
    public abstract void Encode(ReadOnlySpan<byte> text, TokenSink sink, EncoderState state, SpecialTokens special);

    /// <summary>Writes the bytes of ids.</summary>
    public abstract void Decode(ReadOnlySpan<int> ids, IBufferWriter<byte> output);

    /// <summary>Id of a token by its text.</summary>
    public abstract int? Find(string token);
}
