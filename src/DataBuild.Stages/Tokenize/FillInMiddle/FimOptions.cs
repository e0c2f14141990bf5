namespace DataBuild.Stages.Tokenize.FillInMiddle;

/// <summary>Where a document is split.</summary>
public enum FimSplit
{
    /// <summary>Between characters; the three parts are encoded apart.</summary>
    Character,

    /// <summary>Between tokens of the whole document.</summary>
    Token,
}

/// <summary>Options of <see cref="FimPreparer"/>.</summary>
public sealed record FimOptions
{
    /// <summary>Share of documents that are rearranged; 0 to 1.</summary>
    public double Rate { get; init; } = 0.5;

    /// <summary>Share of those in the order suffix, prefix, middle; the others are in the order prefix, suffix, middle. 0 to 1.</summary>
    public double SpmRate { get; init; } = 0.5;

    /// <summary>Where documents are split.</summary>
    public FimSplit Split { get; init; } = FimSplit.Character;

    /// <summary>Id of the token before the prefix.</summary>
    public required int PrefixId { get; init; }

    /// <summary>Id of the token before the suffix.</summary>
    public required int SuffixId { get; init; }

    /// <summary>Id of the token before the middle.</summary>
    public required int MiddleId { get; init; }

    /// <summary>Seed; what becomes of a document depends on it and on the document's id alone.</summary>
    public ulong Seed { get; init; }
}

/// <summary>What <see cref="FimPreparer"/> did with a document.</summary>
/// <param name="Applied">Whether it was rearranged.</param>
/// <param name="SuffixFirst">Whether the suffix comes first.</param>
/// <param name="InsideToken">Whether a split fell inside of a token of the whole document, so that its parts encode otherwise than the whole.</param>
public readonly record struct FimOutcome(bool Applied, bool SuffixFirst, bool InsideToken);
