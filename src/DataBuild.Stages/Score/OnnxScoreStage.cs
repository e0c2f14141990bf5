using DataBuild.Stages.Tokenize;

namespace DataBuild.Stages.Score;

/// <summary>Base of the stages whose models give one value a text: classifiers and regressors.</summary>
/// <typeparam name="TFigures">Figures of a document.</typeparam>
public abstract record OnnxScoreStage<TFigures> : OnnxWindowStage<TFigures>
    where TFigures : struct, IFigures<TFigures>
{
    /// <summary>Label, or index, of the value to take where the output has several. (MSBuild keeps the attribute <c>Label</c> to itself.)</summary>
    public string? ScoreLabel { get; init; }

    /// <summary>Labels of the output's values in order; without them those that the model names.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>What is done to the output's values before one is taken.</summary>
    public ScoreActivation Activation { get; init; } = ScoreActivation.None;

    /// <summary>Loads a model of the stage and says where it runs.</summary>
    protected OnnxTextScorer LoadScorer(StageContext context, InputFile? model, string option, InputFile? tokenizer)
    {
        ArgumentNullException.ThrowIfNull(context);
        string path = PathOf(model, option);
        TextTokenizer? loaded = LoadTokenizer(tokenizer);
        OnnxScorerOptions options = WindowOptions(context, loaded, tokenizer) with { Label = ScoreLabel, Labels = Labels, Activation = Activation };
        OnnxTextScorer scorer = OnnxTextScorer.Load(path, options, TokenTextEncoder.IdsOf(loaded), context.Report);
        ReportProvider(context, model!, scorer.Provider);
        return scorer;
    }

    /// <summary>Scores of the texts of documents.</summary>
    protected static TextScore[] ScoresOf(OnnxTextScorer? scorer, IReadOnlyList<Document> documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        TextScore[] scores = new TextScore[documents.Count];
        (scorer ?? throw new InvalidOperationException("Initialize was not called")).Score([.. documents.Select(d => d.TextMemory)], scores);
        return scores;
    }
}
