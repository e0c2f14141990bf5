namespace DataBuild.Stages.Refine.Programs;

/// <summary>What a program is about.</summary>
public enum EditLevel
{
    /// <summary>Lines and strings of the document.</summary>
    Chunk,

    /// <summary>Whether the document stays.</summary>
    Document,
}
