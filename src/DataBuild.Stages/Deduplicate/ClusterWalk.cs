namespace DataBuild.Stages.Deduplicate;

/// <summary>Goes through clusters one after another, the rows of each from the best rank to the worst, with as many vectors in memory at a time as fit.</summary>
internal sealed class ClusterWalk
{
    private readonly EmbeddingSource _source;
    private readonly long _memoryBytes;
    private readonly int[] _rowOfRank;

    // Cluster and rank in one number, which sorts as both.
    private readonly long[] _members;

    /// <summary>Orders the rows.</summary>
    /// <param name="source">Vectors.</param>
    /// <param name="ranks">Rank of each row; -1 where it takes no part.</param>
    /// <param name="clustersOf">Clusters of each row, <paramref name="count"/> numbers a row; -1 for none.</param>
    /// <param name="count">Clusters a row.</param>
    /// <param name="memoryBytes">Memory for vectors; a cluster that does not fit alone is held alone.</param>
    public ClusterWalk(EmbeddingSource source, int[] ranks, int[] clustersOf, int count, long memoryBytes)
    {
        _source = source;
        _memoryBytes = memoryBytes;
        _rowOfRank = new int[ranks.Length];
        List<long> members = new(clustersOf.Length);
        for (int row = 0; row < ranks.Length; row++)
        {
            if (ranks[row] >= 0)
            {
                _rowOfRank[ranks[row]] = row;
            }

            foreach (int cluster in clustersOf.AsSpan(row * count, count))
            {
                if (cluster >= 0)
                {
                    members.Add(((long)cluster << 32) | (uint)ranks[row]);
                }
            }
        }

        _members = [.. members];
        Array.Sort(_members);
    }

    /// <summary>Row of each rank.</summary>
    public ReadOnlySpan<int> RowOfRank => _rowOfRank;

    /// <summary>Calls back for every cluster.</summary>
    public void ForEach(ClusterAction action)
    {
        long capacity = Math.Max(1, _memoryBytes / Math.Max(1, _source.Dimension * sizeof(float)));
        for (int start = 0; start < _members.Length;)
        {
            // Whole clusters, as many as fit.
            int end = EndOfCluster(start);
            for (int next; end < _members.Length && (next = EndOfCluster(end)) - start <= capacity;)
            {
                end = next;
            }

            int[] rows = [.. _members[start..end].Select(m => _rowOfRank[(int)(uint)m])];
            Dictionary<int, float[]> vectors = _source.Load(rows);
            for (int first = start; first < end;)
            {
                int next = EndOfCluster(first);
                action(rows.AsSpan(first - start, next - first), vectors);
                first = next;
            }

            start = end;
        }
    }

    private int EndOfCluster(int start)
    {
        int end = start;
        while (end < _members.Length && _members[end] >> 32 == _members[start] >> 32)
        {
            end++;
        }

        return end;
    }

    /// <summary>Receives a cluster: its rows from the best rank to the worst, and their vectors of unit length.</summary>
    public delegate void ClusterAction(ReadOnlySpan<int> rows, Dictionary<int, float[]> vectors);
}
