using System.Globalization;

namespace DataBuild.Stages.Refine.Programs;

/// <summary>
/// Runs programs as ProX does (Zhou et al. 2024, arXiv 2409.17115; behaviour of GAIR-NLP/ProX, b3fcbb2), with its quirks: an operation begins its line, arguments end at the
/// first ')', are split at ',' and '=' whatever the quotes, positional ones are errors, and two errors undo the program.
/// </summary>
public static class ProXExecutor
{
    private const int ErrorsThatUndo = 2;
    private const int FewWords = 10; // this many words or fewer are no document, a rule that ProX takes over from FineWeb
    private const double LargestLoss = 0.95;

    /// <summary>Runs a program of the document level: one that holds the word drop takes the document out.</summary>
    public static EditResult RunDocument(string text, string program)
    {
        ArgumentNullException.ThrowIfNull(program);
        return program.Contains("drop", StringComparison.Ordinal) ? new EditResult("", 0, EditOutcome.Dropped) : new EditResult(text, 0, EditOutcome.Processed);
    }

    /// <summary>Runs a program of the chunk level.</summary>
    /// <param name="text">Text; line numbers count from 0.</param>
    /// <param name="program">Programs of all chunks, one after the other.</param>
    public static EditResult RunChunks(string text, string program)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(program);
        int originalWords = Words(text);
        if (originalWords == 0)
        {
            // ProX divides by zero here.
            return new EditResult("", 0, EditOutcome.Dropped);
        }

        (string processed, int errors) = Run(text, program);
        int words = Words(processed);
        bool trusted = errors < ErrorsThatUndo;
        return (trusted && (double)words / originalWords <= 1 - LargestLoss) || words <= FewWords ? new EditResult("", errors, EditOutcome.Dropped)
            : trusted ? new EditResult(processed, errors, EditOutcome.Processed)
            : new EditResult(text, errors, EditOutcome.Rejected);
    }

    private static (string Text, int Errors) Run(string text, string program)
    {
        int lineCount = Lines(text).Length;
        List<(long Start, long End)> intervals = [];
        bool all = false;
        int errors = 0;
        foreach (string operation in program.Trim(' ').Split('\n'))
        {
            bool removes = operation.StartsWith("remove_lines", StringComparison.Ordinal);
            if (removes && operation.Contains("all=True", StringComparison.Ordinal))
            {
                all = true;
            }
            else if ((removes || operation.StartsWith("normalize", StringComparison.Ordinal)) && Arguments(operation, ref errors) is { } arguments)
            {
                if (!removes)
                {
                    text = Normalize(text, arguments, ref errors);
                }
                else if (arguments.Length > 1 && Number(arguments[0]) is { } start && Number(arguments[1]) is { } end)
                {
                    intervals.Add((start, end));
                }
                else
                {
                    errors++;
                }
            }
        }

        string[] lines = Lines(text);
        IEnumerable<string> kept = lines.Where((_, i) => !(all && i < lineCount) && !intervals.Exists(r => r.Start <= i && i <= r.End));
        return (string.Join('\n', kept), errors + Merge(intervals).Count(r => r.Start >= lines.Length || r.End >= lines.Length));
    }

    // Null where there is no '('. Without a ')' the last character is lost too, as in Python's slice to -1.
    private static string[]? Arguments(string operation, ref int errors)
    {
        int open = operation.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
        {
            errors++;
            return null;
        }

        int close = operation.IndexOf(')', StringComparison.Ordinal);
        if (close < 0)
        {
            errors++;
            close = operation.Length - 1;
        }

        return (close > open ? operation[(open + 1)..close] : "").Split(',');
    }

    private static string Normalize(string text, string[] arguments, ref int errors)
    {
        if (arguments.Length > 2)
        {
            return text;
        }

        string? source = Value(arguments[0])?.Trim('"');
        string? target = arguments.Length == 1 ? "" : Value(arguments[1])?.Trim('"');
        if (source is null || target is null)
        {
            errors++;
            return text;
        }

        // A space is replaced where it is the only argument.
        return source.Length == 0 || (source == " " && arguments.Length == 2) ? text : text.Replace(source, target, StringComparison.Ordinal);
    }

    // What stands between the first '=' and the second.
    private static string? Value(string argument) => argument.Split('=') is [_, var value, ..] ? value : null;

    // What Python's int() takes: space around, a sign, digits with single '_' between them. What is larger than any line number counts as such.
    private static long? Number(string argument)
    {
        string? value = Value(argument)?.Trim();
        if (value is null || value.StartsWith('_') || value.EndsWith('_') || value.Contains("__", StringComparison.Ordinal) || value.Contains("+_", StringComparison.Ordinal) || value.Contains("-_", StringComparison.Ordinal))
        {
            return null;
        }

        value = value.Replace("_", "", StringComparison.Ordinal);
        return System.Numerics.BigInteger.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out System.Numerics.BigInteger number)
            ? (long)System.Numerics.BigInteger.Clamp(number, int.MinValue, int.MaxValue)
            : null;
    }

    // Neighbouring intervals count as one.
    private static List<(long Start, long End)> Merge(List<(long Start, long End)> intervals)
    {
        List<(long Start, long End)> merged = [];
        foreach ((long start, long end) in intervals.OrderBy(r => r.Start))
        {
            if (merged.Count > 0 && start <= merged[^1].End + 1)
            {
                merged[^1] = (merged[^1].Start, Math.Max(merged[^1].End, end));
            }
            else
            {
                merged.Add((start, end));
            }
        }

        return merged;
    }

    private static string[] Lines(string text) => text.Split('\n');

    // As Python's split(): U+001C to U+001F are space there too.
    private static int Words(string text)
    {
        int words = 0;
        bool within = false;
        foreach (char c in text)
        {
            bool space = char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';
            words += !space && !within ? 1 : 0;
            within = !space;
        }

        return words;
    }
}
