using System.Globalization;
using System.Numerics;

namespace DataBuild.Stages.Score.Linear;

/// <summary>How counts of n-grams become weights. Both make long and short texts comparable.</summary>
public enum NGramWeighting
{
    /// <summary>Count divided by the number of all n-grams: the average of embeddings, as in fastText.</summary>
    Mean,

    /// <summary>Square root of the count, the whole scaled to Euclidean length 1.</summary>
    SquareRoot,
}

/// <summary>
/// How a text becomes hashed n-grams. Written into a model's metadata and read from there, so that a model file says how its inputs are made.
/// </summary>
public sealed record NGramFeaturizerOptions
{
    private const string Prefix = "databuild.ngrams.";

    /// <summary>Rows of the model's table: a power of two from 2^8 to 2^24.</summary>
    public int Buckets { get; init; } = 1 << 18;

    /// <summary>Longest run of neighbouring tokens (words, marks, line ends) that is one n-gram; 0 for none.</summary>
    public int WordNGrams { get; init; } = 2;

    /// <summary>Shortest run of characters in a word, its two ends included, that is one n-gram; 0 for none.</summary>
    public int MinCharacters { get; init; } = 4;

    /// <summary>Longest such run.</summary>
    public int MaxCharacters { get; init; } = 4;

    /// <summary>UTF-16 units at the beginning of a text that are read; the rest is not covered.</summary>
    public int MaxTextLength { get; init; } = 20_000;

    /// <summary>How counts become weights.</summary>
    public NGramWeighting Weighting { get; init; } = NGramWeighting.SquareRoot;

    /// <summary>Checks ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range; the message names it.</exception>
    public void Validate()
    {
        Require(BitOperations.IsPow2(Buckets) && Buckets is >= 1 << 8 and <= 1 << 24, nameof(Buckets), Buckets, "a power of two from 256 to 16777216");
        Require(WordNGrams is >= 0 and <= 5, nameof(WordNGrams), WordNGrams, "0 to 5");
        Require(MinCharacters is >= 0 and <= 10, nameof(MinCharacters), MinCharacters, "0 to 10");
        Require(MaxCharacters >= MinCharacters && MaxCharacters <= 10, nameof(MaxCharacters), MaxCharacters, "MinCharacters to 10");
        Require(WordNGrams > 0 || MinCharacters > 0, nameof(WordNGrams), WordNGrams, "at least 1 when there are no character n-grams");
        Require(MaxTextLength > 0, nameof(MaxTextLength), MaxTextLength, "at least 1");

        static void Require(bool condition, string name, int value, string expected)
        {
            if (!condition)
            {
                throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; expected {expected}");
            }
        }
    }

    /// <summary>The options as model metadata.</summary>
    public IEnumerable<KeyValuePair<string, string>> ToMetadata()
    {
        yield return new("databuild.featurizer", "ngrams.1");
        yield return new(Prefix + "buckets", Text(Buckets));
        yield return new(Prefix + "word_ngrams", Text(WordNGrams));
        yield return new(Prefix + "min_characters", Text(MinCharacters));
        yield return new(Prefix + "max_characters", Text(MaxCharacters));
        yield return new(Prefix + "max_text_length", Text(MaxTextLength));
        yield return new(Prefix + "weighting", Weighting.ToString());

        static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Reads the options from model metadata; null when the model is not one of hashed n-grams.</summary>
    /// <exception cref="FormatException">A property is missing or wrong, or the featurizer is of a version that is not known.</exception>
    public static NGramFeaturizerOptions? FromMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue("databuild.featurizer", out string? version))
        {
            return null;
        }

        if (version != "ngrams.1")
        {
            throw new FormatException($"metadata 'databuild.featurizer' is '{version}'; expected 'ngrams.1'");
        }

        NGramFeaturizerOptions options = new()
        {
            Buckets = Number("buckets"),
            WordNGrams = Number("word_ngrams"),
            MinCharacters = Number("min_characters"),
            MaxCharacters = Number("max_characters"),
            MaxTextLength = Number("max_text_length"),
            Weighting = Enum.TryParse(Value("weighting"), out NGramWeighting weighting)
                ? weighting
                : throw new FormatException($"metadata '{Prefix}weighting' is '{Value("weighting")}'; expected Mean or SquareRoot"),
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new FormatException($"metadata '{Prefix}*': {e.Message}", e);
        }

        return options;

        string Value(string name) => metadata.TryGetValue(Prefix + name, out string? value)
            ? value
            : throw new FormatException($"metadata '{Prefix}{name}' is missing");

        int Number(string name) => int.TryParse(Value(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new FormatException($"metadata '{Prefix}{name}' is '{Value(name)}'; expected a whole number");
    }
}
