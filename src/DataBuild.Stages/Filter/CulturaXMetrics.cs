using DataBuild.Stages.Language;
using DataBuild.Text;

namespace DataBuild.Stages.Filter;

/// <summary>Metrics of a document; null where one cannot be had (no word list for the language).</summary>
/// <param name="Words">Words.</param>
/// <param name="Characters">Length in code points.</param>
/// <param name="Lines">Lines that are not blank.</param>
/// <param name="CharacterRepetition">Share of the most frequent character 10-grams among all (ROOTS' definition).</param>
/// <param name="WordRepetition">Share of word 5-grams that occur more than once.</param>
/// <param name="SpecialCharacters">Share of characters that are neither letters nor marks.</param>
/// <param name="StopWords">Share of words that are stop words of the language.</param>
/// <param name="FlaggedWords">Share of words that are flagged words of the language.</param>
/// <param name="ShortLines">Share of lines that are short.</param>
/// <param name="ShortLineCharacters">Share of characters in short lines.</param>
[Figures]
public readonly partial record struct CulturaXFigures(
    int Words,
    int Characters,
    int Lines,
    double CharacterRepetition,
    double WordRepetition,
    double SpecialCharacters,
    double? StopWords,
    double? FlaggedWords,
    double ShortLines,
    double ShortLineCharacters);

/// <summary>What the thresholds of a document's language say of it.</summary>
/// <param name="Failed">The first metric outside its threshold, as <c>low_words</c> or <c>high_short_lines</c>; null when none is.</param>
/// <param name="Value">The document's value of that metric; null when none failed.</param>
/// <param name="Limit">The threshold.</param>
[Figures]
public readonly partial record struct CulturaXOutcome(string? Failed, double? Value, double? Limit);

/// <summary>
/// CulturaX's metric filter (Nguyen et al. 2023, section 2.2): the metrics of ROOTS and OSCAR, with thresholds that the data of each language set: a low
/// percentile as floor where more is better, a high percentile as ceiling where less is better. The thresholds are published as <c>thresholds.json</c>; a copy of that
/// file in the project pins them.
/// </summary>
[Stage("CulturaXMetrics", Version = 3, Phase = StagePhase.Clean, ColumnPrefix = "culturax")]
public sealed partial record CulturaXMetrics : CorpusStage<CulturaXFigures, CulturaXOutcome>, IFileMakingStage
{
    private Dictionary<string, HashSet<string>> _stopWords = [];
    private Dictionary<string, HashSet<string>> _flaggedWords = [];

    /// <summary>The column that holds the language of a document.</summary>
    public string LanguageColumn { get; init; } = "language.code";

    /// <summary>A column with the confidence of the language, which becomes a metric too; empty: none.</summary>
    public string LanguageScoreColumn { get; init; } = "language.score";

    /// <summary>A column with a perplexity, which becomes a metric too; empty: none.</summary>
    public string PerplexityColumn { get; init; } = "";

    /// <summary>Lists of stop words: one word a line, each file named for its language (<c>en.txt</c>).</summary>
    public IReadOnlyList<InputFile> StopWords { get; init; } = [];

    /// <summary>Uses the shipped lists of stop words (stopwords-iso, 58 languages) for languages without a file in <see cref="StopWords"/>.</summary>
    public bool ShippedStopWords { get; init; }

    /// <summary>Lists of flagged words, as <see cref="StopWords"/>.</summary>
    public IReadOnlyList<InputFile> FlaggedWords { get; init; } = [];

    /// <summary>Lines below this length are short.</summary>
    [Option(Min = 1, Unit = "characters")]
    public int ShortLineLength { get; init; } = 100;

    /// <summary>
    /// Thresholds to apply, as the stage writes them to <c>thresholds.json</c> (a pinned copy of it): the data then sets none, and languages that the file does not name have none.
    /// </summary>
    [Threshold]
    public InputFile? Thresholds { get; init; }

    /// <summary>Percentile that is the floor of metrics of which more is better.</summary>
    [Threshold, Option(Min = 0, Max = 100, Unit = "percent")]
    public double LowPercentile { get; init; } = 10;

    /// <summary>Percentile that is the ceiling of metrics of which less is better.</summary>
    [Threshold, Option(Min = 0, Max = 100, Unit = "percent")]
    public double HighPercentile { get; init; } = 90;

    /// <summary>Languages with fewer documents get no thresholds: too few to know the distribution.</summary>
    [Threshold, Option(Min = 1, Unit = "documents")]
    public int MinDocuments { get; init; } = 100;

    /// <inheritdoc />
    [NotAnOption]
    public override IReadOnlyList<string> InputColumns => ["text", LanguageColumn];

    /// <inheritdoc />
    [NotAnOption]
    public override IReadOnlyList<string> MergeColumns => [.. new[] { LanguageColumn, LanguageScoreColumn, PerplexityColumn }.Where(c => c.Length > 0)];

    /// <inheritdoc />
    [NotAnOption]
    public IReadOnlyList<string> MadeFiles => ["thresholds.json"];

    /// <inheritdoc />
    /// <exception cref="StageException">A list cannot be read.</exception>
    public override void Initialize(StageContext context)
    {
        _stopWords = WordListMatcher.ReadByLanguage(StopWords, "CulturaXMetrics.StopWords");
        _flaggedWords = WordListMatcher.ReadByLanguage(FlaggedWords, "CulturaXMetrics.FlaggedWords");
    }

    /// <inheritdoc />
    public override CulturaXFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        ReadOnlySpan<char> text = document.Text;
        int characters = CharacterTable.CountCodePoints(text);
        WordIndex words = document.Analyze<WordIndex>();
        RepeatedNGrams grams = document.Analyze<RepeatedNGrams>();
        grams.Start(words, TokenTraits.IsWord);
        while (grams.N < 5)
        {
            grams.Extend();
        }

        int wordCount = grams.TokenCount;
        string language = document.GetString(LanguageColumn) ?? "";
        (int lines, double shortLines, double shortCharacters) = MeasureLines(document.Analyze<LineIndex>(), text);
        return new CulturaXFigures(
            wordCount,
            characters,
            lines,
            document.Analyze<CharacterRepetition>().Measure(text),
            wordCount < 5 ? 0 : (double)grams.Positions.Length / (wordCount - 4),
            SpecialShare(text, characters),
            ShareOf(words, _stopWords.GetValueOrDefault(language) ?? (ShippedStopWords ? StopWordLists.Find(language) : null), wordCount),
            ShareOf(words, _flaggedWords.GetValueOrDefault(language), wordCount),
            shortLines,
            shortCharacters);
    }

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<CulturaXOutcome> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(outcomes);
        ArgumentNullException.ThrowIfNull(context);
        MetricTable table = new(this);
        if (Thresholds is { } pinned)
        {
            table.ReadThresholds(pinned);
        }
        else
        {
            foreach (CorpusBatch batch in corpus.Read(table.Columns))
            {
                table.Count(batch);
            }

            table.SetThresholds();
        }

        table.WriteThresholds(Path.Combine(context.FilesDirectory, MadeFiles[0]));
        foreach (CorpusBatch batch in corpus.Read(table.Columns))
        {
            for (int row = 0; row < batch.Count; row++)
            {
                CulturaXOutcome outcome = batch.Alive.Span[row] ? table.Judge(batch.Documents, row) : default;
                outcomes.Append(in outcome);
            }
        }
    }

    /// <inheritdoc />
    public override Verdict Decide(in CulturaXOutcome outcome) => outcome.Failed is { } reason ? Verdict.Drop(reason) : Verdict.Keep;

    private static double SpecialShare(ReadOnlySpan<char> text, int characters)
    {
        int special = 0;
        foreach (char c in text)
        {
            // Letters beyond the BMP are surrogate pairs; they are no special characters.
            bool isPlain = CharacterTable.Is(c, CharacterTraits.Letter) || char.IsSurrogate(c)
                || (c >= '\u0300' && char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark);
            special += isPlain ? 0 : 1;
        }

        return characters == 0 ? 0 : (double)special / characters;
    }

    private static double? ShareOf(WordIndex words, HashSet<string>? list, int wordCount)
    {
        if (list is null)
        {
            return null;
        }

        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> lookup = list.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> lower = stackalloc char[64];
        int found = 0;
        for (int type = 0; type < words.Types.Length; type++)
        {
            ReadOnlySpan<char> word = words.TextOf(type);
            if (word.Length <= lower.Length && lookup.Contains(lower[..word.ToLowerInvariant(lower)]))
            {
                found += words.Types[type].Count;
            }
        }

        return wordCount == 0 ? 0 : (double)found / wordCount;
    }

    private (int Lines, double ShortLines, double ShortCharacters) MeasureLines(LineIndex lines, ReadOnlySpan<char> text)
    {
        int count = 0;
        int shortLines = 0;
        long characters = 0;
        long shortCharacters = 0;
        foreach (ref readonly InternedSpan type in lines.Types)
        {
            if (CharacterTable.Trim(text.Slice(type.Start, type.Length)).IsEmpty)
            {
                continue;
            }

            count += type.Count;
            characters += (long)type.CodePoints * type.Count;
            if (type.CodePoints < ShortLineLength)
            {
                shortLines += type.Count;
                shortCharacters += (long)type.CodePoints * type.Count;
            }
        }

        return count == 0 ? (0, 0, 0) : (count, (double)shortLines / count, (double)shortCharacters / characters);
    }
}
