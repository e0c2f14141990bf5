namespace DataBuild.Stages.Score.Selection;

/// <summary>
/// Divides a budget (tokens, documents) over sources in proportion to salience, no source above its size: HiRED's rule, with what capped sources
/// leave shared out again, and single units by largest remainder.
/// </summary>
public static class BudgetAllocation
{
    /// <summary>Divides the budget. Ties go to the lowest source.</summary>
    /// <param name="salience">Salience of each source, 0 or more; a source of salience 0 gets nothing.</param>
    /// <param name="size">What each source has at most.</param>
    /// <param name="budget">Units to give out.</param>
    /// <returns>Units of each source; they sum to the budget, or to all that sources with salience have where that is less.</returns>
    /// <exception cref="ArgumentException">The lists differ in length, or a value is negative or not finite.</exception>
    public static long[] Allocate(IReadOnlyList<double> salience, IReadOnlyList<long> size, long budget)
    {
        if (salience.Count != size.Count)
        {
            throw new ArgumentException($"{salience.Count} saliences and {size.Count} sizes", nameof(size));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(budget);
        for (int i = 0; i < size.Count; i++)
        {
            if (!(salience[i] >= 0) || !double.IsFinite(salience[i]) || size[i] < 0)
            {
                throw new ArgumentException($"source {i} has salience {salience[i]} and size {size[i]}; expected finite values of at least 0", nameof(salience));
            }
        }

        long[] given = new long[size.Count];
        List<int> open = [.. Enumerable.Range(0, size.Count).Where(i => salience[i] > 0 && size[i] > 0)];
        long left = budget;
        while (open.Count > 0 && left > 0)
        {
            double total = open.Sum(i => salience[i]);
            List<int> full = [.. open.Where(i => left * (salience[i] / total) >= size[i])];
            if (full.Count == 0)
            {
                LargestRemainder(salience, size, given, open, left, total);
                break;
            }

            foreach (int i in full)
            {
                // Rounding may promise a unit more than there is.
                given[i] = Math.Min(size[i], left);
                left -= given[i];
                open.Remove(i);
            }
        }

        return given;
    }

    private static void LargestRemainder(IReadOnlyList<double> salience, IReadOnlyList<long> size, long[] given, List<int> open, long left, double total)
    {
        long rest = left;
        foreach (int i in open)
        {
            given[i] = Math.Min(rest, (long)Math.Floor(left * (salience[i] / total)));
            rest -= given[i];
        }

        foreach (int i in open.OrderByDescending(i => (left * (salience[i] / total)) - given[i]).ThenBy(i => i))
        {
            if (rest == 0)
            {
                break;
            }

            if (given[i] < size[i])
            {
                given[i]++;
                rest--;
            }
        }
    }
}
