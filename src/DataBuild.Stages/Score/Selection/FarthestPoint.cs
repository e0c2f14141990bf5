using System.Numerics.Tensors;
using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Score.Selection;

/// <summary>Distance between embeddings.</summary>
public enum EmbeddingDistance
{
    /// <summary>1 - cosine; no metric.</summary>
    Cosine,

    /// <summary>Euclidean distance.</summary>
    Euclidean,

    /// <summary>Angle in radians.</summary>
    Angular,
}

/// <summary>The item that selection begins with.</summary>
public enum SelectionStart
{
    /// <summary>The item that is farthest from its nearest other one, as in DivPrune; takes time quadratic in the number of items.</summary>
    MostIsolated,

    /// <summary>The first item.</summary>
    FirstItem,
}

/// <summary>What was selected.</summary>
/// <param name="Items">Items in the order of selection.</param>
/// <param name="Diversity">Smallest distance between two selected items; infinite for fewer than two.</param>
/// <param name="Radius">Largest distance from an item to its nearest selected one: what k-centre minimises.</param>
public sealed record Selection(IReadOnlyList<int> Items, double Diversity, double Radius);

/// <summary>
/// Farthest-point traversal (Gonzalez 1985): every next item is the one farthest from those selected. For metrics its diversity is at least half, and its radius at
/// most twice, the best possible: it is both the max-min selection of DivPrune and the k-centre selection of ToDRE.
/// </summary>
public static class FarthestPoint
{
    /// <summary>Selects items. Ties go to the lowest item.</summary>
    /// <param name="embeddings">Embeddings one after another.</param>
    /// <param name="dimensions">Values of an embedding.</param>
    /// <param name="count">Items to select; all when there are fewer.</param>
    /// <param name="distance">Distance.</param>
    /// <param name="start">Item to begin with.</param>
    /// <param name="startAmong">Items, ascending, among which the most isolated one is looked for; null for all.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">The embeddings are no whole number of items, or one holds a value that is not finite, or has length 0 under an angle.</exception>
    public static Selection Select(
        ReadOnlyMemory<float> embeddings,
        int dimensions,
        int count,
        EmbeddingDistance distance,
        SelectionStart start = SelectionStart.MostIsolated,
        int[]? startAmong = null,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimensions);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        float[] items = Prepare(embeddings.Span, dimensions, distance);
        int n = items.Length / dimensions;
        int k = Math.Min(n, count);
        if (k == 0)
        {
            return new Selection([], double.PositiveInfinity, n == 0 ? 0 : double.PositiveInfinity);
        }

        double[] nearest = new double[n];
        Array.Fill(nearest, double.PositiveInfinity);
        bool[] selected = new bool[n];
        List<int> order = [start == SelectionStart.FirstItem || n == 1 ? 0 : MostIsolated(items, dimensions, distance, startAmong ?? [.. Enumerable.Range(0, n)], cancellation)];
        double diversity = double.PositiveInfinity;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            int last = order[^1];
            selected[last] = true;
            int farthest = -1;
            for (int i = 0; i < n; i++)
            {
                nearest[i] = Math.Min(nearest[i], Distance(items, dimensions, last, i, distance));
                if (!selected[i] && (farthest < 0 || nearest[i] > nearest[farthest]))
                {
                    farthest = i;
                }
            }

            if (order.Count == k)
            {
                return new Selection(order, diversity, farthest < 0 ? 0 : nearest[farthest]);
            }

            diversity = Math.Min(diversity, nearest[farthest]);
            order.Add(farthest);
        }
    }

    private static float[] Prepare(ReadOnlySpan<float> embeddings, int dimensions, EmbeddingDistance distance)
    {
        if (embeddings.Length % dimensions != 0)
        {
            throw new ArgumentException($"{embeddings.Length} values are no whole number of embeddings of {dimensions}", nameof(embeddings));
        }

        float[] items = embeddings.ToArray();
        for (int start = 0; start < items.Length; start += dimensions)
        {
            Span<float> item = items.AsSpan(start, dimensions);
            float norm = (float)Math.Sqrt(FixedOrderMath.DoubleDot(item, item));
            if (!float.IsFinite(norm) || (norm == 0 && distance != EmbeddingDistance.Euclidean))
            {
                throw new ArgumentException($"embedding {start / dimensions} has length {norm}; expected a finite one{(distance == EmbeddingDistance.Euclidean ? "" : " above 0")}", nameof(embeddings));
            }

            if (distance != EmbeddingDistance.Euclidean)
            {
                TensorPrimitives.Divide(item, norm, item);
            }
        }

        return items;
    }

    private static int MostIsolated(float[] items, int dimensions, EmbeddingDistance distance, int[] among, CancellationToken cancellation)
    {
        int n = among.Length;
        double[] nearest = new double[n];
        Array.Fill(nearest, double.PositiveInfinity);
        for (int i = 0; i < n; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int j = i + 1; j < n; j++)
            {
                double d = Distance(items, dimensions, among[i], among[j], distance);
                nearest[i] = Math.Min(nearest[i], d);
                nearest[j] = Math.Min(nearest[j], d);
            }
        }

        return among[Array.IndexOf(nearest, nearest.Max())];
    }

    private static double Distance(float[] items, int dimensions, int a, int b, EmbeddingDistance distance)
    {
        // The same two items in either order give the same bits.
        ReadOnlySpan<float> x = items.AsSpan(Math.Min(a, b) * dimensions, dimensions);
        ReadOnlySpan<float> y = items.AsSpan(Math.Max(a, b) * dimensions, dimensions);
        return a == b ? 0
            : distance == EmbeddingDistance.Euclidean ? FixedOrderMath.Distance(x, y)
            : distance == EmbeddingDistance.Cosine ? Math.Max(0, 1 - (double)FixedOrderMath.Dot(x, y))
            : Math.Acos(Math.Clamp((double)FixedOrderMath.Dot(x, y), -1, 1));
    }
}
