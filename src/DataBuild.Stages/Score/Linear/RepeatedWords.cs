namespace DataBuild.Stages.Score.Linear;

/// <summary>
/// The words of a text and the places of their n-grams of characters, which are looked up where a word stands first; where it stands again only that is counted. Words are told
/// apart by their 64-bit hashes, as n-grams are by shorter ones.
/// </summary>
internal sealed class RepeatedWords
{
    private ulong[] _hashes = new ulong[1024];
    private int[] _table = new int[2048];
    private int[] _ends = new int[1024];
    private int[] _repeats = new int[1024];
    private int[] _places = new int[8192];
    private int _count;
    private int _placeCount;

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Array.Clear(_table);
        _count = 0;
        _placeCount = 0;
    }

    /// <summary>True for a new word, whose places are to be added; an old one is counted.</summary>
    public bool TryStart(ulong hash)
    {
        int mask = _table.Length - 1;
        int at = Slot(hash) & mask;
        while (_table[at] != 0)
        {
            int word = _table[at] - 1;
            if (_hashes[word] == hash)
            {
                _repeats[word]++;
                return false;
            }

            at = (at + 1) & mask;
        }

        if (_count == _hashes.Length)
        {
            Grow();
            return TryStart(hash);
        }

        _hashes[_count] = hash;
        _repeats[_count] = 0;
        _ends[_count] = _placeCount;
        _table[at] = ++_count;
        return true;
    }

    /// <summary>Adds a place to the word that was started last.</summary>
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
    public long AddTo(Span<int> counts)
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

    private static int Slot(ulong hash) => (int)(hash ^ (hash >> 32));

    private void Grow()
    {
        Array.Resize(ref _hashes, _count * 2);
        Array.Resize(ref _ends, _count * 2);
        Array.Resize(ref _repeats, _count * 2);
        _table = new int[_count * 4];
        int mask = _table.Length - 1;
        for (int word = 0; word < _count; word++)
        {
            int at = Slot(_hashes[word]) & mask;
            while (_table[at] != 0)
            {
                at = (at + 1) & mask;
            }

            _table[at] = word + 1;
        }
    }
}
