using DataBuild.Text;

namespace DataBuild.Stages.Filter;

/// <summary>Figures of <see cref="ToxicityWords"/>.</summary>
/// <param name="Matches">Words and phrases of the lists found, each occurrence counted.</param>
/// <param name="PerThousandWords">Occurrences for each thousand words.</param>
[Figures]
public readonly partial record struct ToxicityWordsFigures(int Matches, double PerThousandWords);

/// <summary>Drops documents in which words of lists are frequent: a measure of share, where a single word (as in <see cref="C4BadWords"/>) would drop too much.</summary>
[Stage("ToxicityWords", Version = 3, Phase = StagePhase.Clean, ColumnPrefix = "toxicity")]
public sealed partial record ToxicityWords : DocumentStage<ToxicityWordsFigures>
{
    private WordListMatcher? _matcher;

    /// <summary>Lists: one word or phrase a line, in UTF-8; lines that start with '#' are left out.</summary>
    [Option(Required = true)]
    public IReadOnlyList<InputFile> Lists { get; init; } = [];

    /// <summary>Finds words inside other words too: for scripts without spaces.</summary>
    public bool WithoutWordBoundaries { get; init; }

    /// <summary>Most occurrences for each thousand words.</summary>
    [Threshold, Option(Min = 0, Unit = "occurrences per 1000 words")]
    public double MaxPerThousandWords { get; init; } = 10;

    /// <summary>Documents with fewer occurrences stay.</summary>
    [Threshold, Option(Min = 1, Unit = "occurrences")]
    public int MinMatches { get; init; } = 2;

    /// <inheritdoc />
    public override void Initialize(StageContext context) =>
        _matcher = new WordListMatcher(Lists.SelectMany(l => WordListMatcher.ReadList(l, "ToxicityWords.Lists")));

    /// <inheritdoc />
    public override ToxicityWordsFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        WordListMatcher matcher = _matcher ?? throw new InvalidOperationException("ToxicityWords is not initialised");
        int matches = matcher.CountMatches(document.Text, WithoutWordBoundaries ? WordBoundary.None : WordBoundary.OtherCharacter);
        return new ToxicityWordsFigures(matches, matches == 0 ? 0 : 1000.0 * matches / Math.Max(1, document.Analyze<WordIndex>().Count));
    }

    /// <inheritdoc />
    public override Verdict Decide(in ToxicityWordsFigures figures) =>
        Verdict.DropIf(figures.Matches >= MinMatches && figures.PerThousandWords > MaxPerThousandWords, "toxic_words");
}
