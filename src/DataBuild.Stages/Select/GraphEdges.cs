using System.Text.RegularExpressions;
using DataBuild.Stages.Deduplicate;
using DataBuild.Stages.Score.Selection;

namespace DataBuild.Stages.Select;

/// <summary>Edges between documents: links of their texts, or nearest neighbours of their embeddings.</summary>
internal static partial class GraphEdges
{
    /// <summary>Edges to the nearest neighbours by cosine similarity, weighted by it; exact, in time quadratic in the documents.</summary>
    /// <param name="vectors">Embeddings, by node.</param>
    /// <param name="neighbours">Neighbours of a node.</param>
    /// <param name="least">Least similarity of neighbours; above 0.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static List<GraphEdge> Nearest(IReadOnlyList<float[]> vectors, int neighbours, double least, CancellationToken cancellation)
    {
        float[][] unit = [.. vectors.Select(Normalized)];
        List<GraphEdge> edges = [];
        PriorityQueue<int, (double Similarity, int Negated)> best = new();
        for (int i = 0; i < unit.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            best.Clear();
            for (int j = 0; j < unit.Length; j++)
            {
                // The same pair in either order gives the same bits.
                double similarity = i == j ? 0 : FixedOrderMath.Dot(unit[Math.Min(i, j)], unit[Math.Max(i, j)]);
                if (similarity >= least)
                {
                    best.Enqueue(j, (similarity, -j));
                    if (best.Count > neighbours)
                    {
                        best.Dequeue();
                    }
                }
            }

            foreach ((int j, (double similarity, _)) in best.UnorderedItems.OrderBy(e => e.Element))
            {
                edges.Add(new GraphEdge(i, j, similarity));
            }
        }

        return edges;
    }

    /// <summary>Addresses that a Markdown text links to.</summary>
    public static IEnumerable<string> Links(string text) => Target().Matches(text).Select(m => m.Groups[1].Value);

    /// <summary>An address as links and documents can agree on it: without fragment, without a slash at its end.</summary>
    public static string Address(string url)
    {
        int fragment = url.IndexOf('#', StringComparison.Ordinal);
        return (fragment < 0 ? url : url[..fragment]).TrimEnd('/');
    }

    private static float[] Normalized(float[] vector)
    {
        // Sums in one order, whatever the width of the machine's vectors. A vector without direction is near none.
        float[] unit = new float[vector.Length];
        FixedOrderMath.TryNormalize(vector, unit);
        return unit;
    }

    [GeneratedRegex(@"\]\(\s*<?([a-zA-Z][a-zA-Z0-9+.-]*://[^\s<>()]+)")]
    private static partial Regex Target();
}
