using System.Globalization;
using System.Text;

namespace DataBuild.Stages.Refine.Programs;

/// <summary>
/// Reads strict programs: one call a line, with positional or named arguments, whole numbers and quoted strings with Python's escapes. Empty lines, comments after '#'
/// and the marks of a code fence may stand between. What a language model wrote need not be a program: nothing here throws.
/// </summary>
public static class EditProgramParser
{
    /// <summary>Reads a program.</summary>
    /// <param name="text">The program.</param>
    /// <param name="error">What is wrong, with its line; empty where nothing is.</param>
    /// <returns>The program; null where a line is no operation.</returns>
    public static EditProgram? TryParse(string text, out string error)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<EditOperation> operations = [];
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#' || line.StartsWith("```", StringComparison.Ordinal))
            {
                continue;
            }

            if (Operation(line, out string wrong) is not { } operation)
            {
                error = string.Create(CultureInfo.InvariantCulture, $"line {i + 1}: {wrong}");
                return null;
            }

            operations.Add(operation);
        }

        error = operations.Count == 0 ? "found no operation" : "";
        return operations.Count == 0 ? null : new EditProgram(operations);
    }

    private static EditOperation? Operation(string line, out string error)
    {
        int open = line.IndexOf('(', StringComparison.Ordinal);
        string name = open < 0 ? line : line[..open].TrimEnd();
        string[]? parameters = name switch
        {
            "remove_lines" => ["start", "end"],
            "remove_str" => ["line", "del_str"],
            "keep_all" or "keep_chunk" or "keep_doc" or "untouch_doc" or "drop_doc" => [],
            _ => null,
        };
        if (open < 0 || parameters is null)
        {
            error = $"found '{Shown(line)}', expected remove_lines, remove_str, keep_all, keep_doc or drop_doc";
            return null;
        }

        object?[] values = new object?[parameters.Length];
        int position = open + 1;
        if (!Arguments(line, ref position, parameters, values, out error))
        {
            return null;
        }

        string rest = line[position..].TrimStart();
        if (rest.Length > 0 && rest[0] != '#')
        {
            error = $"found '{Shown(rest)}' after the operation";
            return null;
        }

        return Make(name, parameters, values, out error);
    }

    private static EditOperation? Make(string name, string[] parameters, object?[] values, out string error)
    {
        error = "";
        switch (name, values)
        {
            case ("remove_lines", [int start, int end]):
                return new EditOperation.RemoveLines(start, end);
            case ("remove_str", [int line, string text]):
                return new EditOperation.RemoveString(line, text);
            case ("drop_doc", []):
                return new EditOperation.Drop();
            case (_, []):
                return new EditOperation.Keep();
            default:
                int missing = Array.FindIndex(values, v => v is null);
                error = missing >= 0
                    ? $"{name} lacks the argument '{parameters[missing]}'"
                    : $"{name} has an argument of the wrong kind; expected {(name == "remove_str" ? "a line and a string" : "two lines")}";
                return null;
        }
    }

    // Up to and with the ')'.
    private static bool Arguments(string line, ref int position, string[] parameters, object?[] values, out string error)
    {
        int next = 0;
        while (true)
        {
            Skip(line, ref position);
            if (position < line.Length && line[position] == ')' && (next == 0 || next == parameters.Length))
            {
                position++;
                error = "";
                return true;
            }

            int parameter = next++;
            int word = position;
            while (word < line.Length && (char.IsAsciiLetter(line[word]) || line[word] == '_'))
            {
                word++;
            }

            int equals = word;
            Skip(line, ref equals);
            if (word > position && equals < line.Length && line[equals] == '=')
            {
                parameter = Array.IndexOf(parameters, line[position..word]);
                position = equals + 1;
            }

            if (parameter < 0 || parameter >= parameters.Length || values[parameter] is not null)
            {
                error = "found an argument that is not expected, or twice";
                return false;
            }

            Skip(line, ref position);
            values[parameter] = Value(line, ref position);
            Skip(line, ref position);
            if (values[parameter] is null || position >= line.Length || line[position] is not (',' or ')'))
            {
                error = $"found '{Shown(line[Math.Min(position, line.Length)..])}', expected a number, a quoted string, ',' or ')'";
                return false;
            }

            if (line[position] == ')')
            {
                position++;
                error = "";
                return true;
            }

            position++;
        }
    }

    private static object? Value(string line, ref int position)
    {
        if (position >= line.Length)
        {
            return null;
        }

        if (line[position] is '"' or '\'')
        {
            return Quoted(line, ref position);
        }

        int start = position;
        position += line[position] == '-' ? 1 : 0;
        while (position < line.Length && char.IsAsciiDigit(line[position]))
        {
            position++;
        }

        return int.TryParse(line.AsSpan(start, position - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null;
    }

    private static string? Quoted(string line, ref int position)
    {
        char quote = line[position++];
        StringBuilder text = new();
        while (position < line.Length)
        {
            char c = line[position++];
            if (c == quote)
            {
                return text.ToString();
            }

            if (c != '\\' || position == line.Length)
            {
                text.Append(c);
                continue;
            }

            c = line[position++];
            int digits = c switch { 'x' => 2, 'u' => 4, _ => 0 };
            if (digits > 0)
            {
                if (position + digits > line.Length || !ushort.TryParse(line.AsSpan(position, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit))
                {
                    return null;
                }

                position += digits;
                text.Append((char)unit);
                continue;
            }

            // An escape that is none stays as it is, as in Python.
            _ = c switch
            {
                'n' => text.Append('\n'),
                't' => text.Append('\t'),
                'r' => text.Append('\r'),
                'b' => text.Append('\b'),
                'f' => text.Append('\f'),
                '\\' or '"' or '\'' or '/' => text.Append(c),
                _ => text.Append('\\').Append(c),
            };
        }

        return null;
    }

    private static void Skip(string line, ref int position)
    {
        while (position < line.Length && char.IsWhiteSpace(line[position]))
        {
            position++;
        }
    }

    private static string Shown(string text) => text.Length <= 60 ? text : text[..60] + "...";
}
