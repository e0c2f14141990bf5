using DataBuild.Stages.Score;
using DataBuild.Stages.Score.Linear;

namespace DataBuild.Stages.Generate.Rephrase;

/// <summary>
/// Vectors of words from their character n-grams, hashed: where no encoder is given. Forms of one word are similar, words of one meaning are not, so that BERTScore by them is stricter than by an encoder.
/// </summary>
public sealed class WordShapeVectors : ITokenVectors
{
    private const int Dimensions = 256;

    private readonly NGramFeaturizer _featurizer = new(new NGramFeaturizerOptions { Buckets = Dimensions, WordNGrams = 1, MinCharacters = 3, MaxCharacters = 4 });
    private readonly FeatureList _features = new();

    /// <inheritdoc />
    public IReadOnlyList<float[]> Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<float[]> vectors = [];
        foreach (string word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            _featurizer.Featurize(word.AsSpan().Trim(".,;:!?()[]\"'"), _features);
            if (_features.Count == 0)
            {
                continue;
            }

            float[] vector = new float[Dimensions];
            for (int i = 0; i < _features.Count; i++)
            {
                vector[_features.Ids[i]] = _features.Weights[i];
            }

            vectors.Add(vector);
        }

        return vectors;
    }
}
