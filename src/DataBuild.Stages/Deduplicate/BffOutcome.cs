namespace DataBuild.Stages.Deduplicate;

/// <summary>What <see cref="BffDedup"/> leaves of a document.</summary>
/// <param name="Text">The text without the paragraphs; empty where the whole document goes, null when it took no part.</param>
/// <param name="Ngrams">N-grams of the document.</param>
/// <param name="KnownNgrams">Those that were known.</param>
/// <param name="Removed">Paragraphs removed.</param>
/// <param name="RemovedLength">Bytes of UTF-8 removed.</param>
/// <param name="KeptLength">Bytes of UTF-8 left, white space at both ends not counted.</param>
[Figures]
public readonly partial record struct BffOutcome([Column("text")] string? Text, int Ngrams, int KnownNgrams, int Removed, int RemovedLength, int KeptLength)
{
    /// <summary>Drops a document of which something was removed and nothing is left.</summary>
    internal Verdict Decide() => Verdict.DropIf(RemovedLength > 0 && KeptLength == 0, "duplicate_ngrams");
}
