using DataBuild.Text;

namespace DataBuild.Stages.Filter;

/// <summary>Figures of <see cref="GopherRepetition"/>; shares from 0 to 1 (NeMo's and DataTrove's n-gram figures may exceed 1).</summary>
/// <param name="Characters">Length of the text, in code points.</param>
/// <param name="DuplicateParagraphs">Share of paragraphs that repeat.</param>
/// <param name="DuplicateParagraphCharacters">Share of characters in them.</param>
/// <param name="DuplicateLines">Share of lines that repeat.</param>
/// <param name="DuplicateLineCharacters">Share of characters in them.</param>
/// <param name="Top2Gram">Share of characters in the most frequent pair of words.</param>
/// <param name="Top3Gram">Share of characters in the most frequent three words.</param>
/// <param name="Top4Gram">Share of characters in the most frequent four words.</param>
/// <param name="Duplicate5Grams">Share of characters in repeated runs of five words.</param>
/// <param name="Duplicate6Grams">Share of characters in repeated runs of six words.</param>
/// <param name="Duplicate7Grams">Share of characters in repeated runs of seven words.</param>
/// <param name="Duplicate8Grams">Share of characters in repeated runs of eight words.</param>
/// <param name="Duplicate9Grams">Share of characters in repeated runs of nine words.</param>
/// <param name="Duplicate10Grams">Share of characters in repeated runs of ten words.</param>
[Figures]
public readonly partial record struct GopherRepetitionFigures(
    int Characters,
    double DuplicateParagraphs,
    double DuplicateParagraphCharacters,
    double DuplicateLines,
    double DuplicateLineCharacters,
    double Top2Gram,
    double Top3Gram,
    double Top4Gram,
    double Duplicate5Grams,
    double Duplicate6Grams,
    double Duplicate7Grams,
    double Duplicate8Grams,
    double Duplicate9Grams,
    double Duplicate10Grams);

/// <summary>
/// Repetition rules of Gopher (Rae et al. 2021, appendix A.1.1, table A1): repeated lines and paragraphs, frequent and repeated word n-grams. Four systems
/// read them in four ways; see <see cref="Dialect"/>.
/// </summary>
[Stage("GopherRepetition", Version = 3, Phase = StagePhase.Clean, ColumnPrefix = "repetition")]
public sealed partial record GopherRepetition : DocumentStage<GopherRepetitionFigures>
{
    /// <summary>Whose reading of the rules is applied.</summary>
    public FilterDialect Dialect { get; init; } = FilterDialect.Datatrove;

    /// <summary>Largest share of paragraphs that repeat.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxDuplicateParagraphs { get; init; } = 0.30;

    /// <summary>Largest share of characters in repeated paragraphs.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxDuplicateParagraphCharacters { get; init; } = 0.20;

    /// <summary>Largest share of lines that repeat.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxDuplicateLines { get; init; } = 0.30;

    /// <summary>Largest share of characters in repeated lines (Dolma's own configurations: 0.3).</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxDuplicateLineCharacters { get; init; } = 0.20;

    /// <summary>Largest share of characters in the most frequent pair of words.</summary>
    [Threshold, Option(Min = 0, Unit = "fraction")]
    public double MaxTop2Gram { get; init; } = 0.20;

    /// <summary>Largest share of characters in the most frequent three words.</summary>
    [Threshold, Option(Min = 0, Unit = "fraction")]
    public double MaxTop3Gram { get; init; } = 0.18;

    /// <summary>Largest share of characters in the most frequent four words.</summary>
    [Threshold, Option(Min = 0, Unit = "fraction")]
    public double MaxTop4Gram { get; init; } = 0.16;

    /// <summary>Largest share of characters in repeated runs of five words.</summary>
    [Threshold, Option(Min = 0, Unit = "fraction")]
    public double MaxDuplicate5Grams { get; init; } = 0.15;

    /// <summary>Largest share of characters in repeated runs of six words.</summary>
    [Threshold, Option(Min = 0, Unit = "fraction")]
    public double MaxDuplicate6Grams { get; init; } = 0.14;

    /// <summary>Largest share of characters in repeated runs of seven words.</summary>
    [Threshold, Option(Min = 0, Unit = "fraction")]
    public double MaxDuplicate7Grams { get; init; } = 0.13;

    /// <summary>Largest share of characters in repeated runs of eight words.</summary>
    [Threshold, Option(Min = 0, Unit = "fraction")]
    public double MaxDuplicate8Grams { get; init; } = 0.12;

    /// <summary>Largest share of characters in repeated runs of nine words.</summary>
    [Threshold, Option(Min = 0, Unit = "fraction")]
    public double MaxDuplicate9Grams { get; init; } = 0.11;

    /// <summary>Largest share of characters in repeated runs of ten words.</summary>
    [Threshold, Option(Min = 0, Unit = "fraction")]
    public double MaxDuplicate10Grams { get; init; } = 0.10;

    /// <inheritdoc />
    public override GopherRepetitionFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        ReadOnlySpan<char> text = document.Text;
        if (text.IsEmpty)
        {
            return default;
        }

        int length = CharacterTable.CountCodePoints(text);
        (TokenIndex tokens, TokenTraits traits) = Dialect switch
        {
            FilterDialect.Datatrove => ((TokenIndex)document.Analyze<WordIndex>(), TokenTraits.None),
            FilterDialect.Dclm => (document.Analyze<WordIndex>(), TokenTraits.IsWord),
            _ => (document.Analyze<WhitespaceWordIndex>(), TokenTraits.None),
        };
        RepeatedNGrams grams = document.Analyze<RepeatedNGrams>();
        grams.Start(tokens, traits);
        SpanInterner scratch = document.Analyze<SegmentScratch>().Interner;
        SegmentRepetition paragraphs = SegmentRepetition.OfParagraphs(text, length, scratch, Dialect);
        int wordCharacters = (int)grams.LengthOf(0, grams.TokenCount);
        SegmentRepetition lines = SegmentRepetition.OfLines(document.Analyze<LineIndex>(), text, length, wordCharacters, scratch, Dialect);
        Span<double> shares = stackalloc double[11];
        for (int n = 2; n <= 10; n++)
        {
            grams.Extend();
            shares[n] = n <= 4
                ? NGramRepetition.MostFrequent(grams, Dialect, text, length, tokens)
                : NGramRepetition.Duplicate(grams, Dialect, length);
        }

        return new GopherRepetitionFigures(
            length, paragraphs.Count, paragraphs.Characters, lines.Count, lines.Characters,
            shares[2], shares[3], shares[4], shares[5], shares[6], shares[7], shares[8], shares[9], shares[10]);
    }

    /// <inheritdoc />
    public override Verdict Decide(in GopherRepetitionFigures figures) => figures switch
    {
        { Characters: 0 } => Verdict.Drop("empty"),
        _ when figures.DuplicateParagraphs > MaxDuplicateParagraphs => Verdict.Drop("duplicate_paragraphs"),
        _ when figures.DuplicateParagraphCharacters > MaxDuplicateParagraphCharacters => Verdict.Drop("duplicate_paragraph_characters"),
        _ when figures.DuplicateLines > MaxDuplicateLines => Verdict.Drop("duplicate_lines"),
        _ when figures.DuplicateLineCharacters > MaxDuplicateLineCharacters => Verdict.Drop("duplicate_line_characters"),
        _ when figures.Top2Gram > MaxTop2Gram => Verdict.Drop("top_2_gram"),
        _ when figures.Top3Gram > MaxTop3Gram => Verdict.Drop("top_3_gram"),
        _ when figures.Top4Gram > MaxTop4Gram => Verdict.Drop("top_4_gram"),
        _ when figures.Duplicate5Grams > MaxDuplicate5Grams => Verdict.Drop("duplicate_5_grams"),
        _ when figures.Duplicate6Grams > MaxDuplicate6Grams => Verdict.Drop("duplicate_6_grams"),
        _ when figures.Duplicate7Grams > MaxDuplicate7Grams => Verdict.Drop("duplicate_7_grams"),
        _ when figures.Duplicate8Grams > MaxDuplicate8Grams => Verdict.Drop("duplicate_8_grams"),
        _ when figures.Duplicate9Grams > MaxDuplicate9Grams => Verdict.Drop("duplicate_9_grams"),
        _ when figures.Duplicate10Grams > MaxDuplicate10Grams => Verdict.Drop("duplicate_10_grams"),
        _ => Verdict.Keep,
    };
}
