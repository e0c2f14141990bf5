namespace DataBuild.Tests;

/// <summary>The collection of tests that measure the whole process: they run alone, after all others of their project.</summary>
[CollectionDefinition(nameof(ProcessMeasured), DisableParallelization = true)]
public sealed class ProcessMeasured
{
    /// <summary>The bytes that are held when all garbage is gone; <see cref="GC.GetTotalMemory"/> by itself stops at a change of 5 %.</summary>
    public static long HeldBytes()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: false);
    }
}
