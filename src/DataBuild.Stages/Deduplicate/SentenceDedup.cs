namespace DataBuild.Stages.Deduplicate;

/// <summary>
/// Removes spans of sentences that occur more than once in the corpus, all but the first by priority (C4: Raffel et al. 2020, section 2.2, spans of three
/// sentences). A text of fewer sentences than the span is left alone. Sentences end at . ! ? … and their kin (closing quotes and brackets
/// included) before white space, at 。！？ and at line ends: rules without lists of abbreviations, the same in every language.
/// </summary>
[Stage("SentenceDedup", Phase = StagePhase.Deduplicate, ColumnPrefix = "sentences")]
public sealed partial record SentenceDedup : RepeatedPartsStage
{
    [ThreadStatic]
    private static PartBuffers? _buffers;

    /// <summary>Sentences in a span.</summary>
    [Option(Min = 1, Max = 20, Unit = "sentences")]
    public int Span { get; init; } = 3;

    /// <summary>Compares the words alone: lower case, without marks and punctuation, numbers as 0.</summary>
    public bool Normalized { get; init; } = true;

    /// <inheritdoc />
    public override PartFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        PartBuffers buffers = _buffers ??= new PartBuffers();
        ReadOnlySpan<byte> text = document.TextUtf8;
        SentenceSplitter.Split(text, buffers.Parts);
        int count = buffers.Parts.Count;
        Span<ulong> sentences = buffers.RentParts(count);
        for (int i = 0; i < count; i++)
        {
            sentences[i] = buffers.Digest(text[buffers.Parts.Start(i)..buffers.Parts.End(i)].Trim(" \t\r\n"u8), Normalized);
        }

        buffers.Clear();
        for (int i = 0; i + Span <= count; i++)
        {
            ulong digest = sentences[i];
            for (int j = 1; j < Span; j++)
            {
                digest = StableHash.Combine(digest, sentences[i + j]);
            }

            buffers.Add(Math.Max(1, digest));
        }

        return new PartFigures(buffers.Digests, text.Length);
    }

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<CutOutcome> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(context);
        PartDedup.Merge(corpus, Span, KeptCopies.One, SentenceSplitter.Split, outcomes, context);
    }

    /// <inheritdoc />
    public override Verdict Decide(in CutOutcome outcome) => outcome.Decide(MinKept, "duplicate_sentences");
}
