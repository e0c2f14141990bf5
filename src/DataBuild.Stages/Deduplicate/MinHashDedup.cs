using System.Runtime.InteropServices;

namespace DataBuild.Stages.Deduplicate;

/// <summary>Figures of <see cref="MinHashDedup"/>.</summary>
/// <param name="Signature">Minimum hashes, 32 bits each, two a value, the first in the low half; empty when the text has no word.</param>
/// <param name="Length">Length of the text in bytes of UTF-8.</param>
[Figures]
public readonly partial record struct MinHashFigures(ReadOnlyMemory<ulong> Signature, int Length);

/// <summary>What the shingles of <see cref="MinHashDedup"/> consist of.</summary>
public enum ShingleUnit
{
    /// <summary>Words of the simplified text.</summary>
    Word,

    /// <summary>Characters (code points) of the simplified text, blanks included.</summary>
    Character,
}

/// <summary>
/// Removes near duplicates: documents whose sets of n-grams have a high Jaccard similarity, found by MinHash signatures and banding
/// (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3). Two documents with similarity s meet with probability
/// 1 − (1 − s^Rows)^Bands; documents that meet, directly or through others, are a cluster, of which the best is kept. A text of fewer words than
/// <see cref="Ngram"/> is one shingle, so short duplicates are found too.
/// </summary>
[Stage("MinHashDedup", Phase = StagePhase.Deduplicate, ColumnPrefix = "minhash")]
public sealed partial record MinHashDedup : CorpusStage<MinHashFigures, DuplicateOutcome>
{
    [ThreadStatic]
    private static Buffers? _buffers;

    private MinHasher? _hasher;

    /// <summary>What n-grams consist of.</summary>
    public ShingleUnit Unit { get; init; } = ShingleUnit.Word;

    /// <summary>Length of the n-grams.</summary>
    [Option(Min = 1, Max = 100, Unit = "words or characters")]
    public int Ngram { get; init; } = 5;

    /// <summary>Bands of the signature: more of them find less similar documents.</summary>
    [Option(Min = 1, Max = 1000)]
    public int Bands { get; init; } = 14;

    /// <summary>Hashes in a band, all of which must agree: more of them ask for more similar documents.</summary>
    [Option(Min = 1, Max = 1000)]
    public int Rows { get; init; } = 8;

    /// <summary>Seed of the hash functions.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>
    /// Least similarity, estimated by the whole signatures, of two documents that meet in a band; 0 takes every pair that meets.
    /// </summary>
    [Option(Min = 0, Max = 1, Unit = "fraction"), Threshold]
    public double MinJaccard { get; init; }

    /// <summary>
    /// Which document of a cluster is kept: columns with <c>asc</c> or <c>desc</c>, separated by ';' (<c>score.value desc; text_length desc; date asc</c>);
    /// <c>text_length</c> is the length of the text. The id decides last.
    /// </summary>
    [Threshold]
    public string Priority { get; init; } = "text_length desc";

    /// <summary>
    /// Files of other datasets (JSON Lines or Parquet with <c>id</c>, <c>url</c> and <c>text</c>): a document that duplicates one of theirs goes.
    /// </summary>
    [Threshold]
    public IReadOnlyList<InputFile> Against { get; init; } = [];

    /// <summary>Memory for sorting and for verified signatures.</summary>
    [Option(Min = 1, Max = 1048576, Unit = "MiB"), WithoutEffectOnOutput]
    public int SortMemory { get; init; } = 256;

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => DedupColumns.Merge(Priority);

    /// <inheritdoc />
    public override MinHashFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        MinHasher hasher = Hasher();
        Buffers buffers = _buffers ??= new Buffers();
        SimplifiedText text = document.Analyze<SimplifiedText>();
        ReadOnlySpan<ulong> elements;
        if (Unit == ShingleUnit.Word)
        {
            elements = text.WordHashes;
        }
        else
        {
            Buffers.Grow(ref buffers.Elements, text.Text.Length);
            elements = buffers.Elements.AsSpan(0, Shingles.HashCharacters(text.Text, buffers.Elements));
        }

        Buffers.Grow(ref buffers.Shingles, elements.Length);
        int count = Shingles.Hash(elements, Ngram, buffers.Shingles);
        int length = document.TextUtf8.Length;
        if (count == 0)
        {
            return new MinHashFigures(default, length);
        }

        int packed = PackedLength(hasher.HashCount);
        Buffers.Grow(ref buffers.Signature, (hasher.PaddedCount / 2) + 1);
        Span<uint> signature = MemoryMarshal.Cast<ulong, uint>(buffers.Signature.AsSpan());
        hasher.Compute(buffers.Shingles.AsSpan(0, count), signature);
        signature[hasher.HashCount..(packed * 2)].Clear();
        return new MinHashFigures(buffers.Signature.AsMemory(0, packed), length);
    }

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<DuplicateOutcome> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(context);
        long memory = SortMemory * 1048576L;
        using CorpusAgainst all = CorpusAgainst.Create(corpus, this, MinHashFigures.Columns, Against, context);
        DisjointSets sets = new(all.RowCount);
        new BandJoin(Name + ".signature", Bands, Rows, MinJaccard, memory).Join(all, sets, context);
        DuplicateClusters.Write(all, sets, DocumentPriority.Parse(Priority), Name + ".length", outcomes, context, memory);
    }

    /// <inheritdoc />
    public override Verdict Decide(in DuplicateOutcome outcome) => Verdict.DropIf(outcome.DuplicateOf is not null, "near_duplicate");

    internal static int PackedLength(int hashCount) => (hashCount + 1) / 2;

    private MinHasher Hasher()
    {
        // Two threads may both make one: they are equal. A copy of the record with other options may bring the one of its origin.
        MinHasher? hasher = Volatile.Read(ref _hasher);
        if (hasher is null || hasher.HashCount != Bands * Rows || hasher.Seed != Seed)
        {
            hasher = new MinHasher(Bands * Rows, Seed);
            Volatile.Write(ref _hasher, hasher);
        }

        return hasher;
    }

    private sealed class Buffers
    {
        public ulong[] Elements = [];
        public ulong[] Shingles = [];
        public ulong[] Signature = [];

        public static void Grow(ref ulong[] buffer, int length)
        {
            if (buffer.Length < length)
            {
                buffer = GC.AllocateUninitializedArray<ulong>(Math.Max(length, buffer.Length * 2));
            }
        }
    }
}
