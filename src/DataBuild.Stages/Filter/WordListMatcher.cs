namespace DataBuild.Stages.Filter;

/// <summary>
/// Finds phrases in text without regard to case, all at once: the automaton of Aho and Corasick (1975) over lower-case UTF-16, with a table of
/// transitions by state and character.
/// </summary>
internal sealed class WordListMatcher
{
    private readonly Dictionary<(int State, char Character), int> _next = [];
    private readonly List<int> _fail = [0];
    private readonly List<int> _depth = [0];
    private readonly List<int> _length = [0];
    private readonly List<int> _output = [0];
    private readonly bool[] _starts = new bool[0x10000];

    /// <summary>Builds the automaton.</summary>
    public WordListMatcher(IEnumerable<string> phrases)
    {
        foreach (string phrase in phrases)
        {
            Insert(phrase);
        }

        LinkFailures();
    }

    /// <summary>Number of phrases.</summary>
    public int Count { get; private set; }

    /// <summary>Number of matches that count; stops at <paramref name="limit"/>.</summary>
    /// <param name="text">Text.</param>
    /// <param name="boundary">Counts only matches that stand between such boundaries.</param>
    /// <param name="limit">Most matches to count.</param>
    public int CountMatches(ReadOnlySpan<char> text, WordBoundary boundary, int limit = int.MaxValue)
    {
        int matches = 0;
        int state = 0;
        for (int i = 0; i < text.Length && matches < limit; i++)
        {
            char c = char.ToLowerInvariant(text[i]);
            if (state == 0 && !_starts[c])
            {
                continue;
            }

            state = Step(state, c);
            for (int hit = _length[state] > 0 ? state : _output[state]; hit != 0 && matches < limit; hit = _output[hit])
            {
                if (boundary.Stands(text, i + 1 - _length[hit], i + 1))
                {
                    matches++;
                }
            }
        }

        return matches;
    }

    /// <summary>Reads a list: one phrase a line; empty lines and lines that start with '#' are left out.</summary>
    /// <exception cref="StageException">The file cannot be read, or holds no phrase.</exception>
    public static List<string> ReadList(InputFile file, string option)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(file.PathOrName);
        }
        catch (IOException exception)
        {
            throw new StageException("DB4304", $"{option}: the list '{file.Value}' cannot be read: {exception.Message}", file.Path, exception);
        }

        List<string> phrases = [.. lines.Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#').Distinct(StringComparer.OrdinalIgnoreCase)];
        return phrases.Count > 0 ? phrases : throw new StageException("DB4304", $"{option}: the list '{file.Value}' holds no line", file.Path);
    }

    private void Insert(string phrase)
    {
        int state = 0;
        foreach (char original in phrase)
        {
            char c = char.ToLowerInvariant(original);
            if (!_next.TryGetValue((state, c), out int next))
            {
                next = _fail.Count;
                _next[(state, c)] = next;
                _fail.Add(0);
                _depth.Add(_depth[state] + 1);
                _length.Add(0);
                _output.Add(0);
                if (state == 0)
                {
                    _starts[c] = true;
                }
            }

            state = next;
        }

        if (state != 0 && _length[state] == 0)
        {
            _length[state] = phrase.Length;
            Count++;
        }
    }

    private void LinkFailures()
    {
        foreach (((int state, char c), int next) in _next.OrderBy(n => _depth[n.Value]).ThenBy(n => n.Value))
        {
            int fail = state == 0 ? 0 : Step(_fail[state], c);
            _fail[next] = fail;
            _output[next] = _length[fail] > 0 ? fail : _output[fail];
        }
    }

    /// <summary>Reads lists whose files are named for their languages (<c>en.txt</c>), words in lower case.</summary>
    /// <exception cref="StageException">A list cannot be read.</exception>
    public static Dictionary<string, HashSet<string>> ReadByLanguage(IReadOnlyList<InputFile> files, string option) =>
        files.ToDictionary(
            f => Path.GetFileNameWithoutExtension(f.PathOrName),
            f => new HashSet<string>(ReadList(f, option).Select(w => w.ToLowerInvariant()), StringComparer.Ordinal),
            StringComparer.OrdinalIgnoreCase);

    private int Step(int state, char c)
    {
        while (true)
        {
            if (_next.TryGetValue((state, c), out int next))
            {
                return next;
            }

            if (state == 0)
            {
                return 0;
            }

            state = _fail[state];
        }
    }
}
