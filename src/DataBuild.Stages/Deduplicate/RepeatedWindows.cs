namespace DataBuild.Stages.Deduplicate;

/// <summary>Which copies of a repeated part stay.</summary>
public enum KeptCopies
{
    /// <summary>The copy in the best document stays, its first one there.</summary>
    One,

    /// <summary>No copy stays.</summary>
    None,
}

/// <summary>
/// Finds windows (of paragraphs, sentences, tokens or bytes) that occur more than once in the corpus, by sorted runs of their 64-bit digests.
/// One occurrence is kept: that in the document of the best rank, the first there. What to remove of a document is what its other windows cover, less
/// what its kept ones cover: a kept window is never damaged, also where occurrences overlap.
/// </summary>
internal sealed class RepeatedWindows : IDisposable
{
    private readonly int _length;
    private readonly KeptCopies _keep;
    private readonly int[] _ranks;
    private readonly int[] _rows;
    private readonly RunSorter<Window> _windows;
    private readonly RunSorter<Mark> _marks;
    private readonly List<(int Start, int End)> _kept = [];
    private SortedRecords<Mark>? _sortedMarks;
    private Mark _next;
    private bool _hasNext;

    /// <summary>Creates an empty set of windows.</summary>
    /// <param name="length">Parts in a window.</param>
    /// <param name="keep">Which copies stay.</param>
    /// <param name="ranks">Rank of each row; -1 where it takes no part.</param>
    /// <param name="context">Folder for runs, and cancellation.</param>
    /// <param name="memoryBytes">Memory for sorting.</param>
    public RepeatedWindows(int length, KeptCopies keep, int[] ranks, StageContext context, long memoryBytes)
    {
        _length = length;
        _keep = keep;
        _ranks = ranks;
        _rows = new int[ranks.Length];
        for (int row = 0; row < ranks.Length; row++)
        {
            if (ranks[row] >= 0)
            {
                _rows[ranks[row]] = row;
            }
        }

        _windows = new RunSorter<Window>(context.ScratchDirectory, "windows", memoryBytes * 3 / 4, context.Cancellation);
        _marks = new RunSorter<Mark>(context.ScratchDirectory, "marks", memoryBytes / 4, context.Cancellation);
    }

    /// <summary>Adds a window.</summary>
    /// <param name="digest">Digest of what it holds.</param>
    /// <param name="row">Row of the document.</param>
    /// <param name="position">Index of its first part.</param>
    public void Add(ulong digest, int row, int position) => _windows.Add(new Window(digest, _ranks[row], position));

    /// <summary>Marks a window of a document directly; for finders other than the sort.</summary>
    public void Mark(int row, int position, bool isKept) => _marks.Add(new Mark(row, position, isKept));

    /// <summary>Finds the repeated windows. Nothing may be added afterwards.</summary>
    public void Complete()
    {
        using (SortedRecords<Window> sorted = _windows.Sort())
        {
            Window first = default;
            bool isRepeated = false;
            for (bool isFirst = true; sorted.TryRead(out Window window); isFirst = false)
            {
                if (isFirst || window.Digest != first.Digest)
                {
                    first = window;
                    isRepeated = false;
                    continue;
                }

                if (!isRepeated)
                {
                    Mark(_rows[first.Rank], first.Position, _keep == KeptCopies.One);
                    isRepeated = true;
                }

                Mark(_rows[window.Rank], window.Position, isKept: false);
            }
        }

        _windows.Dispose();
        _sortedMarks = _marks.Sort();
        _hasNext = _sortedMarks.TryRead(out _next);
    }

    /// <summary>The ranges of parts to remove of a row, ascending and apart. Rows must be asked for in ascending order.</summary>
    public void RangesToRemove(int row, List<(int Start, int End)> ranges)
    {
        ranges.Clear();
        _kept.Clear();
        while (_hasNext && _next.Row <= row)
        {
            if (_next.Row == row)
            {
                List<(int Start, int End)> target = _next.IsKept ? _kept : ranges;
                int start = _next.Position;
                int end = start + _length;
                if (target.Count > 0 && start <= target[^1].End)
                {
                    target[^1] = (target[^1].Start, Math.Max(target[^1].End, end));
                }
                else
                {
                    target.Add((start, end));
                }
            }

            _hasNext = _sortedMarks!.TryRead(out _next);
        }

        if (_kept.Count > 0 && ranges.Count > 0)
        {
            Subtract(ranges, _kept);
        }

    }

    /// <summary>Removes the runs.</summary>
    public void Dispose()
    {
        _sortedMarks?.Dispose();
        _windows.Dispose();
        _marks.Dispose();
    }

    private static void Subtract(List<(int Start, int End)> ranges, List<(int Start, int End)> kept)
    {
        (int Start, int End)[] all = [.. ranges];
        ranges.Clear();
        int k = 0;
        foreach ((int start, int end) in all)
        {
            int from = start;
            while (k > 0 && kept[k - 1].End > from)
            {
                k--;
            }

            for (; k < kept.Count && kept[k].Start < end; k++)
            {
                if (kept[k].End <= from)
                {
                    continue;
                }

                if (kept[k].Start > from)
                {
                    ranges.Add((from, kept[k].Start));
                }

                from = kept[k].End;
            }

            if (from < end)
            {
                ranges.Add((from, end));
            }
        }
    }

    private readonly record struct Window(ulong Digest, int Rank, int Position) : ISortRecord<Window>
    {
        public ulong SortKey => Digest;

        public int CompareTies(in Window other)
        {
            int order = Rank.CompareTo(other.Rank);
            return order != 0 ? order : Position.CompareTo(other.Position);
        }
    }
}

/// <summary>A window of a row that is kept or a copy, in 64 bits.</summary>
internal readonly record struct Mark : ISortRecord<Mark>
{
    private readonly ulong _packed;

    /// <summary>Marks a window.</summary>
    public Mark(int row, int position, bool isKept) => _packed = ((ulong)(uint)row << 32) | ((ulong)(uint)position << 1) | (isKept ? 1UL : 0);

    /// <summary>Row.</summary>
    public int Row => (int)(_packed >> 32);

    /// <summary>Index of the window's first part.</summary>
    public int Position => (int)((_packed >> 1) & 0x7FFFFFFF);

    /// <summary>Kept, or a copy.</summary>
    public bool IsKept => (_packed & 1) != 0;

    /// <inheritdoc />
    public ulong SortKey => _packed;

    /// <inheritdoc />
    public int CompareTies(in Mark other) => 0;
}
