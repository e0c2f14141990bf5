namespace DataBuild.Stages.Refine.Programs;

/// <summary>
/// A strict program: deletions of lines and of strings in lines. All of them refer to the text as it was: a character goes when any of them covers it, so that their order
/// has no part in the result, and what comes out is always a subsequence of what went in.
/// </summary>
/// <param name="Operations">Operations; lines count from <see cref="FirstLine"/>.</param>
public sealed record EditProgram(IReadOnlyList<EditOperation> Operations)
{
    /// <summary>Number of the first line, as in the paper's figures.</summary>
    public const int FirstLine = 1;

    /// <summary>A program that leaves everything.</summary>
    public static EditProgram KeepAll { get; } = new([new EditOperation.Keep()]);

    /// <summary>Runs the program. Operations on lines that are not there, and on strings that do not occur exactly once in their line, are errors and do nothing.</summary>
    /// <param name="text">Text.</param>
    /// <param name="firstLine">Number that the program gives the first line.</param>
    public EditResult Run(string text, int firstLine = FirstLine)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Operations.Any(o => o is EditOperation.Drop))
        {
            return new EditResult("", 0, EditOutcome.Dropped);
        }

        string[] lines = text.Split('\n');
        bool[] removed = new bool[lines.Length];
        bool[]?[] deleted = new bool[lines.Length][];
        int errors = 0;
        foreach (EditOperation operation in Operations)
        {
            bool done = operation switch
            {
                EditOperation.RemoveLines remove => RemoveLines(removed, remove.Start - (long)firstLine, remove.End - (long)firstLine),
                EditOperation.RemoveString remove => RemoveString(lines, deleted, remove.Line - (long)firstLine, remove.Text),
                _ => true,
            };
            errors += done ? 0 : 1;
        }

        IEnumerable<string> kept = lines.Select((line, i) => deleted[i] is { } gone ? string.Concat(line.Where((_, c) => !gone[c])) : line).Where((_, i) => !removed[i]);
        return new EditResult(string.Join('\n', kept), errors, EditOutcome.Processed);
    }

    /// <summary>The program as text, an operation a line.</summary>
    public override string ToString() => string.Join('\n', Operations);

    /// <summary>Where a string occurs in a line; -1 where it does not, or more than once (occurrences that overlap count too).</summary>
    internal static int OnlyOccurrence(string line, string text)
    {
        int first = text.Length == 0 ? -1 : line.IndexOf(text, StringComparison.Ordinal);
        return first >= 0 && line.IndexOf(text, first + 1, StringComparison.Ordinal) < 0 ? first : -1;
    }

    // Ends that are out of the text are cut to it.
    private static bool RemoveLines(bool[] removed, long start, long end)
    {
        for (long i = Math.Max(0, start); i <= Math.Min(end, removed.Length - 1); i++)
        {
            removed[i] = true;
        }

        return start >= 0 && end >= start && end < removed.Length;
    }

    private static bool RemoveString(string[] lines, bool[]?[] deleted, long line, string text)
    {
        if (line < 0 || line >= lines.Length || OnlyOccurrence(lines[line], text) is not (>= 0 and int at))
        {
            return false;
        }

        (deleted[line] ??= new bool[lines[line].Length]).AsSpan(at, text.Length).Fill(true);
        return true;
    }
}
