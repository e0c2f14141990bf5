using DataBuild.Engine.Execution;

namespace DataBuild.Engine.Reporting;

/// <summary>What <c>report.html</c> shows of a build.</summary>
public sealed class BuildReport
{
    /// <summary>Name of the dataset.</summary>
    public required string Name { get; init; }

    /// <summary>What each stage did, reading first.</summary>
    public required IReadOnlyList<StageSummary> Stages { get; init; }

    /// <summary>Distributions over the documents.</summary>
    public required IReadOnlyList<Histogram> Histograms { get; init; }

    /// <summary>Languages of the kept documents, most frequent first.</summary>
    public required IReadOnlyList<NamedCount> Languages { get; init; }

    /// <summary>Domains of the kept documents, most frequent first.</summary>
    public required IReadOnlyList<NamedCount> Domains { get; init; }

    /// <summary>Some documents, kept and dropped.</summary>
    public required IReadOnlyList<DocumentSample> Samples { get; init; }
}

/// <summary>How many documents have something.</summary>
/// <param name="Name">What they have.</param>
/// <param name="Count">Documents.</param>
public readonly record struct NamedCount(string Name, long Count);

/// <summary>A distribution.</summary>
/// <param name="Title">What is counted.</param>
/// <param name="Unit">Unit of the bins' edges.</param>
/// <param name="Edges">Edges of the bins, ascending; one more than there are bins.</param>
/// <param name="Kept">Kept documents in each bin.</param>
/// <param name="Dropped">Dropped documents in each bin.</param>
public sealed record Histogram(string Title, string Unit, IReadOnlyList<double> Edges, IReadOnlyList<long> Kept, IReadOnlyList<long> Dropped);

/// <summary>A document shown as an example.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Url">Address.</param>
/// <param name="Source">Input.</param>
/// <param name="Stage">The stage that dropped it; null when it was kept.</param>
/// <param name="Reason">Why it was dropped.</param>
/// <param name="Text">Beginning of its text.</param>
public sealed record DocumentSample(string Id, string Url, string Source, string? Stage, string? Reason, string Text);
