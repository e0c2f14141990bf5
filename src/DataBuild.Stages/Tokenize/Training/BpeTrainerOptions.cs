namespace DataBuild.Stages.Tokenize.Training;

/// <summary>How text is rewritten before it is counted, and by the trained tokenizer before it encodes.</summary>
public enum TrainingNormalizer
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Canonical composition.</summary>
    Nfc,

    /// <summary>Compatibility composition.</summary>
    Nfkc,

    /// <summary>Compatibility composition, then lower case.</summary>
    NfkcLowercase,
}

/// <summary>How text is cut into the words that merges do not cross.</summary>
public enum TrainingPattern
{
    /// <summary>The pattern of GPT-2.</summary>
    Gpt2,

    /// <summary>The pattern of Llama 3 (cl100k_base without its rule for the end of a text).</summary>
    Llama3,

    /// <summary>The pattern of o200k_base.</summary>
    O200k,

    /// <summary>Not at all: a text, or a chunk of bytes, is one word.</summary>
    None,
}

/// <summary>Which ids the 256 bytes get.</summary>
public enum ByteOrder
{
    /// <summary>In the order of the characters that stand for them, as Hugging Face tokenizers have it.</summary>
    Character,

    /// <summary>In the order of their values.</summary>
    Value,
}

/// <summary>Options of <see cref="BpeTrainer"/>.</summary>
public sealed record BpeTrainerOptions
{
    /// <summary>Tokens in all: special ones, bytes, merges and custom ones; padding comes on top. At least 256 and those given.</summary>
    public int VocabularySize { get; init; } = 32_768;

    /// <summary>Least count of a pair that merges; at least 1.</summary>
    public long MinFrequency { get; init; } = 2;

    /// <summary>Longest token that a merge makes, in bytes; 0 for no limit.</summary>
    public int MaxTokenLength { get; init; }

    /// <summary>Control tokens; they get the first ids, in this order.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = ["<|endoftext|>"];

    /// <summary>Texts that are always one token; they get the ids after the last merge, in this order, but for those that are learnt too, which have the learnt one's.</summary>
    public IReadOnlyList<string> CustomTokens { get; init; } = [];

    /// <summary>Whether further tokens fill the vocabulary up to a power of two.</summary>
    public bool PadToPowerOfTwo { get; init; }

    /// <summary>What fills it.</summary>
    public TokenPadding Padding { get; init; } = TokenPadding.Unused;

    /// <summary>How text is rewritten.</summary>
    public TrainingNormalizer Normalizer { get; init; } = TrainingNormalizer.Nfc;

    /// <summary>How text is cut.</summary>
    public TrainingPattern Pattern { get; init; } = TrainingPattern.Llama3;

    /// <summary>
    /// Probability from 0 to 1 that the end of a word stays one. Below 1 some words are counted together with those after
    /// them, so that merges learn tokens of several words, and the trained tokenizer cuts no words at all.
    /// </summary>
    public double BoundaryProbability { get; init; } = 1;

    /// <summary>Most words that are counted together; at least 1.</summary>
    public int MaxJoinedWords { get; init; } = 5;

    /// <summary>Seed of <see cref="BoundaryProbability"/>; a boundary's fate depends on it, on the text's ordinal and on the boundary's.</summary>
    public ulong Seed { get; init; }

    /// <summary>Which ids bytes get.</summary>
    public ByteOrder ByteOrder { get; init; } = ByteOrder.Character;

    /// <summary>Checks the options against each other.</summary>
    /// <exception cref="ArgumentException">They contradict each other; the message says which.</exception>
    internal void Validate()
    {
        int least = 256 + SpecialTokens.Count + CustomTokens.Count;
        if (VocabularySize < least)
        {
            throw new ArgumentException(
                $"VocabularySize is {VocabularySize}; 256 bytes, {SpecialTokens.Count} special and {CustomTokens.Count} custom tokens need at least {least}.");
        }

        string? twice = SpecialTokens.Concat(CustomTokens).GroupBy(t => t, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1 || g.Key.Length == 0)?.Key;
        if (twice is not null)
        {
            throw new ArgumentException($"SpecialTokens and CustomTokens: '{twice}' is empty or occurs twice.");
        }

        string? single = SpecialTokens.FirstOrDefault(t => t.Length == 1);
        if (single is not null)
        {
            throw new ArgumentException($"SpecialTokens: '{single}' is one character, which may stand for a byte; use a longer text.");
        }

        if (MinFrequency < 1 || MaxTokenLength is < 0 or 1 || MaxJoinedWords < 1 || BoundaryProbability is not (>= 0 and <= 1))
        {
            throw new ArgumentException(
                "MinFrequency and MaxJoinedWords must be at least 1, MaxTokenLength 0 or at least 2, BoundaryProbability from 0 to 1.");
        }
    }
}
