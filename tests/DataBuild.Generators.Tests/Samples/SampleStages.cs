namespace DataBuild.Generators.Tests.Samples;

/// <summary>How words are told apart.</summary>
public enum Segmentation
{
    /// <summary>At blanks.</summary>
    Blanks,

    /// <summary>By Unicode's rules.</summary>
    Unicode,
}

/// <summary>Options that several stages share.</summary>
public abstract record CountingStage : DocumentStage<WordFigures>
{
    /// <summary>How words are told apart. Blanks are faster.</summary>
    public Segmentation Segmentation { get; init; } = Segmentation.Unicode;
}

/// <summary>Drops documents with too few or too many words. The bounds are those of Gopher.</summary>
[Stage("WordCount", Version = 3, ColumnPrefix = "words")]
public sealed partial record WordCount : CountingStage
{
    private const int Most = 100_000;

    /// <summary>Fewest words of a document that is kept.</summary>
    [Threshold, Option(Min = 0, Unit = "words")]
    public int MinWords { get; init; } = 50;

    /// <summary>Most words of a document that is kept.</summary>
    [Threshold, Option(Min = 0, Unit = "words")]
    public long MaxWords { get; init; } = Most;

    /// <summary>Largest fraction of words without a letter; <see langword="null"/> for any.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public float? MaxFractionWithoutLetter { get; init; }

    /// <summary>Weight of a long word.</summary>
    public double Weight { get; init; } = 0.1;

    /// <summary>Lower the case first.</summary>
    public bool IgnoreCase { get; init; }

    /// <summary>Words that are not counted.</summary>
    public IReadOnlyList<string> StopWords { get; init; } = ["the", "a"];

    /// <summary>File of further stop words.</summary>
    public InputFile? StopWordFile { get; init; }

    /// <summary>Further lists.</summary>
    public IReadOnlyList<InputFile> Lists { get; init; } = [];

    /// <summary>Vocabulary: a name or a file.</summary>
    [Option(Names = "small|large")]
    public InputFile Vocabulary { get; init; } = InputFile.FromName("small");

    /// <summary>Unicode normal form.</summary>
    [Option(Names = "NFC|NFKC")]
    public string Form { get; init; } = "NFC";

    /// <summary>Documents measured at once.</summary>
    [WithoutEffectOnOutput, Option(Min = 1)]
    public int BatchSize { get; init; } = 32;

    /// <summary>Not an option.</summary>
    [NotAnOption]
    public object? Tag { get; init; }

    public override WordFigures Measure(Document document)
    {
        int words = document.Text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        return new WordFigures(words, words == 0 ? null : (float)Weight, "x".AsMemory());
    }

    public override Verdict Decide(in WordFigures figures) => Verdict.DropIf(figures.Words < MinWords, "too_few_words");
}

/// <summary>What <see cref="WordCount"/> measures.</summary>
/// <param name="Words">Words of the document.</param>
/// <param name="MeanWeight">Mean weight of a word.</param>
/// <param name="Text">The new text.</param>
[Figures]
public readonly partial record struct WordFigures(int Words, float? MeanWeight, [Column("text")] ReadOnlyMemory<char> Text);

/// <summary>Every type that a figure may have.</summary>
[Figures]
public readonly partial record struct AllFigures(
    bool Flag,
    int Number,
    long Big,
    ulong Digest,
    float Fraction,
    double Precise,
    bool? MaybeFlag,
    int? MaybeNumber,
    long? MaybeBig,
    ulong? MaybeDigest,
    float? MaybeFraction,
    double? MaybePrecise,
    string Word,
    string? MaybeWord,
    ReadOnlyMemory<char> Characters,
    ReadOnlyMemory<char>? MaybeCharacters,
    ReadOnlyMemory<byte> Bytes,
    ReadOnlyMemory<byte>? MaybeBytes,
    ReadOnlyMemory<int> Tokens,
    ReadOnlyMemory<int>? MaybeTokens,
    ReadOnlyMemory<ulong> Signature,
    [property: Column("embedding")] ReadOnlyMemory<float> URLEmbedding);

/// <summary>Drops a document whose text was seen before.</summary>
[Stage("SampleDedup", Phase = StagePhase.Deduplicate)]
internal sealed partial record SampleDedup : CorpusStage<SampleDedup.Signature, SampleDedup.Outcome>
{
    /// <summary>Expression over columns.</summary>
    [Threshold]
    public string? Keep { get; init; }

    /// <summary>A model.</summary>
    [Option(Required = true)]
    public InputFile? Model { get; init; }

    public override Signature Measure(Document document) => new(1);

    public override void Merge(Corpus corpus, OutcomeWriter<Outcome> outcomes, StageContext context)
    {
    }

    public override Verdict Decide(in Outcome outcome) => Verdict.Keep;

    /// <summary>Digest of the text.</summary>
    [Figures]
    public readonly partial record struct Signature(ulong Digest);

    /// <summary>The document's first twin.</summary>
    [Figures]
    public readonly partial record struct Outcome(string? DuplicateOf);
}

/// <summary>Has no option.</summary>
[Stage("KeepAll")]
public sealed partial record KeepAll : DocumentStage
{
    public override Verdict Run(Document document) => Verdict.Keep;
}
