using DataBuild.Stages.Tokenize;

namespace DataBuild.Stages.Score;

/// <summary>Base of the stages whose models read a long text in windows.</summary>
/// <typeparam name="TFigures">Figures of a document.</typeparam>
public abstract record OnnxWindowStage<TFigures> : OnnxStage<TFigures>
    where TFigures : struct, IFigures<TFigures>
{
    /// <summary>What becomes of a text longer than a window: its beginning counts, or the mean or the maximum of all windows.</summary>
    public WindowPolicy Window { get; init; } = WindowPolicy.Truncate;

    /// <summary>Special tokens before the text in every window, such as <c>[CLS]</c>.</summary>
    public IReadOnlyList<string> PrefixTokens { get; init; } = [];

    /// <summary>Special tokens after the text in every window, such as <c>[SEP]</c>.</summary>
    public IReadOnlyList<string> SuffixTokens { get; init; } = [];

    /// <summary>Adds windows to the common options.</summary>
    protected OnnxScorerOptions WindowOptions(StageContext context, TextTokenizer? tokenizer, InputFile? file) => BaseOptions(context) with
    {
        Window = Window,
        PrefixIds = TokenIdsOf(PrefixTokens, tokenizer, file, nameof(PrefixTokens)),
        SuffixIds = TokenIdsOf(SuffixTokens, tokenizer, file, nameof(SuffixTokens)),
    };
}
