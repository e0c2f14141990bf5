namespace DataBuild.Stages.Generate;

/// <summary>Figures of <see cref="RefinerStage"/>.</summary>
/// <param name="Refined">The numbered sections, every extract word for word in the sources; null where there is none.</param>
/// <param name="Extracts">Extracts kept.</param>
/// <param name="Removed">Extracts that stood in no source and were taken out.</param>
/// <param name="Reduction">1 - characters of the refined text / characters of the sources.</param>
/// <param name="Reason">Why there is no refined text; null where there is one.</param>
[Figures]
public readonly partial record struct RefinerFigures(string? Refined, int Extracts, int Removed, double? Reduction, string? Reason);

/// <summary>
/// Restructures what was retrieved for a question: a language model extracts what bears on it, word for word, in numbered sections, and every extract is checked against the
/// sources (Refiner, Li et al. 2024). The document's text holds the sources, blocks of <c>## title</c> and text joined by lines of three hyphens; a column holds the question.
/// </summary>
[Stage("Refiner", Version = 1, Phase = StagePhase.Score, ColumnPrefix = "refiner")]
public sealed partial record RefinerStage : ChatStage<RefinerFigures>
{
    /// <summary>Reason of documents of whose answer no extract stands in the sources.</summary>
    public const string NothingVerbatim = "nothing_verbatim";

    private string _prompt = "";

    /// <summary>What the model is to do; without it and without PromptFile a prompt of the published shape.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>The same from a file.</summary>
    public InputFile? PromptFile { get; init; }

    /// <summary>Column that holds each document's question.</summary>
    public string QuestionColumn { get; init; } = "question";

    /// <summary>The question where all documents have one.</summary>
    public string Question { get; init; } = "";

    /// <summary>Least reduction that is kept.</summary>
    [Threshold, Option(Max = 1, Unit = "fraction")]
    public double MinReduction { get; init; } = double.NegativeInfinity;

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => Question.Length > 0 ? ["text"] : ["text", QuestionColumn];

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".refined", ".reduction"];

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        base.Initialize(context);
        _prompt = Prompt.Length == 0 && PromptFile is null
            ? "You are given texts and, behind them, a question. Copy the passages that help to answer the question, word for word, one a line, in numbered sections by what belongs together: '1. heading', then its passages. Add nothing of your own and do not answer the question."
            : PromptOf(Prompt, PromptFile);
    }

    /// <inheritdoc />
    public override Verdict Decide(in RefinerFigures figures) =>
        figures.Reason is { } reason ? Verdict.Drop(reason) : Verdict.DropIf(figures.Reduction < MinReduction, "reduced_too_little");

    /// <inheritdoc />
    protected override async Task<RefinerFigures> MeasureAsync(Document document, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(document);
        string sources = document.Text.ToString();
        string question = Question.Length > 0 ? Question : (document.Batch.Find(QuestionColumn) as StringColumn)?.GetString(document.Row) ?? "";
        if (question.Length == 0)
        {
            return new RefinerFigures(null, 0, 0, null, "no_question");
        }

        ChatAnswer answer = await AskAsync(_prompt, $"{sources}\n\n{question}", text => RefinerAnswer.Parse(text).KeepVerbatim(sources).Verbatim.Sections.Count > 0, cancellation).ConfigureAwait(false);
        (RefinerAnswer verbatim, int removed) = RefinerAnswer.Parse(answer.Text).KeepVerbatim(sources);
        if (verbatim.Sections.Count == 0)
        {
            return new RefinerFigures(null, 0, removed, null, answer.IsComplete ? NothingVerbatim : CutAnswer);
        }

        string refined = verbatim.ToString();
        return new RefinerFigures(refined, verbatim.Sections.Sum(s => s.Extracts.Count), removed, Math.Round(1 - ((double)refined.Length / sources.Length), 4), null);
    }
}
