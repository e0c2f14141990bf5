namespace DataBuild.Stages.Refine.Programs;

/// <summary>
/// Turns a raw text and what a large model made of it into the program that deletes what the model left out (RefineX, arXiv 2507.03253, section 3 and algorithm 1). What the
/// model wrote anew is not taken over; a pair with much of it is discarded.
/// </summary>
public sealed record EditDistiller
{
    /// <summary>How the texts are laid side by side.</summary>
    public EditAlignment Alignment { get; init; } = EditAlignment.Lines;

    /// <summary>A pair is discarded where one place has this many new characters or more.</summary>
    public int MaxInserted { get; init; } = 20;

    /// <summary>A pair is discarded where fewer characters than this are deleted in all, unless the texts are the same.</summary>
    public int MinDeleted { get; init; } = 10;

    /// <summary>Distils a program.</summary>
    /// <param name="raw">Text.</param>
    /// <param name="refined">What became of it.</param>
    public DistilledEdits Distil(string raw, string refined)
    {
        ArgumentNullException.ThrowIfNull(raw);
        ArgumentNullException.ThrowIfNull(refined);
        if (raw == refined)
        {
            return new DistilledEdits(EditProgram.KeepAll, null, 0, 0);
        }

        if (Alignment == EditAlignment.Lines && LineAlignment.TryFind(raw, refined) is { } exact)
        {
            return raw.Length - refined.Length < MinDeleted
                ? new DistilledEdits(null, "edits_too_few", raw.Length - refined.Length, 0)
                : new DistilledEdits(exact, null, raw.Length - refined.Length, 0);
        }

        List<TextDifferenceSpan>? spans = Alignment switch
        {
            EditAlignment.Difflib => TextDifferences.Difflib(raw, refined, autoJunk: false),
            EditAlignment.DifflibAutoJunk => TextDifferences.Difflib(raw, refined, autoJunk: true),
            _ => TextDifferences.Levenshtein(raw, refined),
        };
        if (spans is null)
        {
            return new DistilledEdits(null, "edits_too_long", 0, 0);
        }

        int deleted = spans.Sum(s => s.Inserted == 0 ? s.Deleted : 0);
        return spans.Exists(s => s.Inserted >= MaxInserted) ? new DistilledEdits(null, "edits_insert", deleted, 0)
            : deleted < MinDeleted ? new DistilledEdits(null, "edits_too_few", deleted, 0)
            : FromDeletions(raw, [.. spans.Where(s => s.Inserted == 0)], deleted);
    }

    // A line that a deletion covers goes whole; of others the covered parts go, where they occur once.
    private static DistilledEdits FromDeletions(string raw, TextDifferenceSpan[] spans, int deleted)
    {
        bool[] gone = new bool[raw.Length];
        foreach (TextDifferenceSpan span in spans)
        {
            int start = Slide(raw, span.Start, span.Deleted, spans);
            gone.AsSpan(start, span.Deleted).Fill(true);
        }

        List<EditOperation> operations = [];
        int skipped = 0;
        int line = EditProgram.FirstLine;
        int begin = 0;
        bool endBeforeIsFree = false;
        while (begin <= raw.Length)
        {
            int end = raw.IndexOf('\n', begin);
            end = end < 0 ? raw.Length : end;

            // The line's own end must be deleted too, or, of the last line, that before it where no line before took it: else an empty line is left.
            bool endGone = end < raw.Length ? gone[end] : endBeforeIsFree;
            bool all = endGone && !gone.AsSpan(begin, end - begin).Contains(false);
            if (all)
            {
                Remove(operations, line);
            }
            else
            {
                RemoveParts(operations, raw[begin..end], gone.AsSpan(begin, end - begin), line, ref skipped);
                skipped += end < raw.Length && gone[end] && !StartsGoneLine(raw, gone, end + 1) ? 1 : 0;
            }

            endBeforeIsFree = !all && end < raw.Length && gone[end];
            begin = end + 1;
            line++;
        }

        return new DistilledEdits(operations.Count == 0 ? EditProgram.KeepAll : new EditProgram(operations), null, deleted, skipped);
    }

    // A deletion "o 1 bar\nfo" of "foo 1 bar\nfoo 2" is the same as "foo 1 bar\n": the one that begins a line says it as the line that went.
    private static int Slide(string raw, int start, int length, TextDifferenceSpan[] spans)
    {
        int lowest = spans.Where(s => s.Start < start).Select(s => s.Start + s.Deleted).DefaultIfEmpty(0).Max();
        for (int at = start; ; at--)
        {
            if (at == 0 || raw[at - 1] == '\n')
            {
                return raw.AsSpan(at, length).Contains('\n') || at == start ? at : start;
            }

            if (at == lowest || raw[at - 1] != raw[at + length - 1])
            {
                return start;
            }
        }
    }

    private static bool StartsGoneLine(string raw, bool[] gone, int begin)
    {
        int end = raw.IndexOf('\n', begin);
        return end < 0 && !gone.AsSpan(begin).Contains(false);
    }

    private static void Remove(List<EditOperation> operations, int line)
    {
        if (operations.Count > 0 && operations[^1] is EditOperation.RemoveLines last && last.End == line - 1)
        {
            operations[^1] = last with { End = line };
        }
        else
        {
            operations.Add(new EditOperation.RemoveLines(line, line));
        }
    }

    internal static void RemoveParts(List<EditOperation> operations, string line, ReadOnlySpan<bool> gone, int number, ref int skipped)
    {
        for (int i = 0; i < gone.Length; i++)
        {
            if (!gone[i])
            {
                continue;
            }

            int length = gone[i..].IndexOf(false);
            length = length < 0 ? gone.Length - i : length;
            string part = line.Substring(i, length);
            if (EditProgram.OnlyOccurrence(line, part) >= 0)
            {
                operations.Add(new EditOperation.RemoveString(number, part));
            }
            else
            {
                skipped++;
            }

            i += length;
        }
    }
}
