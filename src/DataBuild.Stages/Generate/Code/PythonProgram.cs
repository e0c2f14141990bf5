using System.Text;

namespace DataBuild.Stages.Generate.Code;

/// <summary>What can be said of Python programs by their tokens: whether one is the other with other names, or with other comments.</summary>
internal static class PythonProgram
{
    /// <summary>Lines of a plan at most.</summary>
    public const int MaxPlanLines = 4;

    private static readonly HashSet<string> Keywords =
    [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
        "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    ];

    /// <summary>The program in an answer: its fenced block, else all of it.</summary>
    public static string Of(string answer)
    {
        int fence = answer.IndexOf("```", StringComparison.Ordinal);
        int start = fence < 0 ? -1 : answer.IndexOf('\n', fence);
        int end = start < 0 ? -1 : answer.IndexOf("\n```", start, StringComparison.Ordinal);
        return (end < 0 ? answer : answer[(start + 1)..end]).ReplaceLineEndings("\n").Trim('\n') + "\n";
    }

    /// <summary>Judges a rewritten program by what the step may change.</summary>
    public static CodeEdit Check(CodeStep step, string before, string after)
    {
        List<string> old = Tokens(before), made = Tokens(after);
        return step switch
        {
            CodeStep.Rename when old.SequenceEqual(made) => CodeEdit.Rejected("nothing_renamed"),
            CodeStep.Rename when !IsRenaming(old, made) => CodeEdit.Rejected("not_a_renaming"),
            CodeStep.Modularize when Functions(made) <= Functions(old) => CodeEdit.Rejected("no_new_function"),
            CodeStep.Plan when !old.SequenceEqual(made) => CodeEdit.Rejected("code_changed"),
            CodeStep.Plan when MostCommentLines(after) is 0 or > MaxPlanLines => CodeEdit.Rejected("no_plan"),
            _ => CodeEdit.Made(after),
        };
    }

    /// <summary>Number of functions.</summary>
    public static int Functions(string program) => Functions(Tokens(program));

    /// <summary>Whether two token streams are the same up to a one-to-one change of names.</summary>
    public static bool IsRenaming(List<string> a, List<string> b)
    {
        Dictionary<string, string> forth = new(StringComparer.Ordinal), back = new(StringComparer.Ordinal);
        return a.Count == b.Count && a.Zip(b).All(t =>
            IsName(t.First) && IsName(t.Second) ? (forth.TryAdd(t.First, t.Second) || forth[t.First] == t.Second) && (back.TryAdd(t.Second, t.First) || back[t.Second] == t.First) : t.First == t.Second);
    }

    /// <summary>Names, numbers, strings, signs, and a line feed with the indentation of the next line; no comments, no empty lines. Names within f-strings are tokens of their own.</summary>
    public static List<string> Tokens(string program)
    {
        List<string> tokens = [];
        int depth = 0;
        for (int i = 0; i < program.Length;)
        {
            char c = program[i];
            if (c == '\n')
            {
                int start = ++i;
                while (i < program.Length && program[i] is ' ' or '\t')
                {
                    i++;
                }

                if (depth == 0 && tokens.Count > 0 && i < program.Length && program[i] is not ('\n' or '#'))
                {
                    tokens.Add("\n" + program[start..i]);
                }
            }
            else if (c is ' ' or '\t' or '\r' or '\f' || (c == '\\' && i + 1 < program.Length && program[i + 1] == '\n'))
            {
                i += c == '\\' ? 2 : 1;
            }
            else if (c == '#')
            {
                i = program.IndexOf('\n', i) is >= 0 and int line ? line : program.Length;
            }
            else if (StringStart(program, i) is { } quote)
            {
                i = AddString(program, i, quote, tokens);
            }
            else if (char.IsLetterOrDigit(c) || c == '_')
            {
                int start = i;
                while (i < program.Length && (char.IsLetterOrDigit(program[i]) || program[i] == '_'))
                {
                    i++;
                }

                tokens.Add(program[start..i]);
            }
            else
            {
                depth += c is '(' or '[' or '{' ? 1 : c is ')' or ']' or '}' ? -1 : 0;
                tokens.Add(program[i++].ToString());
            }
        }

        return tokens;
    }

    private static bool IsName(string token) => (char.IsLetter(token[0]) || token[0] == '_') && !Keywords.Contains(token) && !token.Contains('"', StringComparison.Ordinal) && !token.Contains('\'', StringComparison.Ordinal);

    private static int Functions(List<string> tokens) => tokens.Count(t => t == "def");

    private static int MostCommentLines(string program)
    {
        int most = 0, run = 0;
        foreach (string line in program.Split('\n'))
        {
            run = line.TrimStart().StartsWith('#') ? run + 1 : 0;
            most = Math.Max(most, run);
        }

        return most;
    }

    // Position of the opening quote, where a string with or without prefix begins here.
    private static int? StringStart(string program, int at)
    {
        int quote = at;
        while (quote < program.Length && quote - at < 3 && "rRbBuUfF".Contains(program[quote], StringComparison.Ordinal))
        {
            quote++;
        }

        return quote < program.Length && program[quote] is '"' or '\'' ? quote : null;
    }

    private static int AddString(string program, int start, int quote, List<string> tokens)
    {
        bool isFormat = program.AsSpan(start, quote - start).ContainsAny('f', 'F');
        string end = program.AsSpan(quote).StartsWith(new string(program[quote], 3)) ? new string(program[quote], 3) : program[quote].ToString();
        StringBuilder literal = new(program[start..(quote + end.Length)]);
        int i = quote + end.Length;
        while (i < program.Length && string.CompareOrdinal(program, i, end, 0, end.Length) != 0)
        {
            if (isFormat && program[i] == '{' && i + 1 < program.Length && program[i + 1] != '{')
            {
                int close = program.IndexOf('}', i);
                close = close < 0 ? program.Length - 1 : close;
                tokens.Add("'" + literal + "{'");
                tokens.AddRange(Tokens(program[(i + 1)..close]));
                literal.Clear();
                i = close;
                continue;
            }

            int length = (program[i] is '\\' or '{') && i + 1 < program.Length ? 2 : 1;
            literal.Append(program, i, length);
            i += length;
        }

        tokens.Add("'" + literal + end + "'");
        return Math.Min(program.Length, i + end.Length);
    }
}
