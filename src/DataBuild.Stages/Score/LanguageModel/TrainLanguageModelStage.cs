using System.Globalization;
using System.Text;

namespace DataBuild.Stages.Score.LanguageModel;

/// <summary>
/// Trains an n-gram language model with modified Kneser-Ney smoothing on the documents kept so far and publishes it as <c>model.arpa</c>, which Perplexity uses as
/// <c>@languageModel</c>, and KenLM reads. Drops nothing.
/// </summary>
[Stage("TrainLanguageModel", Version = 1, Phase = StagePhase.Score, ColumnPrefix = "languageModel")]
public sealed partial record TrainLanguageModelStage : CorpusStage<NoFigures, NoFigures>, IFileMakingStage
{
    /// <summary>Words in the longest n-gram.</summary>
    [Option(Min = 2, Max = 8, Unit = "words")]
    public int Order { get; init; } = 5;

    /// <summary>Turns text into lower case, every digit into 0, and sets marks apart from words; Perplexity then needs its option of that name.</summary>
    public bool Normalize { get; init; }

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.Kept;

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => ["id", "text"];

    /// <inheritdoc />
    [NotAnOption]
    public IReadOnlyList<string> MadeFiles => ["model.arpa"];

    /// <inheritdoc />
    public override NoFigures Measure(Document document) => default;

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<NoFigures> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(outcomes);
        ArgumentNullException.ThrowIfNull(context);
        KneserNeyTrainer trainer = new(Order);
        TextBuilder normalized = new();
        foreach ((_, byte[] utf8) in CorpusRows.Read(corpus, "text"))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            string text = Encoding.UTF8.GetString(utf8);
            if (Normalize)
            {
                normalized.Clear();
                PerplexityStage.NormalizeText(text, normalized);
                trainer.Add(normalized.Span);
            }
            else
            {
                trainer.Add(text);
            }
        }

        NGramLanguageModel model;
        try
        {
            model = trainer.Train();
        }
        catch (InvalidOperationException error)
        {
            throw new StageException("DB4072", $"the stage '{Name}' has no text to train a language model on", null, error);
        }

        using (StreamWriter writer = new(Path.Combine(context.FilesDirectory, "model.arpa"), append: false, new UTF8Encoding(false)))
        {
            ArpaFile.Write(model, writer);
        }

        string counts = string.Join(", ", Enumerable.Range(1, Order).Select(n => string.Create(CultureInfo.InvariantCulture, $"{model.CountOf(n):N0} {n}-grams")));
        string fallback = trainer.FallbackLengths.Count == 0 ? "" : $"; too little text for discounts of its own for lengths {string.Join(", ", trainer.FallbackLengths)}";
        context.Report(new StageNote("DB4073", false, counts + fallback));
        CorpusRows.KeepAll(corpus, outcomes);
    }

    /// <inheritdoc />
    public override Verdict Decide(in NoFigures outcome) => Verdict.Keep;
}
