namespace DataBuild.Stages.Tokenize.Scanning;

/// <summary>A part of a parsed pattern.</summary>
internal abstract record PatternNode
{
    /// <summary>One code point of a set.</summary>
    public sealed record One(CodePointSet Set) : PatternNode;

    /// <summary>Parts one after the other.</summary>
    public sealed record Sequence(IReadOnlyList<PatternNode> Parts) : PatternNode;

    /// <summary>The first of the alternatives that lets the rest match.</summary>
    public sealed record Choice(IReadOnlyList<PatternNode> Alternatives) : PatternNode;

    /// <summary>A part so many times.</summary>
    public sealed record Repeat(PatternNode Part, int Least, int Most, RepeatKind Kind) : PatternNode;

    /// <summary>Whether a part matches here, without taking it.</summary>
    public sealed record Look(PatternNode Part, bool Negative) : PatternNode;

    /// <summary>The first match of a part, never given back.</summary>
    public sealed record Atomic(PatternNode Part) : PatternNode;

    /// <summary>The end of the text.</summary>
    public sealed record End : PatternNode;

    /// <summary>The start of the text.</summary>
    public sealed record Start : PatternNode;
}

/// <summary>How a repetition tries.</summary>
internal enum RepeatKind
{
    /// <summary>As many as it can, then fewer.</summary>
    Greedy,

    /// <summary>As few as it can, then more.</summary>
    Lazy,

    /// <summary>As many as it can, never fewer.</summary>
    Possessive,
}
