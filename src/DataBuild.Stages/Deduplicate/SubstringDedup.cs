using System.Buffers;
using System.IO.Hashing;
using System.Text;

namespace DataBuild.Stages.Deduplicate;

/// <summary>Figures of <see cref="SubstringDedup"/>.</summary>
/// <param name="Units">Tokens or bytes of the text.</param>
/// <param name="Length">Length of the text in bytes of UTF-8.</param>
[Figures]
public readonly partial record struct SubstringFigures(int Units, int Length);

/// <summary>What <see cref="SubstringDedup"/> counts and compares.</summary>
public enum SubstringUnit
{
    /// <summary>Words and single punctuation marks, without regard to the white space between them.</summary>
    Token,

    /// <summary>Bytes of UTF-8; a cut never divides a character.</summary>
    Byte,
}

/// <summary>
/// Removes passages of at least <see cref="MinLength"/> tokens or bytes that occur more than once in the corpus (Lee et al. 2022, Deduplicating Training
/// Data Makes Language Models Better). Repeats are found by a suffix array of the whole corpus where it fits <see cref="Memory"/>, and by sorted runs of
/// the digests of all windows of that length, on disk, where it does not: both give the same answer, for the positions that repeated passages of that
/// length or more cover are those that repeated windows of exactly that length cover.
/// </summary>
[Stage("SubstringDedup", Phase = StagePhase.Deduplicate, ColumnPrefix = "substrings")]
public sealed partial record SubstringDedup : CorpusStage<SubstringFigures, CutOutcome>
{
    [ThreadStatic]
    private static PartList? _parts;

    /// <summary>What is counted and compared.</summary>
    public SubstringUnit Unit { get; init; } = SubstringUnit.Token;

    /// <summary>Least length of a repeated passage.</summary>
    [Option(Min = 2, Max = 1000000, Unit = "tokens or bytes"), Threshold]
    public int MinLength { get; init; } = 50;

    /// <summary>Which copies stay. The paper removes all (<c>None</c>).</summary>
    [Threshold]
    public KeptCopies Copies { get; init; } = KeptCopies.One;

    /// <summary>Least share of a text that must be left, else the document goes.</summary>
    [Option(Min = 0, Max = 1, Unit = "fraction"), Threshold]
    public double MinKept { get; init; }

    /// <summary>Order of the documents: columns with <c>asc</c> or <c>desc</c>, separated by ';'; <c>text_length</c> is the length of the text. The id decides last.</summary>
    [Threshold]
    public string Priority { get; init; } = "";

    /// <summary>Memory for the suffix array (24 bytes a token or byte) or, where that is not enough, for sorting.</summary>
    [Option(Min = 1, Max = 1048576, Unit = "MiB"), WithoutEffectOnOutput]
    public int Memory { get; init; } = 1024;

    /// <summary>For tests: sorts on disk also what fits the memory.</summary>
    internal bool IsSortedAlways { get; init; }

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => [.. DedupColumns.Merge(Priority), "text"];

    /// <inheritdoc />
    public override SubstringFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        ReadOnlySpan<byte> text = document.TextUtf8;
        PartList parts = _parts ??= new PartList();
        Split(text, parts);
        return new SubstringFigures(parts.Count, text.Length);
    }

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<CutOutcome> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(context);
        long memory = Memory * 1048576L;
        string unitColumn = Name + ".units";
        long units = 0;
        foreach (CorpusBatch batch in corpus.Read(unitColumn))
        {
            ValueColumn<int> column = (ValueColumn<int>)batch.Documents[unitColumn];
            for (int row = 0; row < batch.Count; row++)
            {
                units += batch.Alive.Span[row] ? column[row] + 1 : 0;
            }
        }

        int[] ranks = new PartDedup(Name, Priority, Math.Min(memory, 256L << 20)).Ranks(corpus, context);
        using RepeatedWindows windows = new(MinLength, Copies, ranks, context, memory / 2);
        SubstringFinder finder = new(MinLength, Copies, Split, ElementsOf, ranks);
        if (!IsSortedAlways && units * SubstringFinder.BytesPerUnit <= memory && units < Array.MaxLength / 2)
        {
            finder.FindBySuffixArray(corpus, (int)units, windows, context);
        }
        else
        {
            finder.FindByDigests(corpus, windows, memory / 2, context);
        }

        windows.Complete();
        PartDedup.Cut(corpus, windows, Split, outcomes, context);
    }

    /// <inheritdoc />
    public override Verdict Decide(in CutOutcome outcome) => outcome.Decide(MinKept, "duplicate_substrings");

    private void Split(ReadOnlySpan<byte> text, PartList parts)
    {
        parts.Clear();
        if (Unit == SubstringUnit.Byte)
        {
            for (int i = 0; i < text.Length; i++)
            {
                parts.Add(i, i + 1);
            }

            return;
        }

        int start = -1;
        for (int i = 0; i < text.Length;)
        {
            OperationStatus status = Rune.DecodeFromUtf8(text[i..], out Rune rune, out int length);
            bool isWord = status == OperationStatus.Done && CharacterKinds.Of(rune) is CharacterKind.Letter or CharacterKind.Digit or CharacterKind.Dropped;
            if (isWord)
            {
                start = start < 0 ? i : start;
            }
            else
            {
                if (start >= 0)
                {
                    parts.Add(start, i);
                    start = -1;
                }

                if (!Rune.IsWhiteSpace(rune))
                {
                    parts.Add(i, i + length);
                }
            }

            i += length;
        }

        if (start >= 0)
        {
            parts.Add(start, text.Length);
        }
    }

    private void ElementsOf(ReadOnlySpan<byte> text, PartList parts, Span<ulong> elements)
    {
        if (Unit == SubstringUnit.Byte)
        {
            for (int i = 0; i < text.Length; i++)
            {
                elements[i] = StableHash.Mix(text[i] + 1UL);
            }

            return;
        }

        for (int i = 0; i < parts.Count; i++)
        {
            elements[i] = XxHash3.HashToUInt64(text[parts.Start(i)..parts.End(i)]);
        }
    }
}
