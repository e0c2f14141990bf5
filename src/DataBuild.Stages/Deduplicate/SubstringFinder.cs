namespace DataBuild.Stages.Deduplicate;

/// <summary>Hashes the parts of a text.</summary>
internal delegate void ElementHasher(ReadOnlySpan<byte> text, PartList parts, Span<ulong> elements);

/// <summary>Finds windows of a fixed number of parts that occur more than once in the corpus.</summary>
internal sealed class SubstringFinder(int windowLength, KeptCopies keep, PartSplitter split, ElementHasher hash, int[] ranks)
{
    /// <summary>Memory of the suffix array for a part: text, suffixes, ranks and common prefixes, and the recursion.</summary>
    public const int BytesPerUnit = 24;

    private readonly PartList _parts = new();
    private ulong[] _elements = [];
    private ulong[] _shingles = [];

    /// <summary>By a suffix array of the whole corpus in memory. Exact but for equal hashes of different tokens.</summary>
    public void FindBySuffixArray(Corpus corpus, int unitCount, RepeatedWindows windows, StageContext context)
    {
        int[] text = new int[unitCount];
        List<int> starts = [];
        List<int> rows = [];
        Dictionary<ulong, int> values = [];
        int length = 0;
        ForEachText(corpus, context, (row, elements) =>
        {
            starts.Add(length);
            rows.Add(row);
            foreach (ulong element in elements)
            {
                if (!values.TryGetValue(element, out int value))
                {
                    value = values.Count;
                    values.Add(element, value);
                }

                text[length++] = value;
            }

            // Room for the document's separator, which is like no other value.
            text[length++] = -1;
        });
        for (int i = 0, separator = values.Count; i < length; i++)
        {
            text[i] = text[i] < 0 ? separator++ : text[i];
        }

        int[] suffixes = SuffixArray.Build(text.AsSpan(0, length), values.Count + rows.Count);
        int[] common = SuffixArray.CommonPrefixes(text.AsSpan(0, length), suffixes);
        for (int i = 1; i < length;)
        {
            if (common[i] < windowLength)
            {
                i++;
                continue;
            }

            int first = i - 1;
            while (i < length && common[i] >= windowLength)
            {
                i++;
            }

            MarkGroup(suffixes.AsSpan(first, i - first), starts, rows, windows);
        }
    }

    /// <summary>
    /// By sorted runs of window digests. Windows whose digest hits no slot of a table twice are unique and left out, which keeps most of a
    /// corpus off the disk; the others are compared by their digests.
    /// </summary>
    public void FindByDigests(Corpus corpus, RepeatedWindows windows, long memoryBytes, StageContext context)
    {
        int words = (int)Math.Clamp(memoryBytes / 2 / sizeof(ulong), 1024, Array.MaxLength);
        ulong[] once = new ulong[words];
        ulong[] twice = new ulong[words];
        ulong bits = (ulong)words * 64;
        ForEachText(corpus, context, (_, elements) =>
        {
            foreach (ulong digest in Windows(elements))
            {
                ulong bit = Math.BigMul(digest, bits, out ulong _);
                ulong mask = 1UL << (int)(bit & 63);
                twice[bit >> 6] |= once[bit >> 6] & mask;
                once[bit >> 6] |= mask;
            }
        });
        ForEachText(corpus, context, (row, elements) =>
        {
            ReadOnlySpan<ulong> digests = Windows(elements);
            for (int i = 0; i < digests.Length; i++)
            {
                ulong bit = Math.BigMul(digests[i], bits, out ulong _);
                if ((twice[bit >> 6] & (1UL << (int)(bit & 63))) != 0)
                {
                    windows.Add(digests[i], row, i);
                }
            }
        });
    }

    private ReadOnlySpan<ulong> Windows(ReadOnlySpan<ulong> elements)
    {
        if (elements.Length < windowLength)
        {
            return default;
        }

        if (_shingles.Length < elements.Length)
        {
            _shingles = new ulong[elements.Length * 2];
        }

        return _shingles.AsSpan(0, Shingles.Hash(elements, windowLength, _shingles));
    }

    private void MarkGroup(ReadOnlySpan<int> positions, List<int> starts, List<int> rows, RepeatedWindows windows)
    {
        int best = -1;
        int bestRank = int.MaxValue;
        foreach (int position in positions)
        {
            int rank = ranks[rows[DocumentAt(starts, position)]];
            if (rank < bestRank || (rank == bestRank && position < best))
            {
                best = position;
                bestRank = rank;
            }
        }

        foreach (int position in positions)
        {
            int document = DocumentAt(starts, position);
            windows.Mark(rows[document], position - starts[document], position == best && keep == KeptCopies.One);
        }
    }

    private static int DocumentAt(List<int> starts, int position)
    {
        int index = starts.BinarySearch(position);
        return index >= 0 ? index : ~index - 1;
    }

    private void ForEachText(Corpus corpus, StageContext context, TextAction action)
    {
        foreach (CorpusBatch batch in corpus.Read("text"))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            StringColumn texts = (StringColumn)batch.Documents["text"];
            ReadOnlyMemory<bool> alive = batch.Alive;
            for (int row = 0; row < batch.Count; row++)
            {
                if (alive.Span[row])
                {
                    ReadOnlySpan<byte> text = texts[row];
                    split(text, _parts);
                    if (_elements.Length < _parts.Count)
                    {
                        _elements = new ulong[_parts.Count * 2];
                    }

                    hash(text, _parts, _elements);
                    action((int)batch.FirstRow + row, _elements.AsSpan(0, _parts.Count));
                }
            }
        }
    }

    private delegate void TextAction(int row, ReadOnlySpan<ulong> elements);
}
