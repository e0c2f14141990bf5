namespace DataBuild.Stages.Tokenize.Training;

/// <summary>The different words of a training text as symbols in one block, and how often each occurs.</summary>
internal sealed class TrainingWords
{
    private readonly int[] _symbols;
    private readonly long[] _starts;
    private readonly int[] _lengths;
    private readonly long[] _counts;

    /// <summary>Takes words and gives every byte its first symbol.</summary>
    public TrainingWords((ReadOnlyMemory<byte> Word, long Count)[] words, int[] byteIds)
    {
        long total = words.Sum(w => (long)w.Word.Length);
        _symbols = new int[checked((int)total)];
        _starts = new long[words.Length];
        _lengths = new int[words.Length];
        _counts = new long[words.Length];
        int at = 0;
        for (int i = 0; i < words.Length; i++)
        {
            _starts[i] = at;
            _lengths[i] = words[i].Word.Length;
            _counts[i] = words[i].Count;
            foreach (byte b in words[i].Word.Span)
            {
                _symbols[at++] = byteIds[b];
            }
        }
    }

    /// <summary>Counts all pairs.</summary>
    public void CountPairs(PairStatistics statistics)
    {
        for (int word = 0; word < _lengths.Length; word++)
        {
            Span<int> symbols = _symbols.AsSpan((int)_starts[word], _lengths[word]);
            for (int i = 0; i + 1 < symbols.Length; i++)
            {
                statistics.Change(symbols[i], symbols[i + 1], _counts[word], word);
            }
        }
    }

    /// <summary>Merges a pair in the words that hold it, from left to right, and brings the counts up to date.</summary>
    public void Merge(int left, int right, int merged, ReadOnlySpan<int> holders, PairStatistics statistics)
    {
        foreach (int word in holders)
        {
            long count = _counts[word];
            Span<int> symbols = _symbols.AsSpan((int)_starts[word], _lengths[word]);
            int kept = 0;
            for (int i = 0; i < symbols.Length; i++)
            {
                if (symbols[i] != left || i + 1 == symbols.Length || symbols[i + 1] != right)
                {
                    symbols[kept++] = symbols[i];
                    continue;
                }

                if (kept > 0)
                {
                    statistics.Change(symbols[kept - 1], left, -count, word);
                    statistics.Change(symbols[kept - 1], merged, count, word);
                }

                if (i + 2 < symbols.Length)
                {
                    statistics.Change(right, symbols[i + 2], -count, word);
                    statistics.Change(merged, symbols[i + 2], count, word);
                }

                symbols[kept++] = merged;
                i++;
            }

            _lengths[word] = kept;
        }
    }
}
