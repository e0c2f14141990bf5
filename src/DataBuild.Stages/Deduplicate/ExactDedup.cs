using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace DataBuild.Stages.Deduplicate;

/// <summary>Figures of <see cref="ExactDedup"/>.</summary>
/// <param name="DigestHigh">Upper half of the text's 128-bit digest.</param>
/// <param name="DigestLow">Lower half of the text's 128-bit digest.</param>
/// <param name="Length">Length of the text in bytes of UTF-8.</param>
[Figures]
public readonly partial record struct ExactDedupFigures(ulong DigestHigh, ulong DigestLow, int Length);

/// <summary>
/// Removes documents whose text is the same, byte for byte or after simplification, as that of a better document. Digests are XXH128
/// (System.IO.Hashing): among 10^10 different texts a collision has probability 1.5e-19.
/// </summary>
[Stage("ExactDedup", Phase = StagePhase.Deduplicate, ColumnPrefix = "exact")]
public sealed partial record ExactDedup : CorpusStage<ExactDedupFigures, DuplicateOutcome>
{
    /// <summary>Compares the words alone: lower case, without marks and punctuation, numbers as 0.</summary>
    public bool Normalized { get; init; }

    /// <summary>
    /// Which of several equal documents is kept: columns with <c>asc</c> or <c>desc</c>, separated by ';' (<c>score.value desc; date asc</c>);
    /// <c>text_length</c> is the length of the text. The id decides last.
    /// </summary>
    [Threshold]
    public string Priority { get; init; } = "";

    /// <summary>
    /// Files of other datasets (JSON Lines or Parquet with <c>id</c>, <c>url</c> and <c>text</c>): a document that duplicates one of theirs goes.
    /// </summary>
    [Threshold]
    public IReadOnlyList<InputFile> Against { get; init; } = [];

    /// <summary>Memory for sorting.</summary>
    [Option(Min = 1, Max = 1048576, Unit = "MiB"), WithoutEffectOnOutput]
    public int SortMemory { get; init; } = 256;

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => DedupColumns.Merge(Priority);

    /// <inheritdoc />
    public override ExactDedupFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        ReadOnlySpan<byte> text = document.TextUtf8;
        UInt128 digest = Normalized
            ? XxHash128.HashToUInt128(MemoryMarshal.AsBytes(document.Analyze<SimplifiedText>().Text))
            : XxHash128.HashToUInt128(text);
        return new ExactDedupFigures((ulong)(digest >> 64), (ulong)digest, text.Length);
    }

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<DuplicateOutcome> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(context);
        using CorpusAgainst all = CorpusAgainst.Create(corpus, this, ExactDedupFigures.Columns, Against, context);
        DigestDedup.Merge(all, Name + ".digestHigh", Name + ".digestLow", Name + ".length", Priority, outcomes, context, SortMemory);
    }

    /// <inheritdoc />
    public override Verdict Decide(in DuplicateOutcome outcome) => Verdict.DropIf(outcome.DuplicateOf is not null, "exact_duplicate");
}
