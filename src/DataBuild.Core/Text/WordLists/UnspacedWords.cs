namespace DataBuild.Text;

/// <summary>
/// Cuts runs of Chinese, Japanese, Thai, Lao, Khmer and Burmese into words: the cheapest sequence of words of a list. Costs of the Chinese and Japanese list
/// are negative logarithms of frequencies, so that the sequence is the likeliest one of a unigram model; a run of katakana outside the list costs by its
/// length. In the other lists every word costs the same: the fewest characters outside the list decide, then the fewest words (maximal matching,
/// Sornlertlamvanich 1993), then the longer word first. The lists are those of ICU 72 (Unicode licence and others, see LICENSE.txt beside them).
/// </summary>
internal sealed class UnspacedWords
{
    private const int LongestWord = 40;

    // Costs of katakana outside the list by length in characters, and of any other character: both as ICU has them.
    private const int UnknownCharacter = 255;
    private const int UnknownCluster = 1 << 12;
    private const int LongestKatakana = 20;
    private const int ShortWord = 3;
    private static readonly int[] KatakanaCosts = [8192, 984, 408, 240, 204, 252, 300, 372, 480];

    private static readonly Lazy<WordTrie>[] Lists = [.. Enum.GetValues<UnspacedScript>().Select(script => new Lazy<WordTrie>(() => Load(script)))];

    private int[] _costs = new int[256];
    private int[] _lengths = new int[256];

    /// <summary>Script of a character; None for the characters of scripts without a list.</summary>
    public static UnspacedScript ScriptOf(char c) => c switch
    {
        < '\u0E01' => UnspacedScript.None,
        (>= '\u0E01' and <= '\u0E3A') or (>= '\u0E40' and <= '\u0E4E') => UnspacedScript.Thai,
        (>= '\u0E81' and <= '\u0ECF') or (>= '\u0EDC' and <= '\u0EDF') => UnspacedScript.Lao,
        (>= '\u1000' and <= '\u103F') or (>= '\u1050' and <= '\u108F') => UnspacedScript.Burmese,
        (>= '\u1780' and <= '\u17D3') or '\u17D7' or '\u17DC' or '\u17DD' => UnspacedScript.Khmer,
        '\u3005' or '\u3006' or '\u3007' or (>= '\u3041' and <= '\u3096') or '\u309D' or '\u309E' or (>= '\u30A1' and <= '\u30FA') or (>= '\u30FC' and <= '\u30FF')
            or (>= '\u3400' and <= '\u4DBF') or (>= '\u4E00' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF') => UnspacedScript.ChineseJapanese,
        _ => UnspacedScript.None,
    };

    /// <summary>Cuts a run of one script; the lengths of its words, in order.</summary>
    public ReadOnlySpan<int> Cut(ReadOnlySpan<char> run, UnspacedScript script)
    {
        if (_costs.Length <= run.Length)
        {
            int size = Math.Max(run.Length + 1, _costs.Length * 2);
            _costs = new int[size];
            _lengths = new int[size];
        }

        WordTrie list = Lists[(int)script].Value;
        bool isChineseJapanese = script == UnspacedScript.ChineseJapanese;

        // From the end: _costs[i] is the least cost of what follows i, _lengths[i] the length of the first word there.
        _costs[run.Length] = 0;
        for (int start = run.Length - 1; start >= 0; start--)
        {
            _costs[start] = int.MaxValue;
            int unknown = EndOfCluster(run, start, script) - start;
            Offer(start, unknown, isChineseJapanese ? UnknownCharacter : UnknownCluster);
            int node = list.First(run[start]);
            for (int end = start + 1; node != 0; end++)
            {
                byte cost = list.CostOf(node);
                if (cost != 0 && IsBoundary(run, end, script))
                {
                    Offer(start, end - start, cost);
                }

                if (end == run.Length || end - start == LongestWord)
                {
                    break;
                }

                node = list.Next(node, run[end]);
            }

            if (isChineseJapanese && IsKatakana(run[start]) && (start == 0 || !IsKatakana(run[start - 1])))
            {
                OfferKatakana(run, start);
            }
        }

        return Collect(run, list, isChineseJapanese);
    }

    private void OfferKatakana(ReadOnlySpan<char> run, int start)
    {
        int length = 1;
        while (start + length < run.Length && length < LongestKatakana && IsKatakana(run[start + length]))
        {
            length++;
        }

        if (length < LongestKatakana)
        {
            Offer(start, length, length < KatakanaCosts.Length ? KatakanaCosts[length] : KatakanaCosts[0]);
        }
    }

    // Of words that cost the same the longer one: it is offered later.
    private void Offer(int start, int length, int cost)
    {
        long total = Math.Min((long)_costs[start + length] + cost, int.MaxValue - 1);
        if (total <= _costs[start])
        {
            _costs[start] = (int)total;
            _lengths[start] = length;
        }
    }

    // Walks the best sequence. Where no frequencies are known, neighbours outside the list are one word, a short word before them is taken for their
    // beginning (as ICU does), and Thai's marks of repetition and abbreviation belong to the word before them.
    private ReadOnlySpan<int> Collect(ReadOnlySpan<char> run, WordTrie list, bool isChineseJapanese)
    {
        int count = 0;
        bool joins = false;
        for (int at = 0; at < run.Length;)
        {
            int length = _lengths[at];
            bool isUnknown = !isChineseJapanese && list.CostOf(run.Slice(at, length)) == 0;
            bool isSuffix = count > 0 && length == 1 && run[at] is '\u0E2F' or '\u0E46';
            at += length;
            if (isSuffix || (isUnknown && joins))
            {
                _costs[count - 1] += length;
            }
            else
            {
                _costs[count++] = length;
            }

            joins = isUnknown || (!isChineseJapanese && !isSuffix && length < ShortWord);
        }

        return _costs.AsSpan(0, count);
    }

    private static int EndOfCluster(ReadOnlySpan<char> run, int start, UnspacedScript script)
    {
        int end = start + 1;
        while (end < run.Length && !IsBoundary(run, end, script))
        {
            end++;
        }

        return end;
    }

    // A word neither starts with a mark, nor in Thai and Lao with a vowel that follows its consonant or behind one that precedes it, nor behind a sign that stacks.
    private static bool IsBoundary(ReadOnlySpan<char> run, int at, UnspacedScript script)
    {
        if (at == run.Length)
        {
            return true;
        }

        char after = run[at];
        char before = run[at - 1];
        return CharacterTable.WordBreakOf(after) is not (WordBreakClass.Extend or WordBreakClass.Joiner) && script switch
        {
            UnspacedScript.Thai => before is not (>= '\u0E40' and <= '\u0E44') && after is not ('\u0E30' or '\u0E32' or '\u0E33' or '\u0E45'),
            UnspacedScript.Lao => before is not (>= '\u0EC0' and <= '\u0EC4') && after is not ('\u0EB0' or '\u0EB2' or '\u0EB3' or '\u0EBD'),
            UnspacedScript.Khmer => before != '\u17D2',
            UnspacedScript.Burmese => before != '\u1039',
            _ => true,
        };
    }

    private static bool IsKatakana(char c) => c is (>= '\u30A1' and <= '\u30FA') or (>= '\u30FC' and <= '\u30FF');

    private static WordTrie Load(UnspacedScript script)
    {
        string name = $"DataBuild.Text.WordLists.{script}.br";
        using Stream stream = typeof(UnspacedWords).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is missing from the assembly");
        return WordTrie.Read(stream);
    }
}
