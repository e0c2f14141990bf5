namespace DataBuild.Engine.Published;

/// <summary>What became of a document.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Url">Address.</param>
/// <param name="Source">Input.</param>
/// <param name="Stage">The stage that dropped it; null when it is in the dataset.</param>
/// <param name="Reason">Why.</param>
public sealed record DocumentVerdict(string Id, string Url, string Source, string? Stage, string? Reason);
