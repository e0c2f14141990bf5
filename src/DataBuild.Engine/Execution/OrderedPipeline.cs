namespace DataBuild.Engine.Execution;

/// <summary>Works on items side by side and hands the results on in the items' order, with a bounded number of them in memory.</summary>
internal static class OrderedPipeline
{
    /// <summary>Runs the pipeline on the calling thread, which reads items and takes results.</summary>
    /// <param name="items">Items; the next is taken only when there is room.</param>
    /// <param name="work">Called on pool threads, as many at a time as <paramref name="slots"/> has free places.</param>
    /// <param name="sink">Called on the calling thread, in order.</param>
    /// <param name="slots">Limits work over all pipelines of a build.</param>
    /// <param name="depth">Items in memory at most.</param>
    /// <param name="cancellation">Ends the pipeline.</param>
    public static void Run<TItem, TResult>(
        IEnumerable<TItem> items, Func<TItem, TResult> work, Action<TResult> sink, SemaphoreSlim slots, int depth, CancellationToken cancellation)
    {
        Queue<Task<TResult>> inFlight = new();
        try
        {
            foreach (TItem item in items)
            {
                cancellation.ThrowIfCancellationRequested();
                while (inFlight.Count >= depth)
                {
                    sink(inFlight.Dequeue().GetAwaiter().GetResult());
                }

                inFlight.Enqueue(Task.Run(
                    async () =>
                    {
                        await slots.WaitAsync(cancellation).ConfigureAwait(false);
                        try
                        {
                            return work(item);
                        }
                        finally
                        {
                            slots.Release();
                        }
                    },
                    cancellation));
            }

            while (inFlight.TryDequeue(out Task<TResult>? task))
            {
                sink(task.GetAwaiter().GetResult());
            }
        }
        catch
        {
            // Work in flight may hold buffers that the caller disposes: wait for it, whatever its result.
            foreach (Task<TResult> task in inFlight)
            {
                task.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Wait(CancellationToken.None);
            }

            throw;
        }
    }
}
