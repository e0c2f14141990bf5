using DataBuild.Text;

namespace DataBuild.Stages.Filter;

/// <summary>Figures of <see cref="C4Paragraph"/>.</summary>
/// <param name="LongLines">Lines of at least <see cref="C4Paragraph.MinLength"/> characters.</param>
[Figures]
public readonly partial record struct C4ParagraphFigures(int LongLines);

/// <summary>The paragraph rule of mC4 (Xue et al. 2021, section 3.1): a page needs some long lines.</summary>
[Stage("C4Paragraph", Version = 1, Phase = StagePhase.Clean, ColumnPrefix = "c4Paragraph")]
public sealed partial record C4Paragraph : DocumentStage<C4ParagraphFigures>
{
    /// <summary>Length of a long line.</summary>
    [Option(Min = 1, Unit = "characters")]
    public int MinLength { get; init; } = 200;

    /// <summary>Fewest long lines.</summary>
    [Threshold, Option(Min = 0, Unit = "lines")]
    public int MinParagraphs { get; init; } = 3;

    /// <inheritdoc />
    public override C4ParagraphFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        int count = 0;
        foreach (ref readonly InternedSpan type in document.Analyze<LineIndex>().Types)
        {
            count += type.CodePoints >= MinLength ? type.Count : 0;
        }

        return new C4ParagraphFigures(count);
    }

    /// <inheritdoc />
    public override Verdict Decide(in C4ParagraphFigures figures) => Verdict.DropIf(figures.LongLines < MinParagraphs, "too_few_paragraphs");
}
