using DataBuild.Text;

namespace DataBuild.Stages.Refine;

/// <summary>Figures of <see cref="UnicodeRepair"/>.</summary>
/// <param name="RepairedSequences">Sequences of wrongly decoded characters put right.</param>
/// <param name="RemovedCharacters">Control, zero-width and direction characters removed.</param>
/// <param name="Replacements">Replacement characters (U+FFFD) in the result.</param>
/// <param name="Text">The text put right.</param>
[Figures]
public readonly partial record struct UnicodeRepairFigures(int RepairedSequences, int RemovedCharacters, int Replacements, [property: Column("text")] ReadOnlyMemory<char> Text);

/// <summary>
/// Puts text in one form: repairs UTF-8 that was decoded as Windows-1252 (mojibake: <c>Ã©</c> for <c>é</c>), removes control characters, zero-width
/// characters and direction marks, makes line ends U+000A, and composes (Unicode normalisation form C).
/// </summary>
[Stage("Unicode", Version = 1, Phase = StagePhase.Clean, ColumnPrefix = "unicode")]
public sealed partial record UnicodeRepair : DocumentStage<UnicodeRepairFigures>
{
    /// <summary>Repairs UTF-8 decoded as Windows-1252, also when it happened twice.</summary>
    public bool RepairMojibake { get; init; } = true;

    /// <summary>Removes control characters but tab and line feed; line ends of other systems become U+000A.</summary>
    public bool RemoveControls { get; init; } = true;

    /// <summary>Removes zero-width spaces, word joiners, soft hyphens and byte-order marks. Joiners stay where scripts and emoji need them.</summary>
    public bool RemoveZeroWidth { get; init; } = true;

    /// <summary>Removes marks that set the direction of writing.</summary>
    public bool RemoveDirectionMarks { get; init; } = true;

    /// <summary>Composes characters: normalisation form C.</summary>
    public bool Normalize { get; init; } = true;

    /// <summary>Most replacement characters (U+FFFD) that a document may hold.</summary>
    [Threshold, Option(Min = 0, Unit = "characters")]
    public int MaxReplacements { get; init; } = int.MaxValue;

    /// <inheritdoc />
    public override UnicodeRepairFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        ReadOnlySpan<char> text = document.Text;
        TextBuilder output = document.RentTextBuilder();
        int repaired = 0;
        if (RepairMojibake && Mojibake.MayOccurIn(text))
        {
            // Text that was decoded wrongly twice needs two rounds.
            Mojibake scratch = document.Analyze<Mojibake>();
            for (int round = 0; round < 3; round++)
            {
                int found = scratch.Repair(text, round == 0);
                if (found == 0)
                {
                    break;
                }

                repaired += found;
                text = scratch.TakeResult();
            }
        }

        int removed = Strip(text, output);
        ReadOnlyMemory<char> result = output.Memory;
        if (Normalize)
        {
            TextBuilder composed = document.Analyze<Mojibake>().Composed;
            composed.Clear();
            result = Normalizer.ToFormC(output.Span, composed) ? composed.Memory : result;
        }

        return new UnicodeRepairFigures(repaired, removed, result.Span.Count('\uFFFD'), result);
    }

    /// <inheritdoc />
    public override Verdict Decide(in UnicodeRepairFigures figures) => Verdict.DropIf(figures.Replacements > MaxReplacements, "too_many_replacement_characters");

    private int Strip(ReadOnlySpan<char> text, TextBuilder output)
    {
        int removed = 0;
        int kept = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c is >= ' ' and < '\u007F' or '\n' or '\t')
            {
                continue;
            }

            bool isLineEnd = RemoveControls && c is '\r' or '\u0085' or '\u2028' or '\u2029' or '\f' or '\v';
            if (!isLineEnd && !IsRemoved(text, i))
            {
                continue;
            }

            _ = output.Append(text[kept..i]);
            kept = i + 1;
            if (isLineEnd && !(c == '\r' && i + 1 < text.Length && text[i + 1] == '\n'))
            {
                _ = output.Append('\n');
            }
            else if (!isLineEnd)
            {
                removed++;
            }
        }

        _ = output.Append(text[kept..]);
        return removed;
    }

    private bool IsRemoved(ReadOnlySpan<char> text, int at) => text[at] switch
    {
        < ' ' or (>= '\u007F' and < '\u00A0') or '\uFFFE' or '\uFFFF' => RemoveControls,
        '\u200B' or '\u2060' or '\u00AD' or '\uFEFF' or '\u180E' or (>= '\u2061' and <= '\u2064') => RemoveZeroWidth,
        '\u200C' or '\u200D' => RemoveZeroWidth && !JoinsLetters(text, at),
        '\u200E' or '\u200F' or '\u061C' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') => RemoveDirectionMarks,
        _ => false,
    };

    // Between letters of Arabic, Persian and Indic scripts, and in emoji sequences, joiners carry meaning.
    private static bool JoinsLetters(ReadOnlySpan<char> text, int at) =>
        at > 0 && at + 1 < text.Length && text[at - 1] >= '\u0600' && text[at + 1] >= '\u0600'
        && text[at - 1] is not (>= '\u2000' and < '\u2190') && text[at + 1] is not (>= '\u2000' and < '\u2190');
}
