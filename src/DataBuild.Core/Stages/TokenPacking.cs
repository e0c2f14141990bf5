namespace DataBuild;

/// <summary>How documents fill training sequences of a fixed length.</summary>
public enum TokenPacking
{
    /// <summary>One after the other, cut wherever a sequence is full.</summary>
    Concatenate,

    /// <summary>Best-fit decreasing (Ding et al. 2024): only documents longer than a sequence are cut.</summary>
    BestFit,
}
