namespace DataBuild.Stages.Extract.Metrics;

/// <summary>Edit distance of two ordered trees (K. Zhang and D. Shasha 1989, "Simple fast algorithms for the editing distance between trees and related problems").</summary>
internal sealed class TreeDistance
{
    private readonly Tree _a;
    private readonly Tree _b;
    private readonly bool _structureOnly;
    private readonly double[,] _trees;

    public TreeDistance(TableNode a, TableNode b, bool structureOnly)
    {
        _a = new Tree(a);
        _b = new Tree(b);
        _structureOnly = structureOnly;
        _trees = new double[_a.Nodes.Count, _b.Nodes.Count];
        foreach (int i in _a.KeyRoots)
        {
            foreach (int j in _b.KeyRoots)
            {
                Compare(i, j);
            }
        }
    }

    /// <summary>The distance of the roots.</summary>
    public double Value => _trees[_a.Nodes.Count - 1, _b.Nodes.Count - 1];

    // Distances of the forests left of and below two key roots; whole subtrees among them are kept.
    private void Compare(int i, int j)
    {
        int li = _a.Leftmost[i];
        int lj = _b.Leftmost[j];
        double[,] forest = new double[i - li + 2, j - lj + 2];
        for (int x = 1; x < forest.GetLength(0); x++)
        {
            forest[x, 0] = x;
        }

        for (int y = 1; y < forest.GetLength(1); y++)
        {
            forest[0, y] = y;
        }

        for (int x = 1; x < forest.GetLength(0); x++)
        {
            for (int y = 1; y < forest.GetLength(1); y++)
            {
                int p = li + x - 1;
                int q = lj + y - 1;
                double best = Math.Min(forest[x - 1, y], forest[x, y - 1]) + 1;
                if (_a.Leftmost[p] == li && _b.Leftmost[q] == lj)
                {
                    forest[x, y] = _trees[p, q] = Math.Min(best, forest[x - 1, y - 1] + Rename(_a.Nodes[p], _b.Nodes[q]));
                }
                else
                {
                    forest[x, y] = Math.Min(best, forest[_a.Leftmost[p] - li, _b.Leftmost[q] - lj] + _trees[p, q]);
                }
            }
        }
    }

    private double Rename(TableNode a, TableNode b)
    {
        if (a.Tag != b.Tag || a.Columns != b.Columns || a.Rows != b.Rows)
        {
            return 1;
        }

        return _structureOnly || a.Tag is not ("td" or "th") || a.Text == b.Text ? 0 : 1 - (EditSimilarity.Of(a.Text, b.Text) ?? 1);
    }

    // Nodes from the leaves up, left to right, each with the leftmost leaf below it.
    private sealed class Tree
    {
        public Tree(TableNode root)
        {
            Add(root);
            Dictionary<int, int> last = [];
            for (int i = 0; i < Nodes.Count; i++)
            {
                last[Leftmost[i]] = i;
            }

            KeyRoots = [.. last.Values.Order()];
        }

        public List<TableNode> Nodes { get; } = [];

        public List<int> Leftmost { get; } = [];

        public int[] KeyRoots { get; }

        private int Add(TableNode node)
        {
            int leftmost = -1;
            foreach (TableNode child in node.Children)
            {
                int own = Add(child);
                leftmost = leftmost < 0 ? own : leftmost;
            }

            leftmost = leftmost < 0 ? Nodes.Count : leftmost;
            Nodes.Add(node);
            Leftmost.Add(leftmost);
            return leftmost;
        }
    }
}
