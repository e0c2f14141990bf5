namespace DataBuild.Stages.Refine;

/// <summary>Figures of <see cref="RemoveUrls"/>.</summary>
/// <param name="RemovedUrls">Addresses removed.</param>
/// <param name="KeptCharacters">UTF-16 units left.</param>
/// <param name="Text">The text without them.</param>
[Figures]
public readonly partial record struct RemoveUrlsFigures(int RemovedUrls, int KeptCharacters, [property: Column("text")] ReadOnlyMemory<char> Text);

/// <summary>
/// Takes addresses out of texts, with up to ten characters of white space before them (step 2 of DCLM-baseline): names that end in a top-level domain, with or without
/// scheme, port, path and query, and IPv4 addresses. DCLM's own code looks only at texts whose first letters are a top-level domain; here every text is looked at.
/// </summary>
[Stage("RemoveUrls", Version = 1, Phase = StagePhase.Clean, ColumnPrefix = "removeUrls")]
public sealed partial record RemoveUrls : DocumentStage<RemoveUrlsFigures>
{
    /// <summary>Most addresses that a document may hold.</summary>
    [Threshold, Option(Min = 0, Unit = "addresses")]
    public int MaxUrls { get; init; } = int.MaxValue;

    /// <inheritdoc />
    public override RemoveUrlsFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        ReadOnlySpan<char> text = document.Text;
        TextBuilder kept = document.RentTextBuilder();
        int removed = 0;
        int copied = 0;
        while (UrlScanner.TryFind(text, copied, out int start, out int end))
        {
            _ = kept.Append(text[copied..start]);
            copied = end;
            removed++;
        }

        _ = kept.Append(text[copied..]);
        return new RemoveUrlsFigures(removed, kept.Length, kept.Memory);
    }

    /// <inheritdoc />
    public override Verdict Decide(in RemoveUrlsFigures figures) =>
        figures.KeptCharacters == 0 ? Verdict.Drop("nothing_left") : Verdict.DropIf(figures.RemovedUrls > MaxUrls, "too_many_urls");
}
