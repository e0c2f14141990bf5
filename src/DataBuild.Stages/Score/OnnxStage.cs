using DataBuild.Stages.Tokenize;

namespace DataBuild.Stages.Score;

/// <summary>Base of the stages that run an ONNX model over texts: its files, its batches, and where it runs.</summary>
/// <typeparam name="TFigures">Figures of a document.</typeparam>
public abstract record OnnxStage<TFigures> : ModelStage<TFigures>
    where TFigures : struct, IFigures<TFigures>
{
    /// <summary>The model: an ONNX file, or <c>@name</c> for what the stage of that name trained.</summary>
    [Option(Required = true)]
    public InputFile? Model { get; init; }

    /// <summary>Tokenizer of the model: a file, or the name of an encoding. Models of hashed n-grams need none.</summary>
    [Option(Names = "o200k_base|cl100k_base|p50k_base|r50k_base")]
    public InputFile? Tokenizer { get; init; }

    /// <summary>Tokens of a window, special ones included.</summary>
    [Option(Min = 1, Max = 1048576, Unit = "tokens")]
    public int MaxTokens { get; init; } = 512;

    /// <summary>Id that fills a row up; its places are masked.</summary>
    [Option(Min = 0)]
    public int PaddingId { get; init; }

    /// <summary>Output of the model to read; without it the one that the model's metadata names, the usual name, or the only one.</summary>
    public string? Output { get; init; }

    /// <summary>Decimals of what is stored: the low bits, which other hardware may give differently, are rounded away.</summary>
    [Option(Min = 0, Max = 12, Unit = "decimals")]
    public int Decimals { get; init; } = 4;

    /// <summary>Tokens of a batch, about.</summary>
    [Option(Min = 32, Max = 16777216, Unit = "tokens"), WithoutEffectOnOutput]
    public int BatchTokens { get; init; } = 8192;

    /// <summary>What all models of the stage have in common.</summary>
    protected OnnxScorerOptions BaseOptions(StageContext context) => new()
    {
        MaxTokens = MaxTokens,
        PaddingId = PaddingId,
        Output = Output,
        Decimals = Decimals,
        BatchTokens = BatchTokens,
        Threads = context.Threads,
        Provider = RequestProvider(context),
    };

    /// <summary>The path of a model's file.</summary>
    /// <exception cref="StageException">DB4001: there is none.</exception>
    protected string PathOf(InputFile? model, string option) =>
        model?.PathOrName ?? throw new StageException("DB4001", $"the stage {GetType().Name.Replace("Stage", "", StringComparison.Ordinal)} names no model (option {option})");

    /// <summary>A tokenizer; null for none.</summary>
    /// <exception cref="StageException">DB4005: it cannot be used.</exception>
    protected static TextTokenizer? LoadTokenizer(InputFile? tokenizer)
    {
        try
        {
            return tokenizer is null ? null : TextTokenizer.Load(tokenizer.PathOrName);
        }
        catch (Exception e) when (e is TokenizerFormatException or IOException or UnauthorizedAccessException)
        {
            throw new StageException("DB4005", $"the tokenizer '{tokenizer!.Value}' cannot be used: {e.Message}", tokenizer.Path, e);
        }
    }

    /// <summary>Ids of tokens that an option names.</summary>
    /// <exception cref="StageException">DB4005: the tokenizer lacks one.</exception>
    protected static int[] TokenIdsOf(IReadOnlyList<string> tokens, TextTokenizer? tokenizer, InputFile? file, string option)
    {
        int[] ids = new int[tokens.Count];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = tokenizer?.FindToken(tokens[i])
                ?? throw new StageException("DB4005", $"the tokenizer '{file?.Value ?? "(none)"}' has no token '{tokens[i]}' (option {option})", file?.Path);
        }

        return ids;
    }
}
