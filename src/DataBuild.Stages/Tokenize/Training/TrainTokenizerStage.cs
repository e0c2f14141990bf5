using System.Globalization;
using System.Text.Json;

namespace DataBuild.Stages.Tokenize.Training;

/// <summary>
/// Trains a byte-level BPE tokenizer on the documents kept so far and publishes its <c>tokenizer.json</c>, which Hugging Face loads; later stages name it
/// <c>@tokenizer</c>. Drops nothing.
/// </summary>
[Stage("TrainTokenizer", Version = 2, Phase = StagePhase.Tokenize, ColumnPrefix = "tokenizer")]
public sealed partial record TrainTokenizerStage : CorpusStage<NoFigures, NoFigures>, IFileMakingStage
{
    /// <summary>Column to train on: the text, or a column of bytes (<c>binary.content</c>).</summary>
    public string Column { get; init; } = "text";

    /// <summary>Tokens in all: special ones, bytes, merges and custom ones; padding comes on top.</summary>
    [Option(Min = 256, Max = 16777216, Unit = "tokens")]
    public int VocabularySize { get; init; } = 32_768;

    /// <summary>Least count of a pair that merges.</summary>
    [Option(Min = 1)]
    public long MinFrequency { get; init; } = 2;

    /// <summary>Longest token that a merge makes; 0 for no limit.</summary>
    [Option(Min = 0, Max = 1048576, Unit = "bytes")]
    public int MaxTokenLength { get; init; }

    /// <summary>Control tokens; they get the first ids, in this order.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = ["<|endoftext|>"];

    /// <summary>Texts that are always one token; they get the ids after the last merge, in this order, but for those that are learnt too, which have the learnt one's.</summary>
    public IReadOnlyList<string> CustomTokens { get; init; } = [];

    /// <summary>File of such texts, one a line, or, named .json, an array of strings; they follow those of CustomTokens.</summary>
    public InputFile? CustomTokensFile { get; init; }

    /// <summary>Fills the vocabulary up to a power of two.</summary>
    public bool PadToPowerOfTwo { get; init; }

    /// <summary>What fills it.</summary>
    public TokenPadding Padding { get; init; } = TokenPadding.Unused;

    /// <summary>How text is rewritten before it is counted, and by the trained tokenizer before it encodes.</summary>
    public TrainingNormalizer Normalizer { get; init; } = TrainingNormalizer.Nfc;

    /// <summary>How text is cut into the words that merges do not cross.</summary>
    public TrainingPattern Pattern { get; init; } = TrainingPattern.Llama3;

    /// <summary>Probability that the end of a word stays one; below 1, tokens of several words are learnt.</summary>
    [Option(Min = 0, Max = 1, Unit = "fraction")]
    public double BoundaryProbability { get; init; } = 1;

    /// <summary>Most words that are counted together.</summary>
    [Option(Min = 1, Max = 1000, Unit = "words")]
    public int MaxJoinedWords { get; init; } = 5;

    /// <summary>Seed of the choice of boundaries; it depends on a document's id, not on its place.</summary>
    [Option(Min = 0)]
    public long Seed { get; init; }

    /// <summary>Which ids the 256 bytes get.</summary>
    public ByteOrder ByteOrder { get; init; } = ByteOrder.Character;

    /// <summary>Smaller vocabulary sizes, each written as tokenizer-SIZE.json: the same ids, cut off.</summary>
    public IReadOnlyList<string> Family { get; init; } = [];

    /// <summary>Bytes of the chunks that a column of bytes is cut into; a chunk is a word. 0: the whole.</summary>
    [Option(Min = 0, Max = 67108864, Unit = "bytes")]
    public int ChunkSize { get; init; } = 8192;

    /// <summary>Least entropy of a chunk; chunks below are left out.</summary>
    [Option(Min = 0, Max = 8, Unit = "bits per byte")]
    public double MinEntropy { get; init; }

    /// <summary>Most entropy of a chunk; chunks above are left out.</summary>
    [Option(Min = 0, Max = 8, Unit = "bits per byte")]
    public double MaxEntropy { get; init; } = 8;

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.Kept;

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => [Column];

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => ["id", Column];

    /// <inheritdoc />
    [NotAnOption]
    public IReadOnlyList<string> MadeFiles => ["tokenizer.json", .. Family.Select(FileOf)];

    /// <inheritdoc />
    public override NoFigures Measure(Document document) => default;

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<NoFigures> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(outcomes);
        ArgumentNullException.ThrowIfNull(context);
        BpeTrainer trainer = CreateTrainer();
        long documents = 0;
        trainer.AddTexts(Words(corpus, () => documents++), context.Threads, context.Cancellation);
        if (documents == 0)
        {
            throw new StageException("DB4270", $"the stage '{Name}' has no documents to train a tokenizer on (column '{Column}')");
        }

        TrainedTokenizer tokenizer = trainer.Train(context.Cancellation);
        Write(tokenizer, Path.Combine(context.FilesDirectory, MadeFiles[0]));
        foreach (string size in Family)
        {
            Write(Truncate(tokenizer, size), Path.Combine(context.FilesDirectory, FileOf(size)));
        }

        context.Report(new StageNote("DB4271", false, string.Create(
            CultureInfo.InvariantCulture, $"{tokenizer.VocabularySize:N0} tokens, {tokenizer.Merges.Count:N0} merges, from {trainer.WordCount:N0} different words of {documents:N0} documents")));
        CorpusRows.KeepAll(corpus, outcomes);
    }

    /// <inheritdoc />
    public override Verdict Decide(in NoFigures outcome) => Verdict.Keep;

    private static string FileOf(string size) => $"tokenizer-{size}.json";

    private static void Write(TrainedTokenizer tokenizer, string path)
    {
        using FileStream stream = File.Create(path);
        tokenizer.WriteJson(stream);
    }

    private IEnumerable<(ReadOnlyMemory<byte> Text, ulong Key)> Words(Corpus corpus, Action counted)
    {
        bool binary = false;
        foreach ((byte[] id, byte[] value) in CorpusRows.Read(corpus, Column, b => binary = b))
        {
            counted();
            ulong key = SeededOrder.Key((ulong)Seed, id);
            if (!binary)
            {
                yield return (value, key);
                continue;
            }

            BinaryChunkOptions chunks = new() { ChunkSize = ChunkSize == 0 ? Math.Max(1, value.Length) : ChunkSize, MinEntropy = MinEntropy, MaxEntropy = MaxEntropy };
            foreach (ReadOnlyMemory<byte> chunk in BinaryChunks.Cut(value, chunks))
            {
                yield return (chunk, key);
            }
        }
    }

    private BpeTrainer CreateTrainer()
    {
        try
        {
            return new BpeTrainer(new BpeTrainerOptions
            {
                VocabularySize = VocabularySize,
                MinFrequency = MinFrequency,
                MaxTokenLength = MaxTokenLength,
                SpecialTokens = SpecialTokens,
                CustomTokens = [.. CustomTokens, .. CustomTokensFile is null ? [] : ReadTokens(CustomTokensFile)],
                PadToPowerOfTwo = PadToPowerOfTwo,
                Padding = Padding,
                Normalizer = Normalizer,
                Pattern = Pattern,
                BoundaryProbability = BoundaryProbability,
                MaxJoinedWords = MaxJoinedWords,
                Seed = (ulong)Seed,
                ByteOrder = ByteOrder,
            });
        }
        catch (ArgumentException error)
        {
            throw new StageException("DB4270", $"the stage '{Name}': {error.Message}", CustomTokensFile?.Path, error);
        }
    }

    private static IEnumerable<string> ReadTokens(InputFile file)
    {
        if (!file.PathOrName.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            return File.ReadLines(file.PathOrName).Where(l => l.Length > 0);
        }

        try
        {
            return JsonSerializer.Deserialize<string[]>(File.ReadAllBytes(file.PathOrName)) ?? throw new JsonException("null is no array of strings");
        }
        catch (JsonException error)
        {
            throw new ArgumentException($"CustomTokensFile is no array of strings: {error.Message}", error);
        }
    }

    private TrainedTokenizer Truncate(TrainedTokenizer tokenizer, string size)
    {
        try
        {
            return tokenizer.Truncate(int.Parse(size, NumberStyles.None, CultureInfo.InvariantCulture));
        }
        catch (Exception error) when (error is ArgumentException or FormatException or OverflowException)
        {
            throw new StageException("DB4270", $"the stage '{Name}': Family holds '{size}'; expected vocabulary sizes: {error.Message}", null, error);
        }
    }
}
