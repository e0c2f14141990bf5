namespace DataBuild.Stages.Score.LanguageModel;

/// <summary>
/// A back-off n-gram language model, as ARPA files hold it: p(w | h) is the stored probability of h w, or the back-off weight of h times p(w | h without its
/// first word). Logarithms are to base 10. Safe for many threads.
/// </summary>
public sealed class NGramLanguageModel
{
    /// <summary>Stands for every word outside the vocabulary.</summary>
    public const string Unknown = "<unk>";

    /// <summary>Begins a sentence; never predicted.</summary>
    public const string SentenceStart = "<s>";

    /// <summary>Ends a sentence.</summary>
    public const string SentenceEnd = "</s>";

    private readonly Dictionary<string, int> _words;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly Level[] _levels;
    private readonly int _unknown;

    internal NGramLanguageModel(Dictionary<string, int> words, Level[] levels)
    {
        _words = words;
        _lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
        _levels = levels;
        _unknown = words.GetValueOrDefault(Unknown, -1);
    }

    /// <summary>Words in the longest n-gram.</summary>
    public int Order => _levels.Length;

    /// <summary>The words, <c>&lt;unk&gt;</c>, <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c> included.</summary>
    public IReadOnlyCollection<string> Vocabulary => _words.Keys;

    internal Level[] Levels => _levels;

    internal Dictionary<string, int> Words => _words;

    /// <summary>Number of stored n-grams of a length.</summary>
    /// <param name="length">1 to <see cref="Order"/>.</param>
    public int CountOf(int length) => _levels[length - 1].LogProbability.Count;

    /// <summary>log10 p(word | history).</summary>
    /// <param name="history">Words before, the nearest last; only the last <see cref="Order"/> - 1 count.</param>
    /// <param name="word">The word.</param>
    /// <returns>Negative infinity for a word outside the vocabulary where the model has no <c>&lt;unk&gt;</c>.</returns>
    public double LogProbability(IReadOnlyList<string> history, string word)
    {
        Span<int> ids = stackalloc int[Math.Min(history.Count, Order - 1)];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = IdOf(history[history.Count - ids.Length + i]);
        }

        return LogProbability(ids, IdOf(word));
    }

    /// <summary>
    /// Perplexity of a text: 10^(-sum of log10 p / number of predictions). Every line that is not blank is a sentence, its words are what stands between blanks,
    /// and its end is predicted too, as in KenLM's query program.
    /// </summary>
    /// <returns>NaN for a text without a word.</returns>
    public double Perplexity(ReadOnlySpan<char> text)
    {
        double sum = 0;
        long predictions = 0;
        Span<int> history = stackalloc int[Math.Max(1, Order - 1)];
        foreach (ReadOnlySpan<char> line in text.EnumerateLines())
        {
            if (!line.IsWhiteSpace())
            {
                sum += Sentence(line, history, ref predictions);
            }
        }

        return predictions == 0 ? double.NaN : Math.Pow(10, -sum / predictions);
    }

    internal double LogProbability(ReadOnlySpan<int> history, int word)
    {
        double backoff = 0;
        for (int length = Math.Min(history.Length, Order - 1); length > 0; length--)
        {
            int context = Find(history[^length..]);
            if (context < 0)
            {
                continue;
            }

            if (_levels[length].Index.TryGetValue(Level.Key(context, word), out int found))
            {
                return backoff + _levels[length].LogProbability[found];
            }

            backoff += _levels[length - 1].Backoff[context];
        }

        return word >= 0 && _levels[0].Index.TryGetValue(Level.Key(0, word), out int unigram)
            ? backoff + _levels[0].LogProbability[unigram]
            : double.NegativeInfinity;
    }

    private double Sentence(ReadOnlySpan<char> line, Span<int> history, ref long predictions)
    {
        double sum = 0;
        int known = 0;
        if (Order > 1)
        {
            history[0] = IdOf(SentenceStart);
            known = 1;
        }

        int position = 0;
        bool ended = false;
        while (!ended)
        {
            while (position < line.Length && char.IsWhiteSpace(line[position]))
            {
                position++;
            }

            int start = position;
            while (position < line.Length && !char.IsWhiteSpace(line[position]))
            {
                position++;
            }

            ended = start == position;
            int word = ended ? IdOf(SentenceEnd) : IdOf(line[start..position]);
            sum += LogProbability(history[..known], word);
            predictions++;
            if (Order > 1)
            {
                if (known == Order - 1)
                {
                    history[1..known].CopyTo(history);
                    known--;
                }

                history[known++] = word;
            }
        }

        return sum;
    }

    private int IdOf(ReadOnlySpan<char> word) => _lookup.TryGetValue(word, out int id) ? id : _unknown;

    // Ordinal of an n-gram in its level, or -1.
    private int Find(ReadOnlySpan<int> words)
    {
        int node = 0;
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i] < 0 || !_levels[i].Index.TryGetValue(Level.Key(node, words[i]), out node))
            {
                return -1;
            }
        }

        return node;
    }

    /// <summary>The n-grams of one length. An n-gram is found by the ordinal of its first words, in the level below, and its last word.</summary>
    internal sealed class Level
    {
        public Dictionary<ulong, int> Index { get; } = [];

        public List<double> LogProbability { get; } = [];

        public List<double> Backoff { get; } = [];

        public static ulong Key(int context, int word) => ((ulong)(uint)context << 32) | (uint)word;
    }
}
