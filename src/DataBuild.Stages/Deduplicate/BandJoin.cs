using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace DataBuild.Stages.Deduplicate;

/// <summary>
/// Joins documents whose signatures agree in at least one band. Band digests (64 bits) go through a <see cref="RunSorter{T}"/>; equal neighbours meet.
/// With a least similarity, documents that meet are compared by their whole signatures: in every bucket each distinct signature with the first and with the
/// one before it, in the order of the signatures' digests, which no order of the shards can change.
/// </summary>
internal sealed class BandJoin(string signatureColumn, int bands, int rows, double minJaccard, long memoryBytes)
{
    private readonly int _hashCount = bands * rows;

    /// <summary>Joins the rows of a corpus.</summary>
    public void Join(Corpus corpus, DisjointSets sets, StageContext context)
    {
        if (minJaccard <= 0)
        {
            JoinBands(corpus, sets, context);
            return;
        }

        bool[] isRepeated = JoinEqualSignatures(corpus, sets, context);
        using RunSorter<CandidatePair> pairs = new(context.ScratchDirectory, "pairs", memoryBytes / 2, context.Cancellation);
        CollectPairs(corpus, isRepeated, pairs, context);
        Verify(corpus, pairs, sets, context);
    }

    private void JoinBands(Corpus corpus, DisjointSets sets, StageContext context)
    {
        using RunSorter<KeyedRow> sorter = new(context.ScratchDirectory, "bands", memoryBytes, context.Cancellation);
        foreach (CorpusBatch batch in corpus.Read(signatureColumn))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            ListColumn<ulong> signatures = (ListColumn<ulong>)batch.Documents[signatureColumn];
            ReadOnlySpan<bool> alive = batch.Alive.Span;
            for (int row = 0; row < alive.Length; row++)
            {
                ReadOnlySpan<uint> signature = alive[row] ? Unpack(signatures, row) : default;
                for (int band = 0; band < bands && !signature.IsEmpty; band++)
                {
                    sorter.Add(new KeyedRow(BandKey(signature, band), (int)batch.FirstRow + row));
                }
            }
        }

        using SortedRecords<KeyedRow> sorted = sorter.Sort();
        KeyedRow first = default;
        for (bool isFirst = true; sorted.TryRead(out KeyedRow record); isFirst = false)
        {
            if (!isFirst && record.Key == first.Key)
            {
                sets.Union(first.Row, record.Row);
            }
            else
            {
                first = record;
            }
        }
    }

    /// <summary>Joins rows with the same signature.</summary>
    /// <returns>For each row: true when an equal signature stands in an earlier row.</returns>
    private bool[] JoinEqualSignatures(Corpus corpus, DisjointSets sets, StageContext context)
    {
        bool[] isRepeated = new bool[corpus.RowCount];
        using RunSorter<KeyedRow> sorter = new(context.ScratchDirectory, "signatures", memoryBytes, context.Cancellation);
        foreach (CorpusBatch batch in corpus.Read(signatureColumn))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            ListColumn<ulong> signatures = (ListColumn<ulong>)batch.Documents[signatureColumn];
            ReadOnlySpan<bool> alive = batch.Alive.Span;
            for (int row = 0; row < alive.Length; row++)
            {
                if (alive[row] && Unpack(signatures, row) is { IsEmpty: false } signature)
                {
                    sorter.Add(new KeyedRow(SignatureKey(signature), (int)batch.FirstRow + row));
                }
            }
        }

        using SortedRecords<KeyedRow> sorted = sorter.Sort();
        KeyedRow first = default;
        for (bool isFirst = true; sorted.TryRead(out KeyedRow record); isFirst = false)
        {
            if (!isFirst && record.Key == first.Key)
            {
                sets.Union(first.Row, record.Row);
                isRepeated[record.Row] = true;
            }
            else
            {
                first = record;
            }
        }

        return isRepeated;
    }

    private void CollectPairs(Corpus corpus, bool[] isRepeated, RunSorter<CandidatePair> pairs, StageContext context)
    {
        using RunSorter<BandEntry> sorter = new(context.ScratchDirectory, "bands", memoryBytes / 2, context.Cancellation);
        foreach (CorpusBatch batch in corpus.Read(signatureColumn))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            ListColumn<ulong> signatures = (ListColumn<ulong>)batch.Documents[signatureColumn];
            ReadOnlySpan<bool> alive = batch.Alive.Span;
            for (int row = 0; row < alive.Length; row++)
            {
                int ordinal = (int)batch.FirstRow + row;
                ReadOnlySpan<uint> signature = alive[row] && !isRepeated[ordinal] ? Unpack(signatures, row) : default;
                ulong digest = signature.IsEmpty ? 0 : SignatureKey(signature);
                for (int band = 0; band < bands && !signature.IsEmpty; band++)
                {
                    sorter.Add(new BandEntry(BandKey(signature, band), digest, ordinal));
                }
            }
        }

        using SortedRecords<BandEntry> sorted = sorter.Sort();
        BandEntry first = default;
        BandEntry previous = default;
        for (bool isFirst = true; sorted.TryRead(out BandEntry entry); isFirst = false)
        {
            if (isFirst || entry.Key != first.Key)
            {
                first = entry;
            }
            else
            {
                pairs.Add(CandidatePair.Of(first.Row, entry.Row));
                if (previous.Row != first.Row)
                {
                    pairs.Add(CandidatePair.Of(previous.Row, entry.Row));
                }
            }

            previous = entry;
        }
    }

    /// <summary>
    /// Compares candidate pairs in blocks: the signatures of a block's first members are held in memory, those of the second members pass by.
    /// </summary>
    private void Verify(Corpus corpus, RunSorter<CandidatePair> pairs, DisjointSets sets, StageContext context)
    {
        int packed = MinHashDedup.PackedLength(_hashCount);
        int blockRows = (int)Math.Clamp(memoryBytes / (packed * sizeof(ulong)), 1, Array.MaxLength / packed);
        using SortedRecords<CandidatePair> sorted = pairs.Sort();
        List<CandidatePair> block = [];
        Dictionary<int, int> slots = [];
        CandidatePair last = default;
        bool hasMore = sorted.TryRead(out CandidatePair pair);
        while (hasMore)
        {
            block.Clear();
            slots.Clear();
            while (hasMore && block.Count < Array.MaxLength / 2 && (slots.ContainsKey(pair.First) || slots.Count < blockRows))
            {
                if (pair != last)
                {
                    slots.TryAdd(pair.First, slots.Count);
                    block.Add(pair);
                    last = pair;
                }

                hasMore = sorted.TryRead(out pair);
            }

            VerifyBlock(corpus, block, slots, packed, sets, context);
        }
    }

    private void VerifyBlock(Corpus corpus, List<CandidatePair> block, Dictionary<int, int> slots, int packed, DisjointSets sets, StageContext context)
    {
        ulong[] held = new ulong[slots.Count * packed];
        block.Sort((x, y) => x.Second != y.Second ? x.Second.CompareTo(y.Second) : x.First.CompareTo(y.First));
        foreach (CorpusBatch batch in corpus.Read(signatureColumn))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            ListColumn<ulong> signatures = (ListColumn<ulong>)batch.Documents[signatureColumn];
            for (int row = 0; row < batch.Count; row++)
            {
                if (slots.TryGetValue((int)batch.FirstRow + row, out int slot))
                {
                    signatures[row].CopyTo(held.AsSpan(slot * packed));
                }
            }
        }

        int next = 0;
        foreach (CorpusBatch batch in corpus.Read(signatureColumn))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            ListColumn<ulong> signatures = (ListColumn<ulong>)batch.Documents[signatureColumn];
            for (; next < block.Count && block[next].Second < batch.FirstRow + batch.Count; next++)
            {
                CandidatePair pair = block[next];
                ReadOnlySpan<uint> first = MemoryMarshal.Cast<ulong, uint>(held.AsSpan(slots[pair.First] * packed, packed))[.._hashCount];
                ReadOnlySpan<uint> second = Unpack(signatures, (int)(pair.Second - batch.FirstRow));
                if (MinHasher.Similarity(first, second) >= minJaccard)
                {
                    sets.Union(pair.First, pair.Second);
                }
            }
        }
    }

    private ReadOnlySpan<uint> Unpack(ListColumn<ulong> signatures, int row)
    {
        ReadOnlySpan<ulong> packed = signatures[row];
        if (packed.IsEmpty)
        {
            return default;
        }

        if (packed.Length != MinHashDedup.PackedLength(_hashCount))
        {
            throw new StageException("DB4104", $"column '{signatureColumn}' holds a signature of {packed.Length} values; expected {MinHashDedup.PackedLength(_hashCount)} for {bands} bands of {rows} rows");
        }

        return MemoryMarshal.Cast<ulong, uint>(packed)[.._hashCount];
    }

    private ulong BandKey(ReadOnlySpan<uint> signature, int band) =>
        XxHash3.HashToUInt64(MemoryMarshal.AsBytes(signature.Slice(band * rows, rows)), band + 1);

    private static ulong SignatureKey(ReadOnlySpan<uint> signature) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(signature));

    private readonly record struct BandEntry(ulong Key, ulong Digest, int Row) : ISortRecord<BandEntry>
    {
        public ulong SortKey => Key;

        public int CompareTies(in BandEntry other)
        {
            int order = Digest.CompareTo(other.Digest);
            return order != 0 ? order : Row.CompareTo(other.Row);
        }
    }

    private readonly record struct CandidatePair(int First, int Second) : ISortRecord<CandidatePair>
    {
        public ulong SortKey => ((ulong)(uint)First << 32) | (uint)Second;

        public int CompareTies(in CandidatePair other) => 0;

        public static CandidatePair Of(int a, int b) => new(Math.Min(a, b), Math.Max(a, b));
    }
}
