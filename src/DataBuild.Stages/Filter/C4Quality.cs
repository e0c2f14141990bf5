namespace DataBuild.Stages.Filter;

/// <summary>Whose reading of C4's line rules is meant.</summary>
public enum C4Dialect
{
    /// <summary>DataTrove and TensorFlow Datasets: lines end with <c>. ? ! " '</c> but not with <c>...</c>; "javascript" anywhere in a line.</summary>
    Datatrove,

    /// <summary>Dolma's tagger: lines end with <c>. ? ! "</c>; "javascript" as a whole word.</summary>
    Dolma,
}

/// <summary>Figures of <see cref="C4Quality"/>.</summary>
/// <param name="Sentences">Sentences in the lines kept.</param>
/// <param name="KeptLines">Lines kept.</param>
/// <param name="LongWordLines">Lines removed for a word that is too long.</param>
/// <param name="UnterminatedLines">Lines removed because they do not end as a sentence does.</param>
/// <param name="ShortLines">Lines removed for too few words.</param>
/// <param name="JavascriptLines">Lines removed for "javascript".</param>
/// <param name="PolicyLines">Lines removed for words of cookie and privacy notices.</param>
/// <param name="LoremIpsum">A line that would stay holds "lorem ipsum".</param>
/// <param name="CurlyBracket">A line that would stay holds '{'.</param>
/// <param name="Text">The lines kept.</param>
[Figures]
public readonly partial record struct C4QualityFigures(
    int Sentences,
    int KeptLines,
    int LongWordLines,
    int UnterminatedLines,
    int ShortLines,
    int JavascriptLines,
    int PolicyLines,
    bool LoremIpsum,
    bool CurlyBracket,
    [property: Column("text")] ReadOnlyMemory<char> Text);

/// <summary>
/// Line and page rules of C4 (Raffel et al. 2020, section 2.2): removes lines without sentence end, with few words, with notices of scripts and cookies,
/// and citation marks; drops pages with placeholder text, with code, and with few sentences.
/// </summary>
[Stage("C4Quality", Version = 1, Phase = StagePhase.Clean, ColumnPrefix = "c4")]
public sealed partial record C4Quality : DocumentStage<C4QualityFigures>
{
    /// <summary>Whose reading of the rules is applied.</summary>
    public C4Dialect Dialect { get; init; } = C4Dialect.Datatrove;

    /// <summary>Removes lines that do not end as a sentence does (FineWeb: false).</summary>
    public bool RequireTerminalPunctuation { get; init; } = true;

    /// <summary>Removes the marks of citations: <c>[1]</c>, <c>[edit]</c>, <c>[citation needed]</c>.</summary>
    public bool RemoveCitations { get; init; } = true;

    /// <summary>Removes lines that speak of JavaScript.</summary>
    public bool RemoveJavascriptLines { get; init; } = true;

    /// <summary>Removes lines with words of cookie and privacy notices.</summary>
    public bool RemovePolicyLines { get; init; } = true;

    /// <summary>Fewest words of a line (DCLM's configuration: 5).</summary>
    [Option(Min = 0, Unit = "words")]
    public int MinWordsPerLine { get; init; } = 3;

    /// <summary>Longest word of a line that stays.</summary>
    [Option(Min = 1, Unit = "characters")]
    public int MaxWordLength { get; init; } = 1000;

    /// <summary>Fewest sentences of a page (DCLM's configuration: 3).</summary>
    [Threshold, Option(Min = 0, Unit = "sentences")]
    public int MinSentences { get; init; } = 5;

    /// <summary>Drops pages with "lorem ipsum".</summary>
    [Threshold]
    public bool DropLoremIpsum { get; init; } = true;

    /// <summary>Drops pages with '{'.</summary>
    [Threshold]
    public bool DropCurlyBracket { get; init; } = true;

    /// <inheritdoc />
    public override C4QualityFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return new C4LineFilter(this, document.RentTextBuilder()).Run(document.Text);
    }

    /// <inheritdoc />
    public override Verdict Decide(in C4QualityFigures figures) => figures switch
    {
        { LoremIpsum: true } when DropLoremIpsum => Verdict.Drop("lorem_ipsum"),
        { CurlyBracket: true } when DropCurlyBracket => Verdict.Drop("curly_bracket"),
        _ when figures.Sentences < MinSentences => Verdict.Drop("too_few_sentences"),
        _ => Verdict.Keep,
    };
}
