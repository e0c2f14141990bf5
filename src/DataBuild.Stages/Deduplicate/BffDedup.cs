using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using DataBuild.Text;

namespace DataBuild.Stages.Deduplicate;

/// <summary>What <see cref="BffDedup"/> removes.</summary>
public enum BffRemoval
{
    /// <summary>Paragraphs alone.</summary>
    Paragraph,

    /// <summary>Paragraphs, and the whole document when too large a share of all its n-grams was known (<c>old-both</c> of DCLM's copy).</summary>
    OldBoth,
}

/// <summary>
/// Removes paragraphs, and documents, whose word n-grams were seen before, by a Bloom filter that documents pass one after the other (BFF: revbucket/bff, with the
/// settings and the removal type <c>old-both</c> that DCLM used). Unlike there, order and hash functions are fixed: the documents in order of priority, the id last.
/// </summary>
[Stage("BffDedup", Version = 2, Phase = StagePhase.Deduplicate, ColumnPrefix = "bff")]
public sealed partial record BffDedup : CorpusStage<PartFigures, BffOutcome>
{
    [ThreadStatic]
    private static PartBuffers? _buffers;

    /// <summary>Words in an n-gram.</summary>
    [Option(Min = 1, Max = 100, Unit = "words")]
    public int MaxNgram { get; init; } = 13;

    /// <summary>A paragraph with fewer words than <see cref="MaxNgram"/> but at least so many is one n-gram; a shorter one has none and stays.</summary>
    [Option(Min = 1, Max = 100, Unit = "words")]
    public int MinNgram { get; init; } = 13;

    /// <summary>What is removed.</summary>
    [Threshold]
    public BffRemoval Removal { get; init; } = BffRemoval.OldBoth;

    /// <summary>A paragraph, or a document, goes when a larger share of its n-grams is known.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxKnown { get; init; } = 0.8;

    /// <summary>Probability that a full filter takes a new n-gram for a known one.</summary>
    [Threshold, Option(Min = 1e-15, Max = 0.5, Unit = "fraction")]
    public double FalsePositiveRate { get; init; } = 0.01;

    /// <summary>N-grams that the filter is sized for; 0 counts those of the dataset.</summary>
    [Threshold, Option(Min = 0, Unit = "n-grams")]
    public long ExpectedNgrams { get; init; }

    /// <summary>Order of the documents: columns with <c>asc</c> or <c>desc</c>, separated by ';'; <c>text_length</c> is the length of the text. The id decides last.</summary>
    [Threshold]
    public string Priority { get; init; } = "";

    /// <summary>Memory for sorting; the filter comes on top.</summary>
    [Option(Min = 1, Max = 1048576, Unit = "MiB"), WithoutEffectOnOutput]
    public int SortMemory { get; init; } = 256;

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => [.. DedupColumns.Merge(Priority), "text"];

    /// <inheritdoc />
    /// <exception cref="StageException">The limits contradict each other.</exception>
    public override void Initialize(StageContext context)
    {
        if (MinNgram > MaxNgram)
        {
            throw new StageException("DB4160", $"BffDedup: MinNgram is {MinNgram} and MaxNgram {MaxNgram}; MinNgram must not be larger");
        }
    }

    /// <inheritdoc />
    public override PartFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        PartBuffers buffers = _buffers ??= new PartBuffers();
        buffers.Clear();
        ReadOnlySpan<char> text = document.Text;
        WordIndex words = document.Analyze<WordIndex>();
        ulong[] types = new ulong[words.Types.Length];
        for (int i = 0; i < types.Length; i++)
        {
            types[i] = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(words.TextOf(i)));
        }

        // No word holds a line feed: the words of a paragraph are a range. A 0 ends a paragraph.
        int word = 0;
        int end = 0;
        while (end < text.Length)
        {
            int length = text[(end + 1)..].IndexOf('\n');
            end = length < 0 ? text.Length : end + 1 + length;
            int first = word;
            while (word < words.Count && words.Starts[word] < end)
            {
                word++;
            }

            AddNgrams(buffers, types, words.Ids[first..word]);
            buffers.Add(0);
        }

        return new PartFigures(buffers.Digests, Encoding.UTF8.GetByteCount(text));
    }

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<BffOutcome> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(context);
        new BffMerge(this).Run(corpus, outcomes, context);
    }

    /// <inheritdoc />
    public override Verdict Decide(in BffOutcome outcome) => outcome.Decide();

    private void AddNgrams(PartBuffers buffers, ulong[] types, ReadOnlySpan<int> words)
    {
        int length = words.Length >= MaxNgram ? MaxNgram : words.Length;
        if (length < MinNgram)
        {
            return;
        }

        for (int start = 0; start + length <= words.Length; start++)
        {
            ulong hash = (ulong)length;
            foreach (int type in words.Slice(start, length))
            {
                hash = StableHash.Combine(hash, types[type]);
            }

            buffers.Add(Math.Max(1, hash));
        }
    }
}
