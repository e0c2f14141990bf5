namespace DataBuild.Stages.Score.Selection;

/// <summary>An edge of a graph.</summary>
/// <param name="From">Node that it leaves.</param>
/// <param name="To">Node that it reaches.</param>
/// <param name="Weight">Weight, above 0.</param>
public readonly record struct GraphEdge(int From, int To, double Weight = 1);

/// <summary>
/// Ranks nodes by weighted PageRank (Brin and Page 1998): the stationary distribution of a walk that follows edges by weight and, with probability 1 - damping,
/// jumps anywhere. A node without edges out jumps anywhere.
/// </summary>
public static class GraphRank
{
    /// <summary>Computes the ranks; they sum to 1.</summary>
    /// <param name="nodes">Number of nodes.</param>
    /// <param name="edges">Edges; several between the same nodes add up.</param>
    /// <param name="damping">Probability of following an edge, in (0, 1]. With 1 there is a single answer only where every node reaches every other one.</param>
    /// <param name="tolerance">Sum of absolute changes at which the ranks are final.</param>
    /// <param name="maxSteps">Steps after which there is no answer.</param>
    /// <exception cref="ArgumentException">An edge leaves the graph, or its weight is not above 0.</exception>
    /// <exception cref="InvalidOperationException">The ranks do not settle: the walk goes around in circles.</exception>
    public static double[] Rank(int nodes, IReadOnlyList<GraphEdge> edges, double damping = 0.85, double tolerance = 1e-12, int maxSteps = 1000)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(nodes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(damping);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(damping, 1);
        double[] outgoing = new double[nodes];
        foreach (GraphEdge edge in edges)
        {
            if ((uint)edge.From >= (uint)nodes || (uint)edge.To >= (uint)nodes || !(edge.Weight > 0) || !double.IsFinite(edge.Weight))
            {
                throw new ArgumentException($"the edge {edge.From} -> {edge.To} of weight {edge.Weight}; expected nodes from 0 to {nodes - 1} and a weight above 0", nameof(edges));
            }

            outgoing[edge.From] += edge.Weight;
        }

        double[] rank = new double[nodes];
        double[] next = new double[nodes];
        Array.Fill(rank, 1.0 / nodes);
        for (int step = 0; step < maxSteps; step++)
        {
            double anywhere = 1 - damping;
            for (int i = 0; i < nodes; i++)
            {
                anywhere += outgoing[i] == 0 ? damping * rank[i] : 0;
            }

            Array.Fill(next, anywhere / nodes);
            foreach (GraphEdge edge in edges)
            {
                next[edge.To] += damping * rank[edge.From] * edge.Weight / outgoing[edge.From];
            }

            double change = 0;
            for (int i = 0; i < nodes; i++)
            {
                change += Math.Abs(next[i] - rank[i]);
            }

            (rank, next) = (next, rank);
            if (change <= tolerance)
            {
                return rank;
            }
        }

        throw new InvalidOperationException($"the ranks did not settle in {maxSteps} steps with damping {damping}; a damping below 1 makes them settle");
    }
}
