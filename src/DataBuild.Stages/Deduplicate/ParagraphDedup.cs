namespace DataBuild.Stages.Deduplicate;

/// <summary>Figures of stages that compare parts of texts.</summary>
/// <param name="Digests">A 64-bit digest for each part or window of parts, in order; 0 where it is not compared.</param>
/// <param name="Length">Length of the text in bytes of UTF-8.</param>
[Figures]
public readonly partial record struct PartFigures(ReadOnlyMemory<ulong> Digests, int Length);

/// <summary>How <see cref="ParagraphDedup"/> knows a paragraph again.</summary>
public enum ParagraphIndex
{
    /// <summary>By sorting 64-bit digests on disk: no error but a collision of digests.</summary>
    Exact,

    /// <summary>By a Bloom filter in memory, filled in order of priority.</summary>
    Bloom,
}

/// <summary>
/// Removes paragraphs (lines) that occurred in a better document, or before in the same one. The first occurrence by priority stays.
/// </summary>
[Stage("ParagraphDedup", Phase = StagePhase.Deduplicate, ColumnPrefix = "paragraphs")]
public sealed partial record ParagraphDedup : RepeatedPartsStage
{
    [ThreadStatic]
    private static PartBuffers? _buffers;

    /// <summary>How a paragraph is known again.</summary>
    [Threshold]
    public ParagraphIndex Index { get; init; } = ParagraphIndex.Exact;

    /// <summary>With <see cref="ParagraphIndex.Bloom"/>: share of paragraphs that are removed though they are new.</summary>
    [Option(Min = 1e-15, Max = 0.5, Unit = "fraction"), Threshold]
    public double FalsePositiveRate { get; init; } = 1e-6;

    /// <summary>Compares the words alone: lower case, without marks and punctuation, numbers as 0.</summary>
    public bool Normalized { get; init; }

    /// <summary>Shorter paragraphs are left alone.</summary>
    [Option(Min = 1, Max = 1000000, Unit = "bytes")]
    public int MinLength { get; init; } = 1;

    /// <inheritdoc />
    public override PartFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        PartBuffers buffers = _buffers ??= new PartBuffers();
        ReadOnlySpan<byte> text = document.TextUtf8;
        Split(text, buffers.Parts);
        buffers.Clear();
        for (int i = 0; i < buffers.Parts.Count; i++)
        {
            ReadOnlySpan<byte> paragraph = text[buffers.Parts.Start(i)..buffers.Parts.End(i)].Trim(" \t\r\n"u8);
            buffers.Add(paragraph.Length < MinLength ? 0 : buffers.Digest(paragraph, Normalized));
        }

        return new PartFigures(buffers.Digests, text.Length);
    }

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<CutOutcome> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(context);
        if (Index == ParagraphIndex.Exact)
        {
            PartDedup.Merge(corpus, 1, KeptCopies.One, Split, outcomes, context);
        }
        else
        {
            PartDedup.MergeByFilter(corpus, FalsePositiveRate, Split, outcomes, context);
        }
    }

    /// <inheritdoc />
    public override Verdict Decide(in CutOutcome outcome) => outcome.Decide(MinKept, "duplicate_paragraphs");

    private static void Split(ReadOnlySpan<byte> text, PartList parts)
    {
        parts.Clear();
        for (int start = 0; start < text.Length;)
        {
            int length = text[start..].IndexOf((byte)'\n');
            int end = length < 0 ? text.Length : start + length + 1;
            parts.Add(start, end);
            start = end;
        }
    }
}
