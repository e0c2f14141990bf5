namespace DataBuild.Stages.Refine.Programs;

/// <summary>What came of running a program.</summary>
public enum EditOutcome
{
    /// <summary>It was run.</summary>
    Processed,

    /// <summary>It was wrong: the document stays as it was.</summary>
    Rejected,

    /// <summary>It took the document out, or too much of it.</summary>
    Dropped,
}
