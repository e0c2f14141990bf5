namespace DataBuild.Stages.Filter;

/// <summary>Figures of <see cref="RefinedWebLines"/>.</summary>
/// <param name="Words">Words before.</param>
/// <param name="RemovedWords">Share of words removed.</param>
/// <param name="UppercaseLines">Lines removed for upper-case letters.</param>
/// <param name="NumericLines">Lines removed for digits.</param>
/// <param name="CounterLines">Lines removed because they count likes, shares and the like.</param>
/// <param name="OneWordLines">Lines removed for too few words.</param>
/// <param name="PhraseLines">Lines shortened or removed for phrases of navigation.</param>
/// <param name="KeptCharacters">UTF-16 units left, white space at both ends not counted.</param>
/// <param name="Text">The lines kept.</param>
[Figures]
public readonly partial record struct RefinedWebLinesFigures(
    int Words,
    double RemovedWords,
    int UppercaseLines,
    int NumericLines,
    int CounterLines,
    int OneWordLines,
    int PhraseLines,
    int KeptCharacters,
    [property: Column("text")] ReadOnlyMemory<char> Text);

/// <summary>
/// RefinedWeb's line-wise corrections (Penedo et al. 2023, appendix G.2) as DCLM published them: removes lines of capitals, of digits, of social counters and of
/// one word, takes phrases of navigation out of short lines, and drops pages that lost more than a twentieth of their words.
/// </summary>
[Stage("RefinedWebLines", Version = 2, Phase = StagePhase.Clean, ColumnPrefix = "refinedWeb")]
public sealed partial record RefinedWebLines : DocumentStage<RefinedWebLinesFigures>
{
    /// <summary>Largest share of upper-case characters in a line.</summary>
    [Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxUppercase { get; init; } = 0.5;

    /// <summary>Largest share of digits in a line.</summary>
    [Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxNumeric { get; init; } = 0.999999;

    /// <summary>Fewest words of a line that is not empty.</summary>
    [Option(Min = 0, Unit = "words")]
    public int MinWordsPerLine { get; init; } = 2;

    /// <summary>Only lines of at most so many words are searched for phrases.</summary>
    [Option(Min = 0, Unit = "words")]
    public int MaxWordsOfPhraseLine { get; init; } = 10;

    /// <summary>Largest share of words that may be removed.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxRemovedWords { get; init; } = 0.05;

    /// <inheritdoc />
    public override RefinedWebLinesFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return new RefinedWebLineFilter(this, document.RentTextBuilder()).Run(document.Text);
    }

    /// <inheritdoc />
    public override Verdict Decide(in RefinedWebLinesFigures figures) => figures switch
    {
        { Words: 0 } => Verdict.Drop("empty"),
        { KeptCharacters: 0 } => Verdict.Drop("nothing_left"),
        _ => Verdict.DropIf(figures.RemovedWords > MaxRemovedWords, "too_many_words_removed"),
    };
}
