using System.Text;
using System.Text.Unicode;
using DataBuild.Stages.Tokenize.Encoders;
using DataBuild.Stages.Tokenize.Loading;
using DataBuild.Stages.Tokenize.Normalizing;
using DataBuild.Stages.Tokenize.Scanning;

namespace DataBuild.Stages.Tokenize.Training;

/// <summary>
/// Trains a byte-level byte-pair encoding (Sennrich et al. 2016, section 3.2): words are counted, then the most frequent
/// pair of adjacent symbols merges, again and again. The result depends on the counted texts and their ordinals alone, not
/// on the number of threads. Merges are those of the Hugging Face trainer for the same words.
/// </summary>
public sealed class BpeTrainer
{
    private readonly BpeTrainerOptions _options;
    private readonly WordCounter _counts = new();

    /// <summary>Makes a trainer.</summary>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public BpeTrainer(BpeTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
    }

    /// <summary>Number of different words counted.</summary>
    public int WordCount => _counts.Count;

    /// <summary>Counts a word as it is.</summary>
    /// <param name="word">Its bytes; not empty.</param>
    /// <param name="count">How often it occurs; at least 1.</param>
    public void AddWord(ReadOnlySpan<byte> word, long count)
    {
        ArgumentOutOfRangeException.ThrowIfZero(word.Length);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        _counts.Add(word, count);
    }

    /// <summary>Counts the words of texts.</summary>
    /// <param name="texts">UTF-8; what is not valid counts as U+FFFD. The ordinal of a text is its place.</param>
    /// <param name="threads">Threads that count; at least 1.</param>
    /// <param name="cancellation">Ends the counting.</param>
    public void AddTexts(IEnumerable<ReadOnlyMemory<byte>> texts, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        AddTexts(texts.Select(static (text, ordinal) => (text, (ulong)ordinal)), threads, cancellation);
    }

    /// <summary>Counts the words of texts that have keys of their own, so that their order has no part in the result.</summary>
    /// <param name="texts">UTF-8; what is not valid counts as U+FFFD, except where text is not cut. The key takes the place of the ordinal.</param>
    /// <param name="threads">Threads that count; at least 1.</param>
    /// <param name="cancellation">Ends the counting.</param>
    public void AddTexts(IEnumerable<(ReadOnlyMemory<byte> Text, ulong Key)> texts, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        var counters = new List<WordCounter>();
        Parallel.ForEach(
            texts,
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation },
            () => new TextCounter(_options),
            static (text, _, counter) =>
            {
                counter.Add(text.Text.Span, text.Key);
                return counter;
            },
            counter =>
            {
                lock (counters)
                {
                    counters.Add(counter.Words);
                }
            });
        foreach (WordCounter counter in counters)
        {
            _counts.Add(counter);
        }
    }

    /// <summary>Merges until the vocabulary is full or no pair is frequent enough.</summary>
    /// <param name="cancellation">Ends the training.</param>
    public TrainedTokenizer Train(CancellationToken cancellation = default)
    {
        int first = _options.SpecialTokens.Count;
        int[] byteIds = new int[256];
        var tokens = new List<byte[]>(_options.SpecialTokens.Select(Encoding.UTF8.GetBytes));
        IEnumerable<int> order = Enumerable.Range(0, 256);
        foreach (int b in _options.ByteOrder == ByteOrder.Value ? order : order.OrderBy(b => ByteAlphabet.Of((byte)b)))
        {
            byteIds[b] = tokens.Count;
            tokens.Add([(byte)b]);
        }

        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int id = 0; id < first; id++)
        {
            known.Add(_options.SpecialTokens[id], id);
        }

        for (int id = first; id < tokens.Count; id++)
        {
            known.Add(ByteAlphabet.Encode(tokens[id]), id);
        }

        var words = new TrainingWords(_counts.ToSorted(), byteIds);
        var statistics = new PairStatistics();
        int most = _options.MaxTokenLength == 0 ? int.MaxValue : _options.MaxTokenLength;
        words.CountPairs(statistics);
        statistics.Settle();
        // A custom token that is learnt too has the learnt one's id, as Hugging Face gives it, and leaves room for another.
        HashSet<string> custom = [.. _options.CustomTokens.Where(t => !known.ContainsKey(t))];
        var merges = new List<(int Left, int Right)>();
        while (tokens.Count + custom.Count < _options.VocabularySize && statistics.TryTake(_options.MinFrequency, out int left, out int right, out ReadOnlySpan<int> holders))
        {
            cancellation.ThrowIfCancellationRequested();
            byte[] bytes = [.. tokens[left], .. tokens[right]];
            if (bytes.Length > most)
            {
                continue;
            }

            // Two pairs can spell one token; the pair is a merge of its own, the token is not.
            string text = ByteAlphabet.Encode(bytes);
            if (!known.TryGetValue(text, out int merged))
            {
                merged = tokens.Count;
                tokens.Add(bytes);
                known.Add(text, merged);
                custom.Remove(text);
            }

            merges.Add((left, right));
            words.Merge(left, right, merged, holders, statistics);
            statistics.Settle();
        }

        return new TrainedTokenizer(_options, [.. tokens], [.. merges]);
    }

    /// <summary>Cuts texts into words and counts them, on one thread.</summary>
    private sealed class TextCounter(BpeTrainerOptions options)
    {
        private readonly List<ITextNormalizer> _normalizers = TrainedTokenizer.NormalizersOf(options.Normalizer);
        private NormalizedText _text = new();
        private NormalizedText _spare = new();

        public WordCounter Words { get; } = new();

        public void Add(ReadOnlySpan<byte> text, ulong ordinal)
        {
            if (!Utf8.IsValid(text) && options.Pattern != TrainingPattern.None)
            {
                byte[] sanitised = new byte[checked(text.Length * 3)];
                text = sanitised.AsSpan(0, Utf8Sanitiser.Replace(text, sanitised));
            }

            if (_normalizers.Count > 0)
            {
                _text.Load(text, 0, tracks: false);
                foreach (ITextNormalizer normalizer in _normalizers)
                {
                    _spare.Clear(tracks: false);
                    normalizer.Apply(_text, _spare);
                    (_text, _spare) = (_spare, _text);
                }

                text = _text.Bytes;
            }

            switch (options.Pattern)
            {
                case TrainingPattern.Gpt2:
                    Count<Gpt2Scanner>(text, ordinal);
                    break;
                case TrainingPattern.Llama3:
                    Count<Cl100kScanner<Llama3Variant>>(text, ordinal);
                    break;
                case TrainingPattern.O200k:
                    Count<O200kScanner>(text, ordinal);
                    break;
                case TrainingPattern.None when !text.IsEmpty:
                    Words.Add(text, 1);
                    break;
            }
        }

        private void Count<TScanner>(ReadOnlySpan<byte> text, ulong ordinal)
            where TScanner : struct, IPieceScanner
        {
            ref byte first = ref System.Runtime.InteropServices.MemoryMarshal.GetReference(text);
            bool joins = options.BoundaryProbability < 1;
            int start = 0;
            int joined = 0;
            ulong boundary = 0;
            for (int at = 0; at < text.Length;)
            {
                at = TScanner.Next(ref first, at, text.Length);
                joined++;
                bool ends = !joins || at == text.Length || joined >= options.MaxJoinedWords || text[at - 1] == '\n'
                    || SeededOrder.Fraction(options.Seed, ordinal, boundary++) < options.BoundaryProbability;
                if (ends)
                {
                    Words.Add(text[start..at], 1);
                    start = at;
                    joined = 0;
                }
            }
        }
    }
}
