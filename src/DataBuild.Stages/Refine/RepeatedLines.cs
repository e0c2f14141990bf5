using DataBuild.Text;

namespace DataBuild.Stages.Refine;

/// <summary>Figures of <see cref="RepeatedLines"/>.</summary>
/// <param name="RemovedLines">Lines removed.</param>
/// <param name="RemovedCharacters">Share of characters removed.</param>
/// <param name="Text">The lines kept.</param>
[Figures]
public readonly partial record struct RepeatedLinesFigures(int RemovedLines, double RemovedCharacters, [property: Column("text")] ReadOnlyMemory<char> Text);

/// <summary>Removes lines that stand in the same document before: menus, buttons and captions that a page shows again and again. Empty lines stay.</summary>
[Stage("RepeatedLines", Version = 1, Phase = StagePhase.Clean, ColumnPrefix = "repeatedLines")]
public sealed partial record RepeatedLines : DocumentStage<RepeatedLinesFigures>
{
    /// <summary>How many times a line may stand.</summary>
    [Option(Min = 1, Unit = "lines")]
    public int MaxCopies { get; init; } = 1;

    /// <summary>Removes only lines that follow a copy of themselves at once.</summary>
    public bool AdjacentOnly { get; init; }

    /// <summary>Shorter lines stay.</summary>
    [Option(Min = 0, Unit = "characters")]
    public int MinLength { get; init; } = 1;

    /// <summary>Drops documents of which a larger share of characters was removed.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxRemovedCharacters { get; init; } = 1;

    /// <inheritdoc />
    public override RepeatedLinesFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        LineIndex lines = document.Analyze<LineIndex>();
        int[] copies = System.Buffers.ArrayPool<int>.Shared.Rent(lines.Types.Length);
        Array.Clear(copies, 0, lines.Types.Length);
        TextBuilder text = document.RentTextBuilder();
        int removed = 0;
        for (int i = 0; i < lines.Count; i++)
        {
            int type = lines.Ids[i];
            ReadOnlySpan<char> line = lines[i];
            bool counts = lines.Types[type].CodePoints >= MinLength && !CharacterTable.Trim(line).IsEmpty;
            if (AdjacentOnly && i > 0 && lines.Ids[i - 1] != type)
            {
                copies[type] = 0;
            }

            if (counts && ++copies[type] > MaxCopies)
            {
                removed++;
                continue;
            }

            if (i > removed)
            {
                _ = text.Append('\n');
            }

            _ = text.Append(line);
        }

        System.Buffers.ArrayPool<int>.Shared.Return(copies);
        int length = document.Text.Length;
        return new RepeatedLinesFigures(removed, removed == 0 ? 0 : (double)(length - text.Length) / length, text.Memory);
    }

    /// <inheritdoc />
    public override Verdict Decide(in RepeatedLinesFigures figures) => Verdict.DropIf(figures.RemovedCharacters > MaxRemovedCharacters, "repeated_lines");
}
