using DataBuild.Stages.Tokenize;

namespace DataBuild.Stages.Generate;

/// <summary>Figures of <see cref="LlmCleanStage"/>.</summary>
/// <param name="Text">The cleaned text; none where nothing is left.</param>
/// <param name="Chunks">Chunks of the document.</param>
/// <param name="TooLong">Chunks that were too long to be asked about.</param>
/// <param name="Empty">Chunks of which the model says that they hold no useful content.</param>
/// <param name="Cut">Answers that ended at the limit of tokens.</param>
/// <param name="InputTokens">Tokens of the chunks that are left.</param>
/// <param name="OutputTokens">Tokens of their cleaned texts.</param>
/// <param name="Reason">Why there is no text: <c>chunks_too_long</c>, <c>no_useful_content</c>, <c>cleaned_too_long</c>.</param>
[Figures]
public readonly partial record struct LlmCleanFigures(
    [property: Column("text")] ReadOnlyMemory<char>? Text, int Chunks, int TooLong, int Empty, int Cut, long InputTokens, long OutputTokens, string? Reason);

/// <summary>
/// Lets a language model clean documents chunk by chunk and puts the answers together (the cleaning of Nemotron-CC-Math, arXiv 2508.15096, with the rules of NeMo Curator 1e2e4275e,
/// nemo_curator/stages/math/modifiers).
/// </summary>
[Stage("LlmClean", Version = 2, Phase = StagePhase.Clean, ColumnPrefix = "llmClean")]
public sealed partial record LlmCleanStage : ChatStage<LlmCleanFigures>
{
    private const double ModelShare = 0.8; // of the model's window; the rest is for the prompt and the answer

    private TextTokenizer? _tokenizer;
    private string _prompt = "";

    /// <summary>What the model is to do; it answers <c>NO USEFUL CONTENT</c> where a chunk holds none.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>The same from a file.</summary>
    public InputFile? PromptFile { get; init; }

    /// <summary>Tokens of a chunk at most; a longer paragraph is not cut.</summary>
    [Option(Min = 1, Unit = "tokens")]
    public int ChunkTokens { get; init; } = 8000;

    /// <summary>Tokens of the model's window; a chunk of four fifths of it or more is left out.</summary>
    [Option(Min = 1, Unit = "tokens")]
    public int MaxModelTokens { get; init; } = 16384;

    /// <summary>Tokenizer that counts: a file, or the name of an encoding.</summary>
    [Option(Names = "o200k_base|cl100k_base|p50k_base|r50k_base")]
    public InputFile Tokenizer { get; init; } = InputFile.FromName("o200k_base");

    /// <summary>Characters of a cleaned document at most; a longer one is dropped.</summary>
    [Option(Min = 1, Unit = "UTF-16 units")]
    public int MaxLength { get; init; } = 900_000;

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        base.Initialize(context);
        _prompt = PromptOf(Prompt, PromptFile);
        _tokenizer = StageTokenizer.Load(Tokenizer);
    }

    /// <inheritdoc />
    public override Verdict Decide(in LlmCleanFigures figures) => figures.Reason is { } reason ? Verdict.Drop(reason) : Verdict.Keep;

    /// <summary>Whether a chunk is too long for the model.</summary>
    internal static bool IsTooLong(int tokens, int maxModelTokens) => tokens >= (int)(ModelShare * maxModelTokens);

    /// <inheritdoc />
    protected override async Task<LlmCleanFigures> MeasureAsync(Document document, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(document);
        TextTokenizer tokenizer = _tokenizer ?? throw new InvalidOperationException("Initialize was not called");
        List<TextChunk> chunks = new ParagraphChunker(paragraph => tokenizer.Encode(paragraph).Length, ChunkTokens).Cut(document.Text.ToString());
        int[] asked = [.. Enumerable.Range(0, chunks.Count).Where(i => !IsTooLong(chunks[i].Tokens, MaxModelTokens))];
        ChatAnswer[] answers = await Task.WhenAll(asked.Select(i => AskAsync(_prompt, chunks[i].Text, _ => true, cancellation))).ConfigureAwait(false);
        CleanedChunk[] cleaned =
        [
            .. asked.Zip(answers, (i, a) => new CleanedChunk(
                i, a.Text, a.InputTokens > 0 ? a.InputTokens : chunks[i].Tokens, a.OutputTokens > 0 ? a.OutputTokens : tokenizer.Encode(a.Text).Length)),
        ];
        CleanedChunk merged = new ChunkMerge { MaxLength = MaxLength }.Merge(cleaned);
        int empty = cleaned.Count(c => !ChunkMerge.Holds(c.Text));
        string? reason = merged.Text is not null ? null : empty < cleaned.Length ? "cleaned_too_long" : cleaned.Length > 0 || chunks.Count == 0 ? "no_useful_content" : "chunks_too_long";
        return new LlmCleanFigures(merged.Text?.AsMemory(), chunks.Count, chunks.Count - asked.Length, empty, answers.Count(a => !a.IsComplete), merged.InputTokens, merged.OutputTokens, reason);
    }
}
