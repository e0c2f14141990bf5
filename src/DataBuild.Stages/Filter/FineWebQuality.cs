using DataBuild.Text;

namespace DataBuild.Stages.Filter;

/// <summary>Figures of <see cref="FineWebQuality"/>, over lines that are not blank.</summary>
/// <param name="Lines">Lines that are not blank.</param>
/// <param name="TerminalLines">Share of lines that end with a sentence terminal of any script.</param>
/// <param name="ShortLines">Share of lines of at most <see cref="FineWebQuality.ShortLineLength"/> characters.</param>
/// <param name="DuplicateLineCharacters">Characters in repeats of lines (first copies left out), over all but line feeds.</param>
/// <param name="LineFeedsPerWord">Line feeds for each word.</param>
[Figures]
public readonly partial record struct FineWebQualityFigures(
    int Lines,
    double TerminalLines,
    double ShortLines,
    double DuplicateLineCharacters,
    double LineFeedsPerWord);

/// <summary>The rules that FineWeb found by comparing datasets (Penedo et al. 2024, section 3.6): line ends, short lines, repeated lines, lists.</summary>
[Stage("FineWebQuality", Version = 3, Phase = StagePhase.Clean, ColumnPrefix = "fineweb")]
public sealed partial record FineWebQuality : DocumentStage<FineWebQualityFigures>
{
    /// <summary>Longest short line.</summary>
    [Option(Min = 0, Unit = "characters")]
    public int ShortLineLength { get; init; } = 30;

    /// <summary>Least share of lines that end with a sentence terminal.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MinTerminalLines { get; init; } = 0.12;

    /// <summary>Keeps documents none of whose lines ends with a sentence terminal.</summary>
    [Threshold]
    public bool ExcuseNoTerminalLines { get; init; }

    /// <summary>Largest share of short lines.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxShortLines { get; init; } = 0.67;

    /// <summary>Largest share of characters in repeats of lines.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxDuplicateLineCharacters { get; init; } = 0.01;

    /// <summary>Most line feeds for each word.</summary>
    [Threshold, Option(Min = 0, Unit = "fraction")]
    public double MaxLineFeedsPerWord { get; init; } = 0.3;

    /// <inheritdoc />
    public override FineWebQualityFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        LineIndex lines = document.Analyze<LineIndex>();
        int count = 0;
        int terminal = 0;
        int shortLines = 0;
        long characters = 0;
        long repeated = 0;
        ReadOnlySpan<InternedSpan> types = lines.Types;
        ReadOnlySpan<char> text = document.Text;
        for (int i = 0; i < types.Length; i++)
        {
            InternedSpan type = types[i];
            ReadOnlySpan<char> line = text.Slice(type.Start, type.Length);
            characters += (long)type.CodePoints * type.Count;
            if (CharacterTable.Trim(line).IsEmpty)
            {
                continue;
            }

            count += type.Count;
            terminal += CharacterTable.EndsWithSentenceTerminal(line) ? type.Count : 0;
            shortLines += type.CodePoints <= ShortLineLength ? type.Count : 0;
            repeated += (long)type.CodePoints * (type.Count - 1);
        }

        if (count == 0)
        {
            return default;
        }

        int words = document.Analyze<WordIndex>().Count;
        return new FineWebQualityFigures(
            count, (double)terminal / count, (double)shortLines / count, (double)repeated / characters, (double)(lines.Count - 1) / Math.Max(1, words));
    }

    /// <inheritdoc />
    public override Verdict Decide(in FineWebQualityFigures figures) => figures switch
    {
        { Lines: 0 } => Verdict.Drop("empty"),
        _ when figures.TerminalLines < MinTerminalLines && !(ExcuseNoTerminalLines && figures.TerminalLines == 0) => Verdict.Drop("too_few_terminal_lines"),
        _ when figures.ShortLines > MaxShortLines => Verdict.Drop("too_many_short_lines"),
        _ when figures.DuplicateLineCharacters > MaxDuplicateLineCharacters => Verdict.Drop("duplicate_line_characters"),
        _ when figures.LineFeedsPerWord > MaxLineFeedsPerWord => Verdict.Drop("too_many_line_feeds"),
        _ => Verdict.Keep,
    };
}
