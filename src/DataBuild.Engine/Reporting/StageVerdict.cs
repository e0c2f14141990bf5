namespace DataBuild.Engine.Reporting;

/// <summary>What one stage made of a document.</summary>
/// <param name="Stage">Name of this use of the stage.</param>
/// <param name="Kind">Name of the stage.</param>
/// <param name="Reason">Why it dropped the document; null when it kept it.</param>
/// <param name="Reached">False when an earlier stage had dropped it.</param>
/// <param name="Figures">Its figures and outcomes, name and value.</param>
/// <param name="Rules">The options by which it decides, name and value.</param>
/// <param name="Cluster">The duplicates that it found; null when there are none.</param>
public sealed record StageVerdict(
    string Stage,
    string Kind,
    string? Reason,
    bool Reached,
    IReadOnlyList<KeyValuePair<string, string>> Figures,
    IReadOnlyList<KeyValuePair<string, string>> Rules,
    DuplicateCluster? Cluster);
