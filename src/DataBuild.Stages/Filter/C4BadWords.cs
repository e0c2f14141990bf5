namespace DataBuild.Stages.Filter;

/// <summary>Whose reading of "a page that holds a word of the list" is meant.</summary>
public enum BadWordsDialect
{
    /// <summary>DataTrove: an entry counts between characters other than letters, digits and underscore.</summary>
    Datatrove,

    /// <summary>DCLM: an entry counts between word boundaries (<c>\b</c>): one that ends with a mark needs a letter after it.</summary>
    Dclm,

    /// <summary>Dolma's tagger: a word counts between white space (<c>word,</c> does not), an entry of several words anywhere.</summary>
    Dolma,

    /// <summary>The code that made C4: an entry counts between characters of its line other than <c>a</c> to <c>z</c>, so never at the beginning or the end of a line.</summary>
    Paper,
}

/// <summary>Figures of <see cref="C4BadWords"/>.</summary>
/// <param name="Matches">Words and phrases of the list found, each occurrence counted.</param>
/// <param name="Draw">A number from 0 to 1 that the seed and the text decide, for <see cref="C4BadWords.KeepFraction"/>.</param>
[Figures]
public readonly partial record struct C4BadWordsFigures(int Matches, double Draw);

/// <summary>
/// Drops documents with a word of a list (C4, Raffel et al. 2020, uses the "List of Dirty, Naughty, Obscene or Otherwise Bad Words"; its files are one word a
/// line, and a file a language). Case does not count. In Japanese, Chinese and Thai an entry counts inside other words too.
/// </summary>
[Stage("C4BadWords", Version = 2, Phase = StagePhase.Clean, ColumnPrefix = "c4BadWords")]
public sealed partial record C4BadWords : DocumentStage<C4BadWordsFigures>
{
    private WordListMatcher? _matcher;
    private Dictionary<string, WordListMatcher> _byLanguage = [];

    /// <summary>Whose reading of the rule is applied.</summary>
    public BadWordsDialect Dialect { get; init; } = BadWordsDialect.Datatrove;

    /// <summary>The list for all documents: one word or phrase a line, in UTF-8; lines that start with '#' are left out.</summary>
    public InputFile? List { get; init; }

    /// <summary>Lists for the documents of one language each, named for it (<c>en.txt</c>). Documents in other languages are judged by <see cref="List"/> alone.</summary>
    public IReadOnlyList<InputFile> Lists { get; init; } = [];

    /// <summary>The column that holds the language of a document, for <see cref="Lists"/>.</summary>
    public string LanguageColumn { get; init; } = "language.code";

    /// <summary>Finds words of <see cref="List"/> inside other words too: for Japanese, Chinese and Thai. The files <c>ja</c>, <c>zh</c> and <c>th</c> of <see cref="Lists"/> are read so always.</summary>
    public bool WithoutWordBoundaries { get; init; }

    /// <summary>Most occurrences that a document may hold.</summary>
    [Threshold, Option(Min = 0, Unit = "occurrences")]
    public int MaxMatches { get; init; }

    /// <summary>Share of the documents with more that are kept nevertheless, drawn by seed and text.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double KeepFraction { get; init; }

    /// <summary>Seed of the draw.</summary>
    public long Seed { get; init; }

    /// <inheritdoc />
    [NotAnOption]
    public override IReadOnlyList<string> InputColumns => Lists.Count > 0 ? ["text", LanguageColumn] : ["text"];

    private WordBoundary Boundary => Dialect switch
    {
        BadWordsDialect.Dclm => WordBoundary.Change,
        BadWordsDialect.Dolma => WordBoundary.WhiteSpace,
        BadWordsDialect.Paper => WordBoundary.NoLetter,
        _ => WordBoundary.OtherCharacter,
    };

    /// <inheritdoc />
    /// <exception cref="StageException">A list cannot be read, or there is none.</exception>
    public override void Initialize(StageContext context)
    {
        if (List is null && Lists.Count == 0)
        {
            throw new StageException("DB4304", "C4BadWords needs a list: give List or Lists");
        }

        _matcher = List is { } list ? new WordListMatcher(WordListMatcher.ReadList(list, "C4BadWords.List")) : null;
        _byLanguage = WordListMatcher.ReadByLanguage(Lists, "C4BadWords.Lists").ToDictionary(l => l.Key, l => new WordListMatcher(l.Value), StringComparer.OrdinalIgnoreCase);
    }

    /// <inheritdoc />
    public override C4BadWordsFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        int matches = _matcher?.CountMatches(document.Text, WithoutWordBoundaries ? WordBoundary.None : Boundary) ?? 0;
        if (_byLanguage.Count > 0 && document.GetString(LanguageColumn) is { } language && _byLanguage.TryGetValue(language, out WordListMatcher? words))
        {
            matches += words.CountMatches(document.Text, language is "ja" or "zh" or "th" ? WordBoundary.None : Boundary);
        }

        ulong hash = System.IO.Hashing.XxHash64.HashToUInt64(document.TextUtf8, Seed);
        return new C4BadWordsFigures(matches, (hash >> 11) / (double)(1UL << 53));
    }

    /// <inheritdoc />
    public override Verdict Decide(in C4BadWordsFigures figures) =>
        Verdict.DropIf(figures.Matches > MaxMatches && figures.Draw >= KeepFraction, "bad_words");
}
