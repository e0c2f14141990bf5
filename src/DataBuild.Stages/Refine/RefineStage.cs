using DataBuild.Stages.Refine.Programs;

namespace DataBuild.Stages.Refine;

/// <summary>Figures of <see cref="RefineStage"/>.</summary>
/// <param name="Text">The text after the program; the text as it was where the program was not run.</param>
/// <param name="RemovedCharacters">Share of characters removed.</param>
/// <param name="Errors">Operations that could not be read or run.</param>
/// <param name="Outcome">What came of the program: <c>Processed</c>, <c>Rejected</c>, <c>Dropped</c>; <c>None</c> where there was none.</param>
[Figures]
public readonly partial record struct RefineFigures([property: Column("text")] ReadOnlyMemory<char> Text, double RemovedCharacters, int Errors, string Outcome);

/// <summary>
/// Runs edit programs on documents: deletions of lines and strings, as a language model (AskEdits), a labeller of lines (LabelLines) or a distiller (DistilEdits) wrote them into
/// a column. In the strict dialect what comes out is always a subsequence of what went in (RefineX, arXiv 2507.03253); the other one does as ProX does (arXiv 2409.17115).
/// </summary>
[Stage("Refine", Version = 1, Phase = StagePhase.Clean, ColumnPrefix = "refine")]
public sealed partial record RefineStage : DocumentStage<RefineFigures>
{
    /// <summary>Column that holds the programs.</summary>
    [Option(Required = true)]
    public string Column { get; init; } = "";

    /// <summary>How programs are read and run.</summary>
    public EditDialect Dialect { get; init; } = EditDialect.Strict;

    /// <summary>Whether programs are about lines or about the whole document.</summary>
    public EditLevel Level { get; init; } = EditLevel.Chunk;

    /// <summary>Drops documents whose program was wrong, which stay as they were otherwise.</summary>
    [Threshold]
    public bool DropRejected { get; init; }

    /// <summary>Drops documents of which a larger share of characters was removed.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxRemovedCharacters { get; init; } = 1;

    /// <inheritdoc />
    [NotAnOption]
    public override IReadOnlyList<string> InputColumns => ["text", Column];

    /// <inheritdoc />
    public override RefineFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        string text = document.Text.ToString();
        if (document.GetString(Column) is not { } program)
        {
            return new RefineFigures(text.AsMemory(), 0, 0, "None");
        }

        EditResult result = Run(text, program);
        string refined = result.Outcome == EditOutcome.Dropped ? text : result.Text;
        return new RefineFigures(
            refined.AsMemory(), text.Length == 0 ? 0 : Math.Round(1 - ((double)result.Text.Length / text.Length), 6, MidpointRounding.ToEven), result.Errors, result.Outcome.ToString());
    }

    /// <inheritdoc />
    public override Verdict Decide(in RefineFigures figures) =>
        figures.Outcome == nameof(EditOutcome.Dropped) ? Verdict.Drop("dropped_by_program")
        : figures.Outcome == nameof(EditOutcome.Rejected) && DropRejected ? Verdict.Drop("program_rejected")
        : figures.RemovedCharacters == 1 ? Verdict.Drop("nothing_left")
        : Verdict.DropIf(figures.RemovedCharacters > MaxRemovedCharacters, "removed_too_much");

    private EditResult Run(string text, string program)
    {
        if (Dialect == EditDialect.ProX)
        {
            return Level == EditLevel.Document ? ProXExecutor.RunDocument(text, program) : ProXExecutor.RunChunks(text, program);
        }

        EditProgram? parsed = EditProgramParser.TryParse(program, out _);
        bool deletes = parsed?.Operations.Any(o => o is EditOperation.RemoveLines or EditOperation.RemoveString) == true;
        return parsed is null || (deletes && Level == EditLevel.Document) ? new EditResult(text, 1, EditOutcome.Rejected) : parsed.Run(text);
    }
}
