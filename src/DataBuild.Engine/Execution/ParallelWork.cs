using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace DataBuild.Engine.Execution;

/// <summary>Pieces of work side by side, with the one exception that a person can act on.</summary>
internal static class ParallelWork
{
    /// <summary>Runs an action on every item, in order of their starts, at most <paramref name="threads"/> at a time.</summary>
    /// <exception cref="OperationCanceledException">The work was cancelled and nothing else went wrong.</exception>
    public static void ForEach<T>(IEnumerable<T> items, int threads, Action<T> action, CancellationToken cancellation)
    {
        try
        {
            Parallel.ForEach(
                Partitioner.Create(items, EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation },
                action);
        }
        catch (AggregateException exception)
        {
            // One cause is what a person can act on: the first by order would need all to finish, so the first that came.
            ExceptionDispatchInfo.Throw(exception.Flatten().InnerExceptions.OrderBy(e => e is OperationCanceledException).First());
        }
    }
}
