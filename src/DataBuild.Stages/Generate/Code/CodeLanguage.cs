namespace DataBuild.Stages.Generate.Code;

/// <summary>Language of a program.</summary>
public enum CodeLanguage
{
    /// <summary>C#: edits that a model proposes are made by Roslyn.</summary>
    CSharp,

    /// <summary>Python: a model writes the program anew.</summary>
    Python,
}
