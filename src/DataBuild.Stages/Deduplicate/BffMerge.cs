namespace DataBuild.Stages.Deduplicate;

/// <summary>Merge of <see cref="BffDedup"/>: n-grams sorted by rank of document and paragraph pass the filter, a paragraph at a time.</summary>
internal sealed class BffMerge(BffDedup stage)
{
    private readonly long _memory = stage.SortMemory * 1048576L;

    /// <summary>Finds and cuts.</summary>
    public void Run(Corpus corpus, OutcomeWriter<BffOutcome> outcomes, StageContext context)
    {
        int[] ranks = new PartDedup(stage.Name, stage.Priority, _memory).Ranks(corpus, context);
        int[] known = new int[corpus.RowCount];
        int[] all = new int[corpus.RowCount];
        using RepeatedWindows removed = new(1, KeptCopies.One, ranks, context, _memory / 2);
        using (RunSorter<RankedNgram> sorter = new(context.ScratchDirectory, "ngrams", _memory / 2, context.Cancellation))
        {
            Read(corpus, context, ranks, sorter);
            long expected = stage.ExpectedNgrams > 0 ? stage.ExpectedNgrams : sorter.Count;
            BloomFilter filter = new(expected, stage.FalsePositiveRate);
            context.Report(new StageNote("DB4106", false, $"'{stage.Name}': Bloom filter of {filter.ByteCount} bytes and {filter.ProbeCount} probes for {expected} n-grams; {sorter.Count} are looked up"));
            using SortedRecords<RankedNgram> sorted = sorter.Sort();
            Pass(sorted, filter, removed, known, all);
        }

        removed.Complete();
        Cut(corpus, removed, known, all, outcomes, context);
    }

    // A paragraph's n-grams are looked up before any of them is added, as there.
    private void Pass(SortedRecords<RankedNgram> sorted, BloomFilter filter, RepeatedWindows removed, int[] known, int[] all)
    {
        List<ulong> paragraph = [];
        bool hasNext = sorted.TryRead(out RankedNgram next);
        while (hasNext)
        {
            RankedNgram first = next;
            paragraph.Clear();
            int found = 0;
            do
            {
                paragraph.Add(next.Digest);
                found += filter.Contains(next.Digest) ? 1 : 0;
                hasNext = sorted.TryRead(out next);
            }
            while (hasNext && next.SortKey == first.SortKey);

            known[first.Row] += found;
            all[first.Row] += paragraph.Count;
            if (found > stage.MaxKnown * paragraph.Count)
            {
                removed.Mark(first.Row, first.Paragraph, isKept: false);
            }
            else
            {
                foreach (ulong digest in paragraph)
                {
                    _ = filter.Add(digest);
                }
            }
        }
    }

    private void Read(Corpus corpus, StageContext context, int[] ranks, RunSorter<RankedNgram> sorter)
    {
        string column = stage.Name + ".digests";
        foreach (CorpusBatch batch in corpus.Read(column))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            ListColumn<ulong> digests = (ListColumn<ulong>)batch.Documents[column];
            ReadOnlyMemory<bool> alive = batch.Alive;
            for (int row = 0; row < batch.Count; row++)
            {
                if (!alive.Span[row])
                {
                    continue;
                }

                int ordinal = (int)batch.FirstRow + row;
                int paragraph = 0;
                foreach (ulong digest in digests[row])
                {
                    if (digest == 0)
                    {
                        paragraph++;
                    }
                    else
                    {
                        sorter.Add(new RankedNgram(ranks[ordinal], paragraph, ordinal, digest));
                    }
                }
            }
        }
    }

    private void Cut(Corpus corpus, RepeatedWindows removed, int[] known, int[] all, OutcomeWriter<BffOutcome> outcomes, StageContext context)
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

                int ordinal = (int)batch.FirstRow + row;
                removed.RangesToRemove(ordinal, ranges);
                ReadOnlySpan<byte> text = texts[row];
                Split(text, parts);
                if (stage.Removal == BffRemoval.OldBoth && known[ordinal] > stage.MaxKnown * all[ordinal])
                {
                    outcomes.Append(new BffOutcome("", all[ordinal], known[ordinal], parts.Count, text.Length, 0));
                    continue;
                }

                CutOutcome cut = CutOutcome.Cut(text, parts, ranges);
                outcomes.Append(new BffOutcome(cut.Text, all[ordinal], known[ordinal], cut.Removed, cut.RemovedLength, cut.KeptLength));
            }
        }
    }

    // A line feed belongs to the paragraph after it.
    private static void Split(ReadOnlySpan<byte> text, PartList parts)
    {
        parts.Clear();
        for (int start = 0; start < text.Length;)
        {
            int length = text[(start + 1)..].IndexOf((byte)'\n');
            int end = length < 0 ? text.Length : start + 1 + length;
            parts.Add(start, end);
            start = end;
        }
    }

    private readonly record struct RankedNgram(int Rank, int Paragraph, int Row, ulong Digest) : ISortRecord<RankedNgram>
    {
        public ulong SortKey => ((ulong)(uint)Rank << 32) | (uint)Paragraph;

        public int CompareTies(in RankedNgram other) => 0;
    }
}
