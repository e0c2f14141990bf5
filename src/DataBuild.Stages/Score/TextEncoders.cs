using DataBuild.Stages.Score.Linear;

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
