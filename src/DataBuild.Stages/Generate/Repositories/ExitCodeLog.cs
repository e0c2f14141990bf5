using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace DataBuild.Stages.Generate.Repositories;

/// <summary>What the log of a test run says.</summary>
/// <param name="ExitCode">Exit code of the tests; null where the log does not say it.</param>
/// <param name="IsError">True where a line tells of a file that cannot be imported or compiled, so that the tests did not run at all.</param>
/// <param name="Tail">The end of the log.</param>
public sealed partial record ExitCodeLog(int? ExitCode, bool IsError, string Tail)
{
    /// <summary>The mark that scripts print with the exit code, as in SWE-Factory's.</summary>
    public const string Marker = "OMNIGRIL_EXIT_CODE";

    private const int LongestLine = 1 << 16;

    // What every sign of an error holds: most lines hold none of it.
    private static readonly SearchValues<string> Signs = SearchValues.Create(["Error", "error ", "ERROR", "Cannot find module", "No module named"], StringComparison.Ordinal);

    /// <summary>Reads a log, whatever its length, with memory for one line and the tail.</summary>
    /// <param name="log">The log, as UTF-8; lines end with LF or CRLF.</param>
    /// <param name="rule">Which of several marks counts.</param>
    /// <param name="tailLength">Characters of the tail.</param>
    public static ExitCodeLog Read(Stream log, MarkerRule rule, int tailLength)
    {
        ArgumentNullException.ThrowIfNull(log);
        using StreamReader reader = new(log, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: LongestLine, leaveOpen: true);
        State state = new(rule, tailLength);
        char[] line = new char[LongestLine];
        int length = 0;
        char[] buffer = new char[LongestLine];
        for (int read; (read = reader.Read(buffer)) > 0;)
        {
            ReadOnlySpan<char> rest = buffer.AsSpan(0, read);
            for (int end; (end = rest.IndexOf('\n')) >= 0; rest = rest[(end + 1)..])
            {
                length = Append(line, length, rest[..end]);
                state.Line(line.AsSpan(0, length));
                length = 0;
            }

            length = Append(line, length, rest);
        }

        if (length > 0)
        {
            state.Line(line.AsSpan(0, length));
        }

        return new ExitCodeLog(state.ExitCode, state.IsError, state.Tail);
    }

    // What is longer than a line may be is no mark, and nobody reads it.
    private static int Append(char[] line, int length, ReadOnlySpan<char> text)
    {
        text = text[..Math.Min(text.Length, LongestLine - length)];
        text.CopyTo(line.AsSpan(length));
        return length + text.Length;
    }

    [GeneratedRegex(@"^(?:\++ echo '?)?OMNIGRIL_EXIT_CODE=(\d+)'?$")]
    private static partial Regex WholeLine();

    [GeneratedRegex(@"echo '?OMNIGRIL_EXIT_CODE=(\d+)")]
    private static partial Regex Trace();

    [GeneratedRegex(@"\b(?:ModuleNotFoundError|ImportError|SyntaxError|IndentationError|TabError)\b|\berror (?:CS|TS|FS)\d{4}\b|COMPILATION ERROR|Cannot find module|No module named")]
    private static partial Regex ErrorSign();

    private sealed class State(MarkerRule rule, int tailLength)
    {
        // Room for a line beyond twice the tail, so that the tail moves once in so many characters.
        private readonly char[] _tail = new char[(2 * tailLength) + LongestLine + 1];
        private int _length;

        public int? ExitCode { get; private set; }

        public bool IsError { get; private set; }

        public string Tail => new(End);

        private Span<char> End => _tail.AsSpan(0, _length)[^Math.Min(_length, tailLength)..];

        public void Line(ReadOnlySpan<char> line)
        {
            line = line.TrimEnd('\r');
            if (line.Contains(Marker, StringComparison.Ordinal) && (rule == MarkerRule.Last || ExitCode is null))
            {
                Match match = (rule == MarkerRule.First ? Trace() : WholeLine()).Match(line.ToString());
                ExitCode = !match.Success ? ExitCode : int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int code) ? code : null;
            }

            IsError = IsError || (line.ContainsAny(Signs) && ErrorSign().IsMatch(line));
            if (_length + line.Length + 1 > _tail.Length)
            {
                Span<char> end = End;
                end.CopyTo(_tail);
                _length = end.Length;
            }

            line.CopyTo(_tail.AsSpan(_length));
            _length += line.Length;
            _tail[_length++] = '\n';
        }
    }
}
