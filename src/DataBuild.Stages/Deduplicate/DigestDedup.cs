namespace DataBuild.Stages.Deduplicate;

/// <summary>Names of columns that deduplication stages read.</summary>
internal static class DedupColumns
{
    /// <summary>The merge columns of a stage with a priority: its columns and the id.</summary>
    public static IReadOnlyList<string> Merge(string priority) =>
        [.. DocumentPriority.Parse(priority).Columns.Where(c => c != DocumentPriority.TextLength).Append("id").Distinct(StringComparer.Ordinal)];
}

/// <summary>Joins documents with the same 128-bit digest.</summary>
internal static class DigestDedup
{
    /// <summary>Sorts the digests of all alive rows, joins equal ones and writes the outcomes. A row without a digest joins nothing.</summary>
    public static void Merge(
        CorpusAgainst corpus,
        string highColumn,
        string lowColumn,
        string lengthColumn,
        string priority,
        OutcomeWriter<DuplicateOutcome> outcomes,
        StageContext context,
        int sortMemory)
    {
        long memory = sortMemory * 1048576L;
        DisjointSets sets = new(corpus.RowCount);
        using (RunSorter<DigestRow> sorter = new(context.ScratchDirectory, "digests", memory, context.Cancellation))
        {
            foreach (CorpusBatch batch in corpus.Read(highColumn, lowColumn))
            {
                context.Cancellation.ThrowIfCancellationRequested();
                ValueColumn<ulong> high = (ValueColumn<ulong>)batch.Documents[highColumn];
                ValueColumn<ulong> low = (ValueColumn<ulong>)batch.Documents[lowColumn];
                ReadOnlySpan<bool> alive = batch.Alive.Span;
                for (int row = 0; row < alive.Length; row++)
                {
                    if (alive[row] && !high.IsNull(row))
                    {
                        sorter.Add(new DigestRow(high[row], low[row], (int)batch.FirstRow + row));
                    }
                }
            }

            using SortedRecords<DigestRow> sorted = sorter.Sort();
            DigestRow first = default;
            for (bool isFirst = true; sorted.TryRead(out DigestRow record); isFirst = false)
            {
                if (!isFirst && record.High == first.High && record.Low == first.Low)
                {
                    sets.Union(first.Row, record.Row);
                }
                else
                {
                    first = record;
                }
            }
        }

        DuplicateClusters.Write(corpus, sets, DocumentPriority.Parse(priority), lengthColumn, outcomes, context, memory);
    }

    private readonly record struct DigestRow(ulong High, ulong Low, int Row) : ISortRecord<DigestRow>
    {
        public ulong SortKey => High;

        public int CompareTies(in DigestRow other)
        {
            int order = Low.CompareTo(other.Low);
            return order != 0 ? order : Row.CompareTo(other.Row);
        }
    }
}
