namespace DataBuild.Stages.Deduplicate;

/// <summary>Splits a text into parts.</summary>
internal delegate void PartSplitter(ReadOnlySpan<byte> text, PartList parts);

/// <summary>Merge of the stages that cut repeated parts out of texts.</summary>
internal sealed class PartDedup(string stageName, string priority, long memoryBytes)
{
    private readonly string _digestColumn = stageName + ".digests";
    private readonly string _lengthColumn = stageName + ".length";

    /// <summary>Rank of every alive row.</summary>
    public int[] Ranks(Corpus corpus, StageContext context) =>
        DocumentRanks.Compute(corpus, DocumentPriority.Parse(priority), _lengthColumn, _ => true, context, memoryBytes);

    /// <summary>Removes windows of parts that occur more than once, by their stored digests.</summary>
    public void Merge(Corpus corpus, int windowLength, KeptCopies keep, PartSplitter split, OutcomeWriter<CutOutcome> outcomes, StageContext context)
    {
        using RepeatedWindows windows = new(windowLength, keep, Ranks(corpus, context), context, memoryBytes);
        ReadDigests(corpus, context, (row, position, digest) => windows.Add(digest, row, position));
        windows.Complete();
        Cut(corpus, windows, split, outcomes, context);
    }

    /// <summary>Removes parts that a Bloom filter, filled in order of priority, has seen.</summary>
    public void MergeByFilter(Corpus corpus, double falsePositiveRate, PartSplitter split, OutcomeWriter<CutOutcome> outcomes, StageContext context)
    {
        int[] ranks = Ranks(corpus, context);
        using RepeatedWindows windows = new(1, KeptCopies.One, ranks, context, memoryBytes / 2);
        using (RunSorter<RankedPart> sorter = new(context.ScratchDirectory, "parts", memoryBytes / 2, context.Cancellation))
        {
            ReadDigests(corpus, context, (row, position, digest) => sorter.Add(new RankedPart(ranks[row], position, row, digest)));
            BloomFilter filter = new(sorter.Count, falsePositiveRate);
            context.Report(new StageNote("DB4106", false, $"'{stageName}': Bloom filter of {filter.ByteCount} bytes and {filter.ProbeCount} probes for {sorter.Count} paragraphs; at most {falsePositiveRate * sorter.Count:F1} are expected to go though new"));
            using SortedRecords<RankedPart> sorted = sorter.Sort();
            while (sorted.TryRead(out RankedPart part))
            {
                if (filter.Add(part.Digest))
                {
                    windows.Mark(part.Row, part.Position, isKept: false);
                }
            }
        }

        windows.Complete();
        Cut(corpus, windows, split, outcomes, context);
    }

    /// <summary>Writes every alive row's text without the ranges to remove.</summary>
    public static void Cut(Corpus corpus, RepeatedWindows windows, PartSplitter split, OutcomeWriter<CutOutcome> outcomes, StageContext context)
    {
        PartList parts = new();
        List<(int Start, int End)> ranges = [];
        foreach (CorpusBatch batch in corpus.Read("text"))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            StringColumn texts = (StringColumn)batch.Documents["text"];
            ReadOnlyMemory<bool> alive = batch.Alive;
            for (int row = 0; row < batch.Count; row++)
            {
                if (!alive.Span[row])
                {
                    outcomes.Append(default);
                    continue;
                }

                windows.RangesToRemove((int)batch.FirstRow + row, ranges);
                ReadOnlySpan<byte> text = texts[row];
                if (ranges.Count > 0)
                {
                    split(text, parts);
                }

                outcomes.Append(CutOutcome.Cut(text, parts, ranges));
            }
        }
    }

    private void ReadDigests(Corpus corpus, StageContext context, Action<int, int, ulong> add)
    {
        foreach (CorpusBatch batch in corpus.Read(_digestColumn))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            ListColumn<ulong> digests = (ListColumn<ulong>)batch.Documents[_digestColumn];
            ReadOnlyMemory<bool> alive = batch.Alive;
            for (int row = 0; row < batch.Count; row++)
            {
                if (!alive.Span[row])
                {
                    continue;
                }

                ReadOnlySpan<ulong> values = digests[row];
                for (int i = 0; i < values.Length; i++)
                {
                    if (values[i] != 0)
                    {
                        add((int)batch.FirstRow + row, i, values[i]);
                    }
                }
            }
        }
    }

    private readonly record struct RankedPart(int Rank, int Position, int Row, ulong Digest) : ISortRecord<RankedPart>
    {
        public ulong SortKey => ((ulong)(uint)Rank << 32) | (uint)Position;

        public int CompareTies(in RankedPart other) => 0;
    }
}
