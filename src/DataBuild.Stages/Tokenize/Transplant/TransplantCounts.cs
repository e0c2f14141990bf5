namespace DataBuild.Stages.Tokenize.Transplant;

/// <summary>Where the rows of a transplanted matrix come from.</summary>
/// <param name="Copied">Tokens of both vocabularies.</param>
/// <param name="Both">Rows of the local and the global heuristic together.</param>
/// <param name="Local">Rows of the local heuristic alone.</param>
/// <param name="Global">Rows of the global heuristic alone.</param>
/// <param name="Random">Rows drawn from the old matrix's mean and deviation.</param>
public sealed record TransplantCounts(int Copied, int Both, int Local, int Global, int Random);
