using DataBuild.Stages.Refine.Programs;

namespace DataBuild.Stages.Refine;

/// <summary>Figures of <see cref="DistilEditsStage"/>.</summary>
/// <param name="Program">The program, an operation a line; none where the pair is discarded.</param>
/// <param name="Deleted">Characters that the refined text lacks.</param>
/// <param name="Skipped">Deletions that no operation can express.</param>
/// <param name="Exact">Whether the program gives exactly the refined text.</param>
/// <param name="Reason">Why the pair is discarded: <c>edits_insert</c>, <c>edits_too_few</c>, <c>edits_too_long</c>, <c>no_refined_text</c>.</param>
[Figures]
public readonly partial record struct DistilEditsFigures(string? Program, int Deleted, int Skipped, bool Exact, string? Reason);

/// <summary>
/// Turns a text and its refined form into the least program of deletions (RefineX, arXiv 2507.03253, section 3). Pairs in which the refiner wrote much itself, or deleted next to
/// nothing, are dropped. TrainLineLabeller learns from the programs; Refine runs them.
/// </summary>
[Stage("DistilEdits", Version = 1, Phase = StagePhase.Clean, ColumnPrefix = "distil")]
public sealed partial record DistilEditsStage : DocumentStage<DistilEditsFigures>
{
    /// <summary>Column that holds the refined texts: <c>generate.answer</c>, or <c>label</c> for a field of the input that its LabelField names.</summary>
    [Option(Required = true)]
    public string Column { get; init; } = "";

    /// <summary>How the texts are laid side by side.</summary>
    public EditAlignment Alignment { get; init; } = EditAlignment.Lines;

    /// <summary>A pair is dropped where one place has this many new characters or more.</summary>
    [Option(Min = 1, Unit = "UTF-16 units")]
    public int MaxInserted { get; init; } = 20;

    /// <summary>A pair is dropped where fewer characters than this are deleted in all, unless the texts are the same.</summary>
    [Option(Min = 0, Unit = "UTF-16 units")]
    public int MinDeleted { get; init; } = 10;

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.Kept;

    /// <inheritdoc />
    [NotAnOption]
    public override IReadOnlyList<string> InputColumns => ["text", Column];

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".program"];

    /// <inheritdoc />
    public override DistilEditsFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        if (document.GetString(Column) is not { } refined)
        {
            return new DistilEditsFigures(null, 0, 0, false, "no_refined_text");
        }

        string raw = document.Text.ToString();
        DistilledEdits edits = new EditDistiller { Alignment = Alignment, MaxInserted = MaxInserted, MinDeleted = MinDeleted }.Distil(raw, refined);
        return new DistilEditsFigures(edits.Program?.ToString(), edits.Deleted, edits.Skipped, edits.Program?.Run(raw).Text == refined, edits.Reason);
    }

    /// <inheritdoc />
    public override Verdict Decide(in DistilEditsFigures figures) => figures.Reason is { } reason ? Verdict.Drop(reason) : Verdict.Keep;
}
