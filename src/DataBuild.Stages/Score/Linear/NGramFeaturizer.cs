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

    private static readonly double[] Roots = [.. Enumerable.Range(0, 1024).Select(n => Math.Sqrt(n))];

    private readonly NGramFeaturizerOptions _options;
    private readonly int _mask;
    private readonly ulong[] _recent;
    private readonly char[] _word = new char[MaxWordLength + 2];
    private readonly RepeatedWords _words = new();
    private readonly BucketCounts _counts = new();
    private int _recentCount;
    private long _total;

    /// <summary>Creates a featurizer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public NGramFeaturizer(NGramFeaturizerOptions options)
    {
        options.Validate();
        _options = options;
        _mask = options.Buckets - 1;
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
        _counts.Clear();
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

        _ = Count(hash);
        ulong run = hash;
        for (int back = 1; back <= _recentCount; back++)
        {
            run = (_recent[_recentCount - back] + (run * SequencePrime)) ^ (ulong)back;
            _ = Count(run);
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

    private int Count(ulong hash)
    {
        _total++;
        return _counts.Count((int)Mix(hash) & _mask);
    }

    private void Emit(FeatureList features)
    {
        Span<int> counts = _counts.Counts;
        _total += _words.AddTo(counts);

        // With square roots, the squares of weights sum to 1 as the counts sum to the number of n-grams.
        Span<float> weights = features.Take(_counts.Buckets);
        if (_options.Weighting == NGramWeighting.Mean)
        {
            double scale = 1.0 / _total;
            for (int i = 0; i < weights.Length; i++)
            {
                weights[i] = (float)(counts[i] * scale);
            }

            return;
        }

        double root = 1 / Math.Sqrt(_total);
        for (int i = 0; i < weights.Length; i++)
        {
            int count = counts[i];
            weights[i] = (float)((count < Roots.Length ? Roots[count] : Math.Sqrt(count)) * root);
        }
    }
}
