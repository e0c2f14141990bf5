namespace DataBuild.Stages.Refine;

/// <summary>Figures of <see cref="CollapseLineFeeds"/>.</summary>
/// <param name="RemovedLineFeeds">Line feeds removed.</param>
/// <param name="Text">The text without them.</param>
[Figures]
public readonly partial record struct CollapseLineFeedsFigures(int RemovedLineFeeds, [property: Column("text")] ReadOnlyMemory<char> Text);

/// <summary>Shortens runs of line feeds (step 3 of DCLM-baseline; RefinedWeb, Penedo et al. 2023, appendix G.2).</summary>
[Stage("CollapseLineFeeds", Version = 1, Phase = StagePhase.Clean, ColumnPrefix = "lineFeeds")]
public sealed partial record CollapseLineFeeds : DocumentStage<CollapseLineFeedsFigures>
{
    /// <summary>Line feeds in a row that stay.</summary>
    [Option(Min = 1, Unit = "line feeds")]
    public int MaxConsecutive { get; init; } = 2;

    /// <inheritdoc />
    public override CollapseLineFeedsFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        ReadOnlySpan<char> text = document.Text;
        TextBuilder kept = document.RentTextBuilder();
        int at = 0;
        while (text[at..].IndexOf('\n') is >= 0 and int distance)
        {
            int first = at + distance;
            int length = text[first..].IndexOfAnyExcept('\n');
            int end = length < 0 ? text.Length : first + length;
            _ = kept.Append(text[at..Math.Min(end, first + MaxConsecutive)]);
            at = end;
        }

        _ = kept.Append(text[at..]);
        return new CollapseLineFeedsFigures(text.Length - kept.Length, kept.Memory);
    }

    /// <inheritdoc />
    public override Verdict Decide(in CollapseLineFeedsFigures figures) => Verdict.Keep;
}
