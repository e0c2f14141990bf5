namespace DataBuild.Stages.Refine.Programs;

/// <summary>A difference of two texts: what stands in the one in place of what stands in the other.</summary>
/// <param name="Start">Where it begins in the raw text.</param>
/// <param name="Deleted">Characters of the raw text that it takes out.</param>
/// <param name="Inserted">Characters that the refined text has in their place.</param>
internal readonly record struct TextDifferenceSpan(int Start, int Deleted, int Inserted);
