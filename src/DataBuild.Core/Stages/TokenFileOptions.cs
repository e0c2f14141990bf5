namespace DataBuild;

/// <summary>What token files hold and how: their format, and the order, repetition and length of sequences.</summary>
public sealed record TokenFileOptions
{
    /// <summary>Format.</summary>
    public TokenFormat Format { get; init; } = TokenFormat.Megatron;

    /// <summary>Tokens of a sequence; 0: a sequence a document.</summary>
    public int ContextLength { get; init; }

    /// <summary>How documents fill sequences.</summary>
    public TokenPacking Packing { get; init; } = TokenPacking.Concatenate;

    /// <summary>Id that fills short sequences up; null leaves them short.</summary>
    public int? PaddingId { get; init; }

    /// <summary>Seed of the order of documents; null: the order of the corpus.</summary>
    public long? ShuffleSeed { get; init; }

    /// <summary>Whether a table says which part of which document lies where in which sequence.</summary>
    public bool DocumentMap { get; init; }

    /// <summary>Tokens of a mixture; null: as many as weights and epochs allow.</summary>
    public long? TokenBudget { get; init; }
}
