using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

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
public sealed partial record ParagraphDedup : CorpusStage<PartFigures, CutOutcome>
{
    [ThreadStatic]
    private static PartBuffers? s_buffers;

    /// <summary>How a paragraph is known again.</summary>
    public ParagraphIndex Index { get; init; } = ParagraphIndex.Exact;

    /// <summary>With <see cref="ParagraphIndex.Bloom"/>: share of paragraphs that are removed though they are new.</summary>
    [Option(Min = 1e-15, Max = 0.5, Unit = "fraction")]
    public double FalsePositiveRate { get; init; } = 1e-6;

    /// <summary>Compares the words alone: lower case, without marks and punctuation, numbers as 0.</summary>
    public bool Normalized { get; init; }

    /// <summary>Shorter paragraphs are left alone.</summary>
    [Option(Min = 1, Max = 1000000, Unit = "bytes")]
    public int MinLength { get; init; } = 1;

    /// <summary>Least share of a text that must be left, else the document goes.</summary>
    [Option(Min = 0, Max = 1, Unit = "fraction"), Threshold]
    public double MinKept { get; init; }

    /// <summary>Order of the documents: columns with <c>asc</c> or <c>desc</c>, separated by ';'; <c>text_length</c> is the length of the text. The id decides last.</summary>
    public string Priority { get; init; } = "";

    /// <summary>Memory for sorting.</summary>
    [Option(Min = 1, Max = 1048576, Unit = "MiB"), WithoutEffectOnOutput]
    public int SortMemory { get; init; } = 256;

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => [.. DedupColumns.Merge(Priority), "text"];

    /// <inheritdoc />
    public override PartFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        PartBuffers buffers = s_buffers ??= new PartBuffers();
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
        PartDedup dedup = new(Name, Priority, SortMemory * 1048576L);
        if (Index == ParagraphIndex.Exact)
        {
            dedup.Merge(corpus, 1, KeptCopies.One, Split, outcomes, context);
        }
        else
        {
            dedup.MergeByFilter(corpus, FalsePositiveRate, Split, outcomes, context);
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

/// <summary>Buffers of one thread for measuring parts of texts.</summary>
internal sealed class PartBuffers
{
    private readonly SimplifiedText _simplified = new();
    private ulong[] _digests = new ulong[256];
    private char[] _chars = [];
    private int _count;

    /// <summary>Parts of the text.</summary>
    public PartList Parts { get; } = new();

    /// <summary>Digests added since the last <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<ulong> Digests => _digests.AsMemory(0, _count);

    /// <summary>Removes the digests.</summary>
    public void Clear() => _count = 0;

    /// <summary>Adds a digest.</summary>
    public void Add(ulong digest)
    {
        if (_count == _digests.Length)
        {
            Array.Resize(ref _digests, _count * 2);
        }

        _digests[_count++] = digest;
    }

    /// <summary>Digest of a part, never 0; of its bytes where simplification leaves no word.</summary>
    public ulong Digest(ReadOnlySpan<byte> part, bool normalized)
    {
        if (normalized)
        {
            if (_chars.Length < part.Length)
            {
                _chars = new char[part.Length * 2];
            }

            _simplified.Analyze(_chars.AsSpan(0, Encoding.UTF8.GetChars(part, _chars)));
            if (_simplified.WordCount > 0)
            {
                return Math.Max(1, XxHash3.HashToUInt64(MemoryMarshal.AsBytes(_simplified.Text)));
            }
        }

        return Math.Max(1, XxHash3.HashToUInt64(part));
    }
}
