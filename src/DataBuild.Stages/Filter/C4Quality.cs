namespace DataBuild.Stages.Filter;

/// <summary>Figures of <see cref="C4Quality"/>.</summary>
/// <param name="Characters">Length of the text before, in code points.</param>
/// <param name="Sentences">Sentences in the lines kept.</param>
/// <param name="KeptLines">Lines kept.</param>
/// <param name="LongWordLines">Lines removed for a word that is too long.</param>
/// <param name="UnterminatedLines">Lines removed because they do not end as a sentence does.</param>
/// <param name="ShortLines">Lines removed for too few words.</param>
/// <param name="JavascriptLines">Lines with "javascript": removed, or (Dolma) a reason to drop the page.</param>
/// <param name="PolicyLines">Lines removed for words of cookie and privacy notices.</param>
/// <param name="LoremIpsum">The page holds "lorem ipsum", as the dialect looks for it.</param>
/// <param name="CurlyBracket">The page holds '{', as the dialect looks for it.</param>
/// <param name="LongWord">A word is too long (NeMo, which removes no line).</param>
/// <param name="UnterminatedShare">Share of lines that do not end as a sentence does (NeMo).</param>
/// <param name="PolicyShare">Share of paragraphs with words of cookie and privacy notices (NeMo).</param>
/// <param name="Text">The lines kept.</param>
[Figures]
public readonly partial record struct C4QualityFigures(
    int Characters,
    int Sentences,
    int KeptLines,
    int LongWordLines,
    int UnterminatedLines,
    int ShortLines,
    int JavascriptLines,
    int PolicyLines,
    bool LoremIpsum,
    bool CurlyBracket,
    bool LongWord,
    double UnterminatedShare,
    double PolicyShare,
    [property: Column("text")] ReadOnlyMemory<char> Text);

/// <summary>
/// Line and page rules of C4 (Raffel et al. 2020, section 2.2): removes lines without sentence end, with few words, with notices of scripts and cookies,
/// and citation marks; drops pages with placeholder text, with code, and with few sentences. Systems read them in five ways; see <see cref="Dialect"/>.
/// </summary>
[Stage("C4Quality", Version = 2, Phase = StagePhase.Clean, ColumnPrefix = "c4")]
public sealed partial record C4Quality : DocumentStage<C4QualityFigures>
{
    /// <summary>Whose reading of the rules is applied. A dialect without a rule leaves that rule's option without effect (<c>docs/cleaning.md</c>).</summary>
    public FilterDialect Dialect { get; init; } = FilterDialect.Datatrove;

    /// <summary>Removes lines that do not end as a sentence does (FineWeb: false).</summary>
    public bool RequireTerminalPunctuation { get; init; } = true;

    /// <summary>Removes the marks of citations: <c>[1]</c>, <c>[edit]</c>, <c>[citation needed]</c>.</summary>
    public bool RemoveCitations { get; init; } = true;

    /// <summary>Removes lines that speak of JavaScript.</summary>
    public bool RemoveJavascriptLines { get; init; } = true;

    /// <summary>Removes lines with words of cookie and privacy notices.</summary>
    public bool RemovePolicyLines { get; init; } = true;

    /// <summary>Fewest words of a line; where not set the dialect's own: 5 (DCLM, paper), 3 (DataTrove, Dolma).</summary>
    [Option(Min = 0, Unit = "words")]
    public int? MinWordsPerLine { get; init; }

    /// <summary>Longest word of a line that stays.</summary>
    [Option(Min = 1, Unit = "characters")]
    public int MaxWordLength { get; init; } = 1000;

    /// <summary>Fewest sentences of a page; where not set the dialect's own: 3 (DCLM, paper), 5 (DataTrove), 0 (Dolma, NeMo).</summary>
    [Threshold, Option(Min = 0, Unit = "sentences")]
    public int? MinSentences { get; init; }

    /// <summary>Longest page; where not set the dialect's own: 190,000 (DCLM, paper), none for the others.</summary>
    [Threshold, Option(Min = 1, Unit = "characters")]
    public int? MaxCharacters { get; init; }

    /// <summary>Drops pages with "lorem ipsum".</summary>
    [Threshold]
    public bool DropLoremIpsum { get; init; } = true;

    /// <summary>Drops pages with '{'.</summary>
    [Threshold]
    public bool DropCurlyBracket { get; init; } = true;

    /// <summary>Largest share of lines that do not end as a sentence does (NeMo).</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxUnterminatedShare { get; init; } = 0.85;

    /// <summary>Largest share of paragraphs with words of cookie and privacy notices (NeMo).</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxPolicyShare { get; init; } = 0.4;

    // The reference implementation's limits, which the paper's text has too, are not those that DataTrove and Dolma took over from its first version.
    private bool IsReference => Dialect is FilterDialect.Dclm or FilterDialect.Paper;

    /// <summary>The limit of words that is applied to lines.</summary>
    internal int LineWords => MinWordsPerLine ?? (IsReference ? 5 : 3);

    /// <inheritdoc />
    public override C4QualityFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return Dialect == FilterDialect.Nemo
            ? C4PageShares.Measure(document.Text, MaxWordLength, document.RentTextBuilder())
            : new C4LineFilter(this, document.RentTextBuilder()).Run(document.Text);
    }

    /// <inheritdoc />
    public override Verdict Decide(in C4QualityFigures figures)
    {
        int minSentences = MinSentences ?? (IsReference ? 3 : Dialect == FilterDialect.Datatrove ? 5 : 0);
        return figures switch
        {
            _ when figures.Characters > (MaxCharacters ?? (IsReference ? 190_000 : int.MaxValue)) => Verdict.Drop("too_long"),
            { LoremIpsum: true } when DropLoremIpsum => Verdict.Drop("lorem_ipsum"),
            { CurlyBracket: true } when DropCurlyBracket => Verdict.Drop("curly_bracket"),
            { JavascriptLines: > 0 } when Dialect == FilterDialect.Dolma && RemoveJavascriptLines => Verdict.Drop("javascript"),
            { LongWord: true } => Verdict.Drop("long_word"),
            _ when figures.PolicyShare > MaxPolicyShare => Verdict.Drop("too_many_policy_paragraphs"),
            _ when figures.UnterminatedShare > MaxUnterminatedShare => Verdict.Drop("too_many_unterminated_lines"),
            _ when figures.Sentences < minSentences => Verdict.Drop("too_few_sentences"),
            _ => Verdict.Keep,
        };
    }
}
