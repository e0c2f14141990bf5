namespace DataBuild;

/// <summary>What a stage says of a document: keep it, or drop it for a named reason.</summary>
public readonly record struct Verdict
{
    private Verdict(string reason) => Reason = reason;

    /// <summary>The document stays.</summary>
    public static Verdict Keep => default;

    /// <summary>Why the document goes, in snake_case (<c>too_few_words</c>); null when it stays.</summary>
    public string? Reason { get; }

    /// <summary>True when the document stays.</summary>
    public bool IsKeep => Reason is null;

    /// <summary>The document goes.</summary>
    /// <param name="reason">Why, in snake_case; one of a small set a stage, so that counts by reason can be read.</param>
    /// <exception cref="ArgumentException">The reason is empty.</exception>
    public static Verdict Drop(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        return new Verdict(reason);
    }

    /// <summary>Drops for the reason when the condition holds, keeps otherwise.</summary>
    public static Verdict DropIf(bool condition, string reason) => condition ? Drop(reason) : Keep;
}
