namespace DataBuild.Stages.Refine.Programs;

/// <summary>How a raw text and its refined form are laid side by side. The paper (RefineX, arXiv 2507.03253) names two ways, which differ.</summary>
public enum EditAlignment
{
    /// <summary>Line by line where the refined text came about by deleting lines and strings in lines, so that the program gives exactly it; else as Levenshtein.</summary>
    Lines,

    /// <summary>The fewest insertions, deletions and replacements of characters, traced back from the end: the paper's algorithm 2.</summary>
    Levenshtein,

    /// <summary>Longest matching blocks first, as Python's difflib, without its rule that passes over frequent characters.</summary>
    Difflib,

    /// <summary>The same with that rule (autojunk: in texts of 200 characters and more, those that make up over a hundredth of it): the paper's main text, as Python does it by default.</summary>
    DifflibAutoJunk,
}
