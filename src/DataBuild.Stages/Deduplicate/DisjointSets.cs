namespace DataBuild.Stages.Deduplicate;

/// <summary>
/// Union-find over the rows of a corpus, 4 bytes a row: path halving, and the lower ordinal becomes the root. Which sets come out does not depend on the
/// order of the unions.
/// </summary>
public sealed class DisjointSets
{
    private readonly int[] _parents;

    /// <summary>Creates a set of its own for each element.</summary>
    public DisjointSets(long count)
    {
        if (count > Array.MaxLength)
        {
            throw new StageException("DB4101", $"the corpus has {count} rows; one deduplication takes at most {Array.MaxLength}: divide the dataset");
        }

        _parents = new int[count];
        for (int i = 0; i < _parents.Length; i++)
        {
            _parents[i] = i;
        }
    }

    /// <summary>Number of elements.</summary>
    public int Count => _parents.Length;

    /// <summary>The element that stands for the set.</summary>
    public int Find(int element)
    {
        int[] parents = _parents;
        while (parents[element] != element)
        {
            int grandparent = parents[parents[element]];
            parents[element] = grandparent;
            element = grandparent;
        }

        return element;
    }

    /// <summary>Makes one set of two.</summary>
    /// <returns>False when they were one already.</returns>
    public bool Union(int first, int second)
    {
        int a = Find(first);
        int b = Find(second);
        if (a == b)
        {
            return false;
        }

        _parents[Math.Max(a, b)] = Math.Min(a, b);
        return true;
    }
}
