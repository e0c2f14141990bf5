namespace DataBuild.Stages.Filter;

/// <summary>Figures of <see cref="C4BadWords"/>.</summary>
/// <param name="Matches">Words and phrases of the list found, each occurrence counted.</param>
/// <param name="Draw">A number from 0 to 1 that the seed and the text decide, for <see cref="C4BadWords.KeepFraction"/>.</param>
[Figures]
public readonly partial record struct C4BadWordsFigures(int Matches, double Draw);

/// <summary>
/// Drops documents with a word of a list (C4, Raffel et al. 2020, uses the "List of Dirty, Naughty, Obscene or Otherwise Bad Words"; its files are one word a
/// line). Words count only between other characters than letters, digits and underscore; not so in Japanese, Chinese and Thai.
/// </summary>
[Stage("C4BadWords", Version = 1, Phase = StagePhase.Clean, ColumnPrefix = "c4BadWords")]
public sealed partial record C4BadWords : DocumentStage<C4BadWordsFigures>
{
    private WordListMatcher? _matcher;

    /// <summary>The list: one word or phrase a line, in UTF-8; lines that start with '#' are left out.</summary>
    [Option(Required = true)]
    public InputFile? List { get; init; }

    /// <summary>Finds words inside other words too: for Japanese, Chinese and Thai.</summary>
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
    public override void Initialize(StageContext context)
    {
        InputFile list = List ?? throw new StageException("DB4304", "C4BadWords needs a list");
        _matcher = new WordListMatcher(WordListMatcher.ReadList(list, "C4BadWords.List"));
    }

    /// <inheritdoc />
    public override C4BadWordsFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        WordListMatcher matcher = _matcher ?? throw new InvalidOperationException("C4BadWords is not initialised");
        int matches = matcher.CountMatches(document.Text, !WithoutWordBoundaries);
        ulong hash = System.IO.Hashing.XxHash64.HashToUInt64(document.TextUtf8, Seed);
        return new C4BadWordsFigures(matches, (hash >> 11) / (double)(1UL << 53));
    }

    /// <inheritdoc />
    public override Verdict Decide(in C4BadWordsFigures figures) =>
        Verdict.DropIf(figures.Matches > MaxMatches && figures.Draw >= KeepFraction, "bad_words");
}
