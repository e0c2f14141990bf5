using System.IO.Hashing;
using System.Text;

namespace DataBuild.Stages.Deduplicate;

/// <summary>Figures of <see cref="UrlDedup"/>.</summary>
/// <param name="DigestHigh">Upper half of the 128-bit digest of the canonical address; none where the document has no address.</param>
/// <param name="DigestLow">Lower half of the digest.</param>
[Figures]
public readonly partial record struct UrlDedupFigures(ulong? DigestHigh, ulong? DigestLow);

/// <summary>
/// Removes documents whose address, in canonical form (<see cref="UrlCanonicalizer"/>), is that of a better document. Documents without an address stay.
/// </summary>
[Stage("UrlDedup", Phase = StagePhase.Deduplicate, ColumnPrefix = "urlDedup")]
public sealed partial record UrlDedup : CorpusStage<UrlDedupFigures, DuplicateOutcome>
{
    private static readonly string[] UrlOnly = ["url"];

    /// <summary>What of the query tells pages apart.</summary>
    public UrlQuery Query { get; init; } = UrlQuery.WithoutTracking;

    /// <summary>Leaves addresses alone that have neither a path nor a query: such a page changes, and the site's name stands for all of its states (CulturaX).</summary>
    public bool SkipBareDomains { get; init; }

    /// <summary>
    /// Which of several documents is kept: columns with <c>asc</c> or <c>desc</c>, separated by ';'. The default keeps the latest. The id decides last.
    /// </summary>
    [Threshold]
    public string Priority { get; init; } = "date desc";

    /// <summary>
    /// Files of other datasets (JSON Lines or Parquet with <c>id</c>, <c>url</c> and <c>text</c>): a document that duplicates one of theirs goes.
    /// </summary>
    [Threshold]
    public IReadOnlyList<InputFile> Against { get; init; } = [];

    /// <summary>Memory for sorting.</summary>
    [Option(Min = 1, Max = 1048576, Unit = "MiB"), WithoutEffectOnOutput]
    public int SortMemory { get; init; } = 256;

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => UrlOnly;

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => DedupColumns.Merge(Priority);

    /// <inheritdoc />
    public override UrlDedupFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        string url = document.Url;
        if (string.IsNullOrWhiteSpace(url))
        {
            return default;
        }

        string canonical = UrlCanonicalizer.Canonicalize(url, Query);
        if (SkipBareDomains && canonical.AsSpan().IndexOfAny("/?#") < 0)
        {
            return default;
        }

        UInt128 digest = XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(canonical));
        return new UrlDedupFigures((ulong)(digest >> 64), (ulong)digest);
    }

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<DuplicateOutcome> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(context);
        using CorpusAgainst all = CorpusAgainst.Create(corpus, this, UrlDedupFigures.Columns, Against, context);
        DigestDedup.Merge(all, Name + ".digestHigh", Name + ".digestLow", "", Priority, outcomes, context, SortMemory);
    }

    /// <inheritdoc />
    public override Verdict Decide(in DuplicateOutcome outcome) => Verdict.DropIf(outcome.DuplicateOf is not null, "duplicate_url");
}
