using System.Buffers;

namespace DataBuild.Stages.Deduplicate;

/// <summary>The place of documents in the order of a <see cref="DocumentPriority"/>: 0 is the best.</summary>
internal static class DocumentRanks
{
    /// <summary>Ranks rows by priority and then id, documents of other datasets first. Rows that are not chosen have rank -1.</summary>
    /// <param name="corpus">Corpus.</param>
    /// <param name="priority">Order.</param>
    /// <param name="lengthColumn">Column that <c>text_length</c> stands for.</param>
    /// <param name="isChosen">Says of an alive row whether to rank it.</param>
    /// <param name="context">Scratch folder and cancellation.</param>
    /// <param name="memoryBytes">Memory for sorting.</param>
    public static int[] Compute(Corpus corpus, DocumentPriority priority, string lengthColumn, Func<int, bool> isChosen, StageContext context, long memoryBytes)
    {
        int[] ranks = new int[corpus.RowCount];
        Array.Fill(ranks, -1);
        using KeySorter sorter = new(context.ScratchDirectory, "priority", memoryBytes);
        string[] columns = [.. priority.Columns.Select(c => c == DocumentPriority.TextLength ? lengthColumn : c).Append("id").Distinct(StringComparer.Ordinal)];
        ArrayBufferWriter<byte> key = new();
        long ownRows = corpus is CorpusAgainst against ? against.OwnRows : corpus.RowCount;
        foreach (CorpusBatch batch in corpus.Read(columns))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            ReadOnlyMemory<bool> alive = batch.Alive;
            for (int row = 0; row < batch.Count; row++)
            {
                int ordinal = (int)batch.FirstRow + row;
                if (alive.Span[row] && isChosen(ordinal))
                {
                    key.ResetWrittenCount();
                    key.GetSpan(1)[0] = ordinal < ownRows ? (byte)1 : (byte)0;
                    key.Advance(1);
                    if (ordinal < ownRows)
                    {
                        priority.AppendKey(batch.Documents, lengthColumn, row, key);
                    }
                    else
                    {
                        key.Write(((StringColumn)batch.Documents["id"])[row]);
                    }

                    sorter.Add(key.WrittenSpan, ordinal);
                }
            }
        }

        int rank = 0;
        foreach (int row in sorter.Sort())
        {
            ranks[row] = rank++;
        }

        return ranks;
    }
}
