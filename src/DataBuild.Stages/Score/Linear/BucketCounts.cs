namespace DataBuild.Stages.Score.Linear;

/// <summary>Counts of buckets in the order of their first use: a hash table no larger than a text needs, so that it stays in the processor's cache.</summary>
internal sealed class BucketCounts
{
    // An entry holds a bucket plus one in its upper half, and its place in the lower.
    private ulong[] _entries = new ulong[4096];
    private int[] _buckets = new int[2048];
    private int[] _counts = new int[2048];
    private int _count;

    /// <summary>The buckets.</summary>
    public ReadOnlySpan<int> Buckets => _buckets.AsSpan(0, _count);

    /// <summary>How often each was added.</summary>
    public Span<int> Counts => _counts.AsSpan(0, _count);

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        if (_count * 4 > _entries.Length)
        {
            Array.Clear(_entries);
        }
        else
        {
            // Of a table that is too large for the text only the runs in use: each entry lies in the run that its bucket's place begins.
            int mask = _entries.Length - 1;
            foreach (int bucket in Buckets)
            {
                for (int at = bucket & mask; _entries[at] != 0; at = (at + 1) & mask)
                {
                    _entries[at] = 0;
                }
            }
        }

        _count = 0;
    }

    /// <summary>Counts a bucket; its place among those of the text. Buckets are hashes, so their low bits spread as they are.</summary>
    public int Count(int bucket)
    {
        ulong[] entries = _entries;
        int mask = entries.Length - 1;
        ulong key = (ulong)(uint)(bucket + 1) << 32;
        for (int at = bucket & mask; ; at = (at + 1) & mask)
        {
            ulong entry = entries[at];
            if ((entry & 0xFFFFFFFF00000000) == key)
            {
                int place = (int)(uint)entry;
                _counts[place]++;
                return place;
            }

            if (entry == 0)
            {
                return Add(bucket, key);
            }
        }
    }

    private int Add(int bucket, ulong key)
    {
        if (_count * 2 == _entries.Length)
        {
            Grow();
        }

        if (_count == _buckets.Length)
        {
            Array.Resize(ref _buckets, _count * 2);
            Array.Resize(ref _counts, _count * 2);
        }

        Place(key | (uint)_count, bucket);
        _buckets[_count] = bucket;
        _counts[_count] = 1;
        return _count++;
    }

    private void Grow()
    {
        _entries = new ulong[_entries.Length * 2];
        for (int i = 0; i < _count; i++)
        {
            Place(((ulong)(uint)(_buckets[i] + 1) << 32) | (uint)i, _buckets[i]);
        }
    }

    private void Place(ulong entry, int bucket)
    {
        int mask = _entries.Length - 1;
        int at = bucket & mask;
        while (_entries[at] != 0)
        {
            at = (at + 1) & mask;
        }

        _entries[at] = entry;
    }
}
