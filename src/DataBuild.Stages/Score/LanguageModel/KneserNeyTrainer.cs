using System.Runtime.InteropServices;

namespace DataBuild.Stages.Score.LanguageModel;

/// <summary>
/// Trains an n-gram language model with interpolated modified Kneser-Ney smoothing (Chen and Goodman 1999, "An empirical study of smoothing techniques for
/// language modeling", section 3; the unigrams are interpolated with the uniform distribution, as KenLM's lmplz does). Nothing is pruned.
/// </summary>
public sealed class KneserNeyTrainer
{
    private const int Start = 1;
    private const int End = 2;

    private readonly Dictionary<string, int> _words = new(StringComparer.Ordinal)
    {
        [NGramLanguageModel.Unknown] = 0,
        [NGramLanguageModel.SentenceStart] = Start,
        [NGramLanguageModel.SentenceEnd] = End,
    };

    private readonly Counts[] _counts;
    private readonly List<int> _sentence = [];

    /// <summary>Creates a trainer.</summary>
    /// <param name="order">Words in the longest n-gram, 2 to 8.</param>
    public KneserNeyTrainer(int order)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, 8);
        _counts = [.. Enumerable.Range(0, order).Select(_ => new Counts())];
    }

    /// <summary>
    /// Lengths whose counts of counts allow no discounts (too little or too uniform a text); for them 0.5, 1 and 1.5 were taken, the fallback of KenLM.
    /// </summary>
    public IReadOnlyList<int> FallbackLengths { get; private set; } = [];

    /// <summary>Counts the sentences of a text: lines, words between blanks.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = _words.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (ReadOnlySpan<char> line in text.EnumerateLines())
        {
            _sentence.Clear();
            _sentence.Add(Start);
            for (int at = 0; at < line.Length;)
            {
                // Any white space ends a word, as for readers of ARPA files and for the model itself.
                int start = at;
                while (at < line.Length && !char.IsWhiteSpace(line[at]))
                {
                    at++;
                }

                ReadOnlySpan<char> word = line[start..at++];
                if (word.IsEmpty)
                {
                    continue;
                }

                if (!lookup.TryGetValue(word, out int id))
                {
                    id = _words.Count;
                    lookup[word] = id;
                }

                _sentence.Add(id == Start || id == End ? 0 : id);
            }

            if (_sentence.Count > 1)
            {
                _sentence.Add(End);
                Count(CollectionsMarshal.AsSpan(_sentence));
            }
        }
    }

    /// <summary>The model of what was counted.</summary>
    /// <exception cref="InvalidOperationException">Nothing was counted.</exception>
    public NGramLanguageModel Train()
    {
        if (_counts[0].Raw.Count == 0)
        {
            throw new InvalidOperationException("no sentence was counted");
        }

        AdjustCounts();
        List<int> fallback = [];
        NGramLanguageModel.Level[] levels = new NGramLanguageModel.Level[_counts.Length];
        for (int n = 1; n <= levels.Length; n++)
        {
            levels[n - 1] = Smooth(n, n == 1 ? null : levels[n - 2], fallback);
        }

        FallbackLengths = fallback;
        foreach (NGramLanguageModel.Level level in levels)
        {
            foreach (ref double probability in CollectionsMarshal.AsSpan(level.LogProbability))
            {
                // The start of a sentence is never predicted; ARPA files write -99.
                probability = probability > 0 ? Math.Log10(probability) : -99;
            }
        }

        return new NGramLanguageModel(new Dictionary<string, int>(_words, StringComparer.Ordinal), levels);
    }

    // From the last word to the first: what an n-gram is without its first word has then been entered already.
    private void Count(ReadOnlySpan<int> sentence)
    {
        Span<int> next = stackalloc int[_counts.Length + 1];
        Span<int> here = stackalloc int[_counts.Length + 1];
        for (int start = sentence.Length - 1; start >= 0; start--)
        {
            here[0] = 0;
            for (int n = 1; n <= _counts.Length && start + n <= sentence.Length; n++)
            {
                here[n] = _counts[n - 1].Enter(here[n - 1], sentence[start + n - 1], next[n - 1], start == 0);
                _counts[n - 1].Raw[here[n]]++;
            }

            here.CopyTo(next);
        }
    }

    private void AdjustCounts()
    {
        for (int n = 1; n < _counts.Length; n++)
        {
            Counts counts = _counts[n - 1];
            long[] left = new long[counts.Raw.Count];
            foreach (int suffix in _counts[n].Suffix)
            {
                left[suffix]++;
            }

            for (int i = 0; i < left.Length; i++)
            {
                // Nothing stands before the start of a sentence: such n-grams keep their own counts.
                counts.Adjusted.Add(counts.FromStart[i] ? counts.Raw[i] : left[i]);
            }
        }

        _counts[^1].Adjusted.AddRange(_counts[^1].Raw);
    }

    private NGramLanguageModel.Level Smooth(int n, NGramLanguageModel.Level? lower, List<int> fallback)
    {
        Counts counts = _counts[n - 1];
        double[] discounts = Discounts(n, fallback);
        int contexts = n == 1 ? 1 : _counts[n - 2].Raw.Count;
        double[] total = new double[contexts];
        double[] freed = new double[contexts];
        foreach ((int context, int word, int i) in counts.Entries)
        {
            if (n > 1 || word != Start)
            {
                total[context] += counts.Adjusted[i];
                freed[context] += discounts[Math.Min(counts.Adjusted[i], 3)];
            }
        }

        NGramLanguageModel.Level level = new();
        double uniform = 1.0 / (_words.Count - 1);
        foreach ((int context, int word, int i) in counts.Entries)
        {
            double below = n == 1 ? uniform : lower!.LogProbability[counts.Suffix[i]];
            double own = (counts.Adjusted[i] - discounts[Math.Min(counts.Adjusted[i], 3)]) / total[context];
            level.Index.Add(NGramLanguageModel.Level.Key(context, word), i);
            level.LogProbability.Add(n == 1 && word == Start ? 0 : own + (freed[context] / total[context] * below));
            level.Backoff.Add(0);
        }

        if (n == 1 && level.Index.TryAdd(NGramLanguageModel.Level.Key(0, 0), level.LogProbability.Count))
        {
            level.LogProbability.Add(freed[0] / total[0] * uniform);
            level.Backoff.Add(0);
        }
        else if (n > 1)
        {
            for (int context = 0; context < contexts; context++)
            {
                lower!.Backoff[context] = total[context] > 0 ? Math.Log10(freed[context] / total[context]) : 0;
            }
        }

        return level;
    }

    // D(0) = 0, D(1), D(2), D(3 and more), equation 17 of Chen and Goodman.
    private double[] Discounts(int n, List<int> fallback)
    {
        double[] times = new double[5];
        foreach ((_, int word, int i) in _counts[n - 1].Entries)
        {
            if (_counts[n - 1].Adjusted[i] is >= 1 and <= 4 && (n > 1 || word != Start))
            {
                times[_counts[n - 1].Adjusted[i]]++;
            }
        }

        double y = times[1] / (times[1] + (2 * times[2]));
        double[] discounts = [0, 1 - (2 * y * times[2] / times[1]), 2 - (3 * y * times[3] / times[2]), 3 - (4 * y * times[4] / times[3])];
        for (int k = 1; k <= 3; k++)
        {
            if (!(discounts[k] >= 0 && discounts[k] <= k))
            {
                fallback.Add(n);
                return [0, 0.5, 1, 1.5];
            }
        }

        return discounts;
    }

    private sealed class Counts
    {
        private readonly Dictionary<ulong, int> _index = [];

        public List<(int Context, int Word, int Ordinal)> Entries { get; } = [];

        public List<long> Raw { get; } = [];

        public List<int> Suffix { get; } = [];

        public List<bool> FromStart { get; } = [];

        public List<long> Adjusted { get; } = [];

        public int Enter(int context, int word, int suffix, bool fromStart)
        {
            ref int slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_index, NGramLanguageModel.Level.Key(context, word), out bool exists);
            if (!exists)
            {
                slot = Raw.Count;
                Entries.Add((context, word, slot));
                Raw.Add(0);
                Suffix.Add(suffix);
                FromStart.Add(fromStart);
            }

            return slot;
        }
    }
}
