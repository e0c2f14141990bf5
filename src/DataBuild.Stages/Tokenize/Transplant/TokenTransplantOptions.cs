namespace DataBuild.Stages.Tokenize.Transplant;

/// <summary>How rows of new tokens are made of those of old ones.</summary>
/// <param name="Temperature">Temperature of both softmaxes.</param>
/// <param name="Neighbours">Old tokens of the global heuristic.</param>
/// <param name="GlobalWeight">Weight of the global heuristic, 0 to 1.</param>
/// <param name="MinSimilarity">Least cosine of a global neighbour.</param>
/// <param name="IgnoreCase">Whether a token that differs from an old one by case alone takes its row.</param>
/// <param name="Seed">Seed of the rows that nothing is known of.</param>
public sealed record TokenTransplantOptions(
    double Temperature = 0.3, int Neighbours = 3, double GlobalWeight = 0.3, double MinSimilarity = 0.6, bool IgnoreCase = false, ulong Seed = 0);
