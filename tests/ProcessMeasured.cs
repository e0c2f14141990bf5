namespace DataBuild.Tests;

/// <summary>The collection of tests that measure the whole process (memory, time): they run alone, after all others of their project.</summary>
[CollectionDefinition(nameof(ProcessMeasured), DisableParallelization = true)]
public sealed class ProcessMeasured;
