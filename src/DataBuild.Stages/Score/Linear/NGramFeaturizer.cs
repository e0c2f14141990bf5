namespace DataBuild.Stages.Score.Linear;

/// <summary>
/// Turns a text into hashed n-grams, in the way of fastText (Joulin et al. 2016, "Bag of Tricks for Efficient Text Classification"; Bojanowski et al. 2017
/// for characters): words, runs of neighbouring tokens, and runs of characters in words. Tokens are words (runs of letters, digits and marks, in lower case,
/// every digit as 0; single characters in scripts without spaces), single other characters, and line ends. One instance serves one thread.
/// </summary>
public sealed class NGramFeaturizer
{
    private const ulong HashSeed = 0xCBF29CE484222325; // FNV-1a offset basis, 64 bits
    private const ulong SequencePrime = 116049371; // factor between tokens of a run, as in fastText's dictionary
    private const char WordStart = '<';
    private const char WordEnd = '>';
    private const int MaxWordLength = 64;

    private readonly NGramFeaturizerOptions _options;
    private readonly int _mask;
    private readonly int[] _slotOf;
    private readonly ulong[] _recent;
    private readonly char[] _word = new char[MaxWordLength + 2];
    private readonly WordTable _words = new();
    private int[] _buckets = new int[4096];
    private int[] _counts = new int[4096];
    private int _slots;
    private int _recentCount;
    private long _total;

    /// <summary>Creates a featurizer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public NGramFeaturizer(NGramFeaturizerOptions options)
    {
        options.Validate();
        _options = options;
        _mask = options.Buckets - 1;
        _slotOf = new int[options.Buckets];
        _recent = new ulong[Math.Max(1, options.WordNGrams)];
    }

    /// <summary>How texts are read.</summary>
    public NGramFeaturizerOptions Options => _options;

    /// <summary>Fills the list with a text's n-grams: each bucket once, in the order of first use, with its weight.</summary>
    public void Featurize(ReadOnlySpan<char> text, FeatureList features)
    {
        features.Clear();
        ReadOnlySpan<char> read = text[..Math.Min(text.Length, _options.MaxTextLength)];
        features.Covered = text.IsEmpty ? 1 : (double)read.Length / text.Length;
        _recentCount = 0;
        _total = 0;
        _words.Clear();
        bool lineEnded = true;
        int position = 0;
        while (position < read.Length)
        {
            char c = read[position];
            switch (FeatureCharacters.ClassOf(c))
            {
                case FeatureCharacterClass.Word:
                    position += TakeWord(read[position..]);
                    lineEnded = false;
                    continue;
                case FeatureCharacterClass.Ideograph:
                    _word[1] = c;
                    Word(1, FeatureCharacters.Hash(HashSeed, c));
                    lineEnded = false;
                    break;
                case FeatureCharacterClass.LineEnd:
                    // Blank lines say nothing that one line end does not.
                    if (!lineEnded)
                    {
                        Token(FeatureCharacters.Hash(HashSeed, '\n'));
                        lineEnded = true;
                    }

                    break;
                case FeatureCharacterClass.Mark:
                    Token(FeatureCharacters.Hash(HashSeed, c));
                    lineEnded = false;
                    break;
            }

            position++;
        }

        Emit(features);
    }

    private int TakeWord(ReadOnlySpan<char> text)
    {
        int length = 0;
        ulong hash = HashSeed;
        while (length < text.Length && length < MaxWordLength && FeatureCharacters.ClassOf(text[length]) == FeatureCharacterClass.Word)
        {
            char folded = FeatureCharacters.Fold(text[length]);
            _word[++length] = folded;
            hash = FeatureCharacters.Hash(hash, folded);
        }

        Word(length, hash);
        return length;
    }

    // Finalizer of SplitMix64: FNV's low bits alone are poor.
    private static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }

    private void Word(int length, ulong wordHash)
    {
        Token(wordHash);
        if (_options.MinCharacters == 0 || !_words.TryStart(wordHash))
        {
            return;
        }

        _word[0] = WordStart;
        _word[length + 1] = WordEnd;
        ReadOnlySpan<char> bounded = _word.AsSpan(0, length + 2);
        for (int start = 0; start + _options.MinCharacters <= bounded.Length; start++)
        {
            int longest = Math.Min(_options.MaxCharacters, bounded.Length - start);
            ulong hash = ~HashSeed; // tells characters from words
            for (int n = 1; n <= longest; n++)
            {
                hash = FeatureCharacters.Hash(hash, bounded[start + n - 1]);
                if (n >= _options.MinCharacters && n < bounded.Length)
                {
                    _words.Add(Count(hash));
                }
            }
        }
    }

    private void Token(ulong hash)
    {
        if (_options.WordNGrams == 0)
        {
            return;
        }

        Count(hash);
        ulong run = hash;
        for (int back = 1; back <= _recentCount; back++)
        {
            run = (_recent[_recentCount - back] + (run * SequencePrime)) ^ (ulong)back;
            Count(run);
        }

        int keep = _options.WordNGrams - 1;
        if (keep == 0)
        {
            return;
        }

        if (_recentCount == keep)
        {
            _recent.AsSpan(1, keep - 1).CopyTo(_recent);
            _recentCount--;
        }

        _recent[_recentCount++] = hash;
    }

    // Counts an n-gram; its place among those of the text.
    private int Count(ulong hash)
    {
        int bucket = (int)Mix(hash) & _mask;
        _total++;
        ref int slot = ref _slotOf[bucket];
        if (slot != 0)
        {
            _counts[slot - 1]++;
            return slot - 1;
        }

        if (_slots == _buckets.Length)
        {
            Array.Resize(ref _buckets, _slots * 2);
            Array.Resize(ref _counts, _slots * 2);
        }

        _buckets[_slots] = bucket;
        _counts[_slots] = 1;
        slot = ++_slots;
        return slot - 1;
    }

    private void Emit(FeatureList features)
    {
        _total += _words.AddRepeats(_counts);

        // With square roots, the squares of weights sum to 1 as the counts sum to the number of n-grams.
        bool isMean = _options.Weighting == NGramWeighting.Mean;
        double scale = isMean ? 1.0 / _total : 1 / Math.Sqrt(_total);
        for (int i = 0; i < _slots; i++)
        {
            double value = isMean ? _counts[i] : Math.Sqrt(_counts[i]);
            features.Add(_buckets[i], (float)(value * scale));
            _slotOf[_buckets[i]] = 0;
        }

        _slots = 0;
    }

    /// <summary>
    /// The words of a text and the places of their n-grams of characters, which are looked up where a word stands first; where it stands again only that is counted.
    /// Words are told apart by their 64-bit hashes, as n-grams are.
    /// </summary>
    private sealed class WordTable
    {
        private ulong[] _keys = new ulong[1024];
        private int[] _wordOf = new int[1024];
        private int[] _ends = new int[512];
        private int[] _repeats = new int[512];
        private int[] _places = new int[8192];
        private int _count;
        private int _placeCount;

        public void Clear()
        {
            Array.Clear(_wordOf);
            _count = 0;
            _placeCount = 0;
        }

        /// <summary>True for a new word, whose places are to be added; an old one is counted.</summary>
        public bool TryStart(ulong hash)
        {
            int mask = _keys.Length - 1;
            int at = (int)(hash ^ (hash >> 32)) & mask;
            while (_wordOf[at] != 0)
            {
                if (_keys[at] == hash)
                {
                    _repeats[_wordOf[at] - 1]++;
                    return false;
                }

                at = (at + 1) & mask;
            }

            if (_count == _ends.Length)
            {
                Grow();
                return TryStart(hash);
            }

            _keys[at] = hash;
            _repeats[_count] = 0;
            _ends[_count] = _placeCount;
            _wordOf[at] = ++_count;
            return true;
        }

        /// <summary>Adds a place of the word that was started last.</summary>
        public void Add(int place)
        {
            if (_placeCount == _places.Length)
            {
                Array.Resize(ref _places, _placeCount * 2);
            }

            _places[_placeCount++] = place;
            _ends[_count - 1] = _placeCount;
        }

        /// <summary>Adds to each place how often its words stood again; the sum of what was added.</summary>
        public long AddRepeats(int[] counts)
        {
            long added = 0;
            int start = 0;
            for (int word = 0; word < _count; word++)
            {
                int end = _ends[word];
                int repeats = _repeats[word];
                if (repeats > 0)
                {
                    foreach (int place in _places.AsSpan(start, end - start))
                    {
                        counts[place] += repeats;
                    }

                    added += (long)repeats * (end - start);
                }

                start = end;
            }

            return added;
        }

        private void Grow()
        {
            Array.Resize(ref _ends, _count * 2);
            Array.Resize(ref _repeats, _count * 2);
            ulong[] keys = _keys;
            int[] wordOf = _wordOf;
            _keys = new ulong[keys.Length * 2];
            _wordOf = new int[keys.Length * 2];
            int mask = _keys.Length - 1;
            for (int i = 0; i < keys.Length; i++)
            {
                if (wordOf[i] == 0)
                {
                    continue;
                }

                int at = (int)(keys[i] ^ (keys[i] >> 32)) & mask;
                while (_wordOf[at] != 0)
                {
                    at = (at + 1) & mask;
                }

                _keys[at] = keys[i];
                _wordOf[at] = wordOf[i];
            }
        }
    }
}
