namespace DataBuild.Stages.Deduplicate;

/// <summary>What deduplication says of a document.</summary>
/// <param name="Cluster">Id of the document that is kept for the cluster; null when the document has no duplicate.</param>
/// <param name="ClusterSize">Documents in the cluster, 1 when the document has no duplicate, 0 when it took no part.</param>
/// <param name="DuplicateOf">Id of the document kept in this one's place; null when this one is kept.</param>
[Figures]
public readonly partial record struct DuplicateOutcome(string? Cluster, int ClusterSize, string? DuplicateOf);

/// <summary>Elects one document of each set of duplicates and writes the outcomes.</summary>
internal static class DuplicateClusters
{
    /// <summary>Writes an outcome for every row of the dataset itself: in each set the row of the best rank is kept.</summary>
    /// <param name="corpus">Corpus.</param>
    /// <param name="sets">Sets of rows.</param>
    /// <param name="priority">Order of the documents.</param>
    /// <param name="lengthColumn">Column that <c>text_length</c> stands for.</param>
    /// <param name="outcomes">Receives the outcomes.</param>
    /// <param name="context">Scratch folder and cancellation.</param>
    /// <param name="memoryBytes">Memory for sorting.</param>
    public static void Write(
        CorpusAgainst corpus,
        DisjointSets sets,
        DocumentPriority priority,
        string lengthColumn,
        OutcomeWriter<DuplicateOutcome> outcomes,
        StageContext context,
        long memoryBytes)
    {
        int[] sizes = new int[sets.Count];
        for (int row = 0; row < sizes.Length; row++)
        {
            sizes[sets.Find(row)]++;
        }

        int[] ranks = DocumentRanks.Compute(corpus, priority, lengthColumn, row => sizes[sets.Find(row)] > 1, context, memoryBytes);
        int[] kept = new int[sets.Count];
        Array.Fill(kept, -1);
        for (int row = 0; row < ranks.Length; row++)
        {
            int root = sets.Find(row);
            if (ranks[row] >= 0 && (kept[root] < 0 || ranks[row] < ranks[kept[root]]))
            {
                kept[root] = row;
            }
        }

        // The ranks have done their work: the array now leads from a root to its kept document's id.
        int[] idOf = ranks;
        TextTable ids = new();
        foreach (CorpusBatch batch in corpus.Read("id"))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            StringColumn column = (StringColumn)batch.Documents["id"];
            for (int row = 0; row < batch.Count; row++)
            {
                int ordinal = (int)batch.FirstRow + row;
                int root = sets.Find(ordinal);
                if (kept[root] == ordinal)
                {
                    idOf[root] = ids.Add(column[row]);
                }
            }
        }

        foreach (CorpusBatch batch in corpus.Read("id").TakeWhile(b => b.FirstRow < corpus.OwnRows))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            ReadOnlyMemory<bool> alive = batch.Alive;
            for (int row = 0; row < batch.Count; row++)
            {
                int ordinal = (int)batch.FirstRow + row;
                int root = sets.Find(ordinal);
                if (!alive.Span[row])
                {
                    outcomes.Append(default);
                }
                else if (sizes[root] == 1)
                {
                    outcomes.Append(new DuplicateOutcome(null, 1, null));
                }
                else
                {
                    string id = ids.Get(idOf[root]);
                    outcomes.Append(new DuplicateOutcome(id, sizes[root], kept[root] == ordinal ? null : id));
                }
            }
        }
    }
}
