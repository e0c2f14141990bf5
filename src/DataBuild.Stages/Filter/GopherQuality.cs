using System.Numerics;
using DataBuild.Text;

namespace DataBuild.Stages.Filter;

/// <summary>Figures of <see cref="GopherQuality"/>.</summary>
/// <param name="Words">Words, as the dialect counts them against <see cref="GopherQuality.MinWords"/>.</param>
/// <param name="MeanWordLength">Mean length of those words, in code points.</param>
/// <param name="MedianWordLength">Median length of those words, in code points.</param>
/// <param name="HashesPerWord">'#' signs for each word.</param>
/// <param name="EllipsesPerWord">Ellipses for each word.</param>
/// <param name="SymbolsPerWord">Both together, as dialects with one joint limit count them.</param>
/// <param name="BulletLines">Share of lines that start with a bullet.</param>
/// <param name="EllipsisLines">Share of lines that end with an ellipsis.</param>
/// <param name="AlphabeticWords">Share of words that hold a letter.</param>
/// <param name="StopWords">English stop words found: distinct ones or all, by dialect.</param>
[Figures]
public readonly partial record struct GopherQualityFigures(
    int Words,
    double MeanWordLength,
    double MedianWordLength,
    double HashesPerWord,
    double EllipsesPerWord,
    double SymbolsPerWord,
    double BulletLines,
    double EllipsisLines,
    double AlphabeticWords,
    int StopWords);

/// <summary>
/// Document quality rules of Gopher (Rae et al. 2021, appendix A.1.1): length, word length, symbols, bullets, ellipses, letters, stop words.
/// </summary>
[Stage("GopherQuality", Version = 3, Phase = StagePhase.Clean, ColumnPrefix = "gopher")]
public sealed partial record GopherQuality : DocumentStage<GopherQualityFigures>
{
    /// <summary>Whose reading of the rules is applied.</summary>
    public FilterDialect Dialect { get; init; } = FilterDialect.Datatrove;

    /// <summary>Fewest words.</summary>
    [Threshold, Option(Min = 0, Unit = "words")]
    public int MinWords { get; init; } = 50;

    /// <summary>Most words.</summary>
    [Threshold, Option(Min = 1, Unit = "words")]
    public int MaxWords { get; init; } = 100_000;

    /// <summary>Least mean (Dolma: median) word length.</summary>
    [Threshold, Option(Min = 0, Unit = "characters")]
    public double MinMeanWordLength { get; init; } = 3;

    /// <summary>Greatest mean (Dolma: median) word length.</summary>
    [Threshold, Option(Min = 0, Unit = "characters")]
    public double MaxMeanWordLength { get; init; } = 10;

    /// <summary>Most symbols ('#', and ellipses) for each word.</summary>
    [Threshold, Option(Min = 0, Unit = "fraction")]
    public double MaxSymbolsPerWord { get; init; } = 0.1;

    /// <summary>Largest share of lines that start with a bullet.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxBulletLines { get; init; } = 0.9;

    /// <summary>Largest share of lines that end with an ellipsis.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxEllipsisLines { get; init; } = 0.3;

    /// <summary>Least share of words that hold a letter.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MinAlphabeticWords { get; init; } = 0.8;

    /// <summary>Fewest English stop words (the, be, to, of, and, that, have, with); 0 for other languages.</summary>
    [Threshold, Option(Min = 0, Unit = "words")]
    public int MinStopWords { get; init; } = 2;

    /// <inheritdoc />
    public override GopherQualityFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        ReadOnlySpan<char> text = document.Text;
        (double bullets, double ellipsisLines) = GopherLines.Measure(document.Analyze<LineIndex>(), text, Dialect);
        TokenIndex ratioWords = Dialect == FilterDialect.Datatrove ? document.Analyze<WordIndex>() : document.Analyze<WhitespaceWordIndex>();
        WordSummary all = WordSummary.Of(ratioWords, TokenTraits.None, Dialect);
        WordSummary counted = Dialect switch
        {
            FilterDialect.Datatrove => WordSummary.Of(ratioWords, TokenTraits.HasNonPunctuation, Dialect),
            FilterDialect.Dclm => all with { Words = WordSummary.Of(document.Analyze<WordIndex>(), TokenTraits.IsWord, Dialect).Words },
            _ => all,
        };
        double words = Math.Max(1, all.Words);
        (double hashes, double ellipses, double symbols) = GopherSymbols.Count(text, ratioWords, Dialect);
        return new GopherQualityFigures(
            counted.Words,
            counted.MeanLength,
            counted.MedianLength,
            hashes / words,
            ellipses / words,
            symbols / words,
            bullets,
            ellipsisLines,
            all.WithLetter / words,
            Dialect is FilterDialect.Datatrove or FilterDialect.Paper ? BitOperations.PopCount(all.StopWordSet) : all.StopWords);
    }

    /// <inheritdoc />
    public override Verdict Decide(in GopherQualityFigures figures)
    {
        double length = Dialect == FilterDialect.Dolma ? figures.MedianWordLength : figures.MeanWordLength;
        bool joint = Dialect is FilterDialect.Dclm or FilterDialect.Dolma or FilterDialect.Nemo;
        return figures switch
        {
            { Words: 0 } => Verdict.Drop("empty"),
            _ when figures.Words < MinWords => Verdict.Drop("too_few_words"),
            _ when figures.Words > MaxWords => Verdict.Drop("too_many_words"),
            _ when length < MinMeanWordLength => Verdict.Drop("words_too_short"),
            _ when length > MaxMeanWordLength => Verdict.Drop("words_too_long"),
            _ when joint && figures.SymbolsPerWord > MaxSymbolsPerWord => Verdict.Drop("too_many_symbols"),
            _ when !joint && figures.HashesPerWord > MaxSymbolsPerWord => Verdict.Drop("too_many_hashes"),
            _ when !joint && figures.EllipsesPerWord > MaxSymbolsPerWord => Verdict.Drop("too_many_ellipses"),
            _ when figures.BulletLines > MaxBulletLines => Verdict.Drop("too_many_bullet_lines"),
            _ when figures.EllipsisLines > MaxEllipsisLines => Verdict.Drop("too_many_ellipsis_lines"),
            _ when figures.AlphabeticWords < MinAlphabeticWords => Verdict.Drop("too_few_alphabetic_words"),
            _ when figures.StopWords < MinStopWords => Verdict.Drop("too_few_stop_words"),
            _ => Verdict.Keep,
        };
    }
}
