using DataBuild.Stages.Refine.Programs;
using DataBuild.Stages.Tokenize;

namespace DataBuild.Stages.Generate;

/// <summary>Figures of <see cref="AskEditsStage"/>.</summary>
/// <param name="Program">The programs of all chunks, one after the other, for Refine.</param>
/// <param name="Chunks">Chunks that were asked about.</param>
/// <param name="Invalid">Chunks whose answers were no programs: they stay as they are.</param>
[Figures]
public readonly partial record struct AskEditsFigures(string Program, int Chunks, int Invalid);

/// <summary>
/// Asks a refining model for the edit program of a document, in chunks of numbered lines (ProX, arXiv 2409.17115; RefineX, arXiv 2507.03253). Refine runs what it answers.
/// </summary>
[Stage("AskEdits", Version = 2, Phase = StagePhase.Clean, ColumnPrefix = "edits")]
public sealed partial record AskEditsStage : ChatStage<AskEditsFigures>
{
    private TextTokenizer? _tokenizer;
    private string _prompt = "";

    /// <summary>What the model is to do. ProX's and RefineX's refiners are trained for it and need no more than this.</summary>
    public string Prompt { get; init; } = "You are a helpful, respectful and honest assistant.";

    /// <summary>The same from a file, for a model that is not trained for it.</summary>
    public InputFile? PromptFile { get; init; }

    /// <summary>How the programs will be run: lines count from 1 in the strict dialect and from 0 in ProX's, and only strict programs can be wrong.</summary>
    public EditDialect Dialect { get; init; } = EditDialect.Strict;

    /// <summary>Whether the model is asked about lines, or whether the document stays.</summary>
    public EditLevel Level { get; init; } = EditLevel.Chunk;

    /// <summary>Tokens of a chunk at most; of a document for <c>Level="Document"</c>, which is cut there (ProX: 1500 and 2000; RefineX: 12000).</summary>
    [Option(Min = 1, Unit = "tokens")]
    public int ChunkTokens { get; init; } = 1500;

    /// <summary>Lines at the end of a chunk that the next one shows again.</summary>
    [Option(Min = 0, Unit = "lines")]
    public int OverlapLines { get; init; }

    /// <summary>Tokenizer of the model: a file, or the name of an encoding.</summary>
    [Option(Names = "o200k_base|cl100k_base|p50k_base|r50k_base")]
    public InputFile Tokenizer { get; init; } = InputFile.FromName("o200k_base");

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        base.Initialize(context);
        _prompt = PromptFile is null ? Prompt : PromptOf("", PromptFile);
        _tokenizer = StageTokenizer.Load(Tokenizer);
    }

    /// <inheritdoc />
    protected override async Task<AskEditsFigures> MeasureAsync(Document document, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(document);
        TextTokenizer tokenizer = _tokenizer ?? throw new InvalidOperationException("Initialize was not called");
        string text = document.Text.ToString();
        List<string> chunks = Level == EditLevel.Document
            ? [Truncate(tokenizer, text)]
            : [.. new LineChunker
                {
                    CountTokens = line => tokenizer.Encode(line).Length,
                    MaxTokens = ChunkTokens,
                    FirstNumber = Dialect == EditDialect.ProX ? 0 : EditProgram.FirstLine,
                    Digits = Dialect == EditDialect.ProX ? 3 : 1,
                    Overlap = OverlapLines,
                }.Cut(text).Select(c => c.Text)];
        ChatAnswer[] answers = await Task.WhenAll(chunks.Select(chunk => AskAsync(_prompt, $"[doc]\n{chunk}\n[/doc]", IsProgram, cancellation))).ConfigureAwait(false);

        // ProX runs whatever came; of a strict program that is none, nothing is run, and its chunk stays.
        string[] programs = [.. answers.Where(a => Dialect == EditDialect.ProX || a.IsValid).Select(a => a.Text.Trim(' '))];
        return new AskEditsFigures(programs.Length == 0 ? EditProgram.KeepAll.ToString() : string.Join('\n', programs), chunks.Count, answers.Count(a => !a.IsValid));
    }

    private bool IsProgram(string answer) => Dialect == EditDialect.ProX || EditProgramParser.TryParse(answer, out _) is not null;

    private string Truncate(TextTokenizer tokenizer, string text)
    {
        int[] ids = tokenizer.Encode(text);
        return ids.Length <= ChunkTokens ? text : tokenizer.Decode(ids.AsSpan(0, ChunkTokens)).TrimEnd('\uFFFD');
    }
}
