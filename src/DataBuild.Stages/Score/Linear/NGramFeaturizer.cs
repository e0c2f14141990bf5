using System.Runtime.InteropServices;

namespace DataBuild.Stages.Score.Linear;

/// <summary>
/// Turns a text into hashed n-grams, in the way of fastText (Joulin et al. 2016, "Bag of Tricks for Efficient Text Classification"; Bojanowski et al. 2017
/// for characters): words, runs of neighbouring tokens, and runs of characters in words. Tokens are words (runs of letters, digits and marks, in lower case,
/// every digit as 0; single characters in scripts without spaces), single other characters, and line ends. One instance serves one thread.
/// </summary>
public sealed class NGramFeaturizer
{
    private const ulong HashSeed = 0xCBF29CE484222325; // FNV-1a offset basis, 64 bits
    private const ulong HashPrime = 0x100000001B3;
    private const ulong SequencePrime = 116049371; // factor between tokens of a run, as in fastText's dictionary
    private const char WordStart = '<';
    private const char WordEnd = '>';
    private const int MaxWordLength = 64;

    private readonly NGramFeaturizerOptions _options;
    private readonly int _mask;
    private readonly int[] _slotOf;
    private readonly ulong[] _recent;
    private readonly char[] _word = new char[MaxWordLength + 2];
    private readonly List<int> _touched = [];
    private readonly List<int> _counts = [];
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
        bool lineEnded = true;
        int position = 0;
        while (position < read.Length)
        {
            char c = read[position];
            if (IsIdeograph(c))
            {
                position++;
                _word[1] = c;
                Word(1);
                lineEnded = false;
                continue;
            }

            if (IsWordCharacter(c))
            {
                int length = 0;
                while (position < read.Length && length < MaxWordLength && IsWordCharacter(c = read[position]) && !IsIdeograph(c))
                {
                    _word[++length] = Fold(c);
                    position++;
                }

                Word(length);
                lineEnded = false;
                continue;
            }

            position++;
            if (c == '\n')
            {
                // Blank lines say nothing that one line end does not.
                if (!lineEnded)
                {
                    Token(Hash(HashSeed, '\n'));
                    lineEnded = true;
                }
            }
            else if (!char.IsWhiteSpace(c))
            {
                Token(Hash(HashSeed, c));
                lineEnded = false;
            }
        }

        Emit(features);
    }

    private static bool IsWordCharacter(char c) => char.IsAscii(c)
        ? char.IsAsciiLetterOrDigit(c)
        : char.IsLetterOrDigit(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;

    // Scripts that set no spaces between words: every character is a word. Thai and Lao; CJK radicals to ideographs, kana included; compatibility ideographs.
    private static bool IsIdeograph(char c) => c is (>= '\u0E00' and <= '\u0EFF') or (>= '\u2E80' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF')
        && char.IsLetterOrDigit(c);

    private static char Fold(char c) => char.IsAscii(c)
        ? (char.IsAsciiDigit(c) ? '0' : (char)(char.IsAsciiLetterUpper(c) ? c | 0x20 : c))
        : char.ToLowerInvariant(c);

    private static ulong Hash(ulong hash, char c) => (hash ^ c) * HashPrime;

    // Finalizer of SplitMix64: FNV's low bits alone are poor.
    private static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }

    private void Word(int length)
    {
        ReadOnlySpan<char> word = _word.AsSpan(1, length);
        ulong hash = HashSeed;
        foreach (char c in word)
        {
            hash = Hash(hash, c);
        }

        Token(hash);
        if (_options.MinCharacters == 0)
        {
            return;
        }

        _word[0] = WordStart;
        _word[length + 1] = WordEnd;
        ReadOnlySpan<char> bounded = _word.AsSpan(0, length + 2);
        for (int start = 0; start + _options.MinCharacters <= bounded.Length; start++)
        {
            int longest = Math.Min(_options.MaxCharacters, bounded.Length - start);
            hash = ~HashSeed; // tells characters from words
            for (int n = 1; n <= longest; n++)
            {
                hash = Hash(hash, bounded[start + n - 1]);
                if (n >= _options.MinCharacters && n < bounded.Length)
                {
                    Count(hash);
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

    private void Count(ulong hash)
    {
        int bucket = (int)Mix(hash) & _mask;
        _total++;
        ref int slot = ref _slotOf[bucket];
        if (slot == 0)
        {
            _touched.Add(bucket);
            _counts.Add(1);
            slot = _touched.Count;
        }
        else
        {
            CollectionsMarshal.AsSpan(_counts)[slot - 1]++;
        }
    }

    private void Emit(FeatureList features)
    {
        Span<int> counts = CollectionsMarshal.AsSpan(_counts);
        double scale = 0;
        if (_options.Weighting == NGramWeighting.Mean)
        {
            scale = 1.0 / _total;
        }
        else
        {
            // The squares of square roots of counts sum to the number of n-grams.
            scale = 1 / Math.Sqrt(_total);
        }

        for (int i = 0; i < counts.Length; i++)
        {
            double value = _options.Weighting == NGramWeighting.Mean ? counts[i] : Math.Sqrt(counts[i]);
            features.Add(_touched[i], (float)(value * scale));
            _slotOf[_touched[i]] = 0;
        }

        _touched.Clear();
        _counts.Clear();
    }
}
