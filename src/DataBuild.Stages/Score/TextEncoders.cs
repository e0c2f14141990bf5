using DataBuild.Stages.Score.Linear;
using DataBuild.Stages.Tokenize;

namespace DataBuild.Stages.Score;

/// <summary>Makes a model's inputs from a text. One instance serves one thread.</summary>
public interface ITextEncoder
{
    /// <summary>Replaces what is in the list by the ids of a text.</summary>
    void Encode(ReadOnlySpan<char> text, FeatureList features);
}

/// <summary>Appends the token ids of a text; a tokenizer as the scorer needs it.</summary>
/// <param name="text">The text.</param>
/// <param name="tokens">Receives the ids.</param>
public delegate void TokenIds(ReadOnlySpan<char> text, FeatureList tokens);

/// <summary>Token ids for a transformer.</summary>
public sealed class TokenTextEncoder(TokenIds tokenIds) : ITextEncoder
{
    /// <summary>A tokenizer as the scorer takes it; null for none.</summary>
    internal static TokenIds? IdsOf(TextTokenizer? tokenizer) => tokenizer is null ? null : (text, tokens) =>
    {
        using TokenBuffer buffer = new(Math.Max(16, text.Length / 3));
        tokenizer.Encode(text, buffer);
        foreach (int id in buffer.Span)
        {
            tokens.Add(id);
        }
    };

    /// <inheritdoc />
    public void Encode(ReadOnlySpan<char> text, FeatureList features)
    {
        features.Clear();
        tokenIds(text, features);
    }
}

/// <summary>Hashed n-grams for a linear model.</summary>
public sealed class NGramTextEncoder(NGramFeaturizerOptions options) : ITextEncoder
{
    private readonly NGramFeaturizer _featurizer = new(options);

    /// <inheritdoc />
    public void Encode(ReadOnlySpan<char> text, FeatureList features) => _featurizer.Featurize(text, features);
}
