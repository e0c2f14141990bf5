namespace DataBuild.Stages.Generate.Code;

/// <summary>A step of code cleaning, in the order of LLM-Assisted Code Cleaning (arXiv 2311.14904).</summary>
public enum CodeStep
{
    /// <summary>Identifiers get names that say what they are.</summary>
    Rename,

    /// <summary>Parts become functions of their own.</summary>
    Modularize,

    /// <summary>Each function gets a plan of at most four lines as a comment.</summary>
    Plan,
}
