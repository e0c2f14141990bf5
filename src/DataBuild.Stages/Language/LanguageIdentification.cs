namespace DataBuild.Stages.Language;

/// <summary>Figures of <see cref="LanguageIdentification"/>.</summary>
/// <param name="Code">ISO 639-1 code of the language; null when the text has no letters.</param>
/// <param name="Score">Probability of the language among those of its script, times the share of letters in that script.</param>
/// <param name="SecondCode">The next best language; null when there is none.</param>
/// <param name="SecondScore">Its score.</param>
[Figures]
public readonly partial record struct LanguageFigures(string? Code, double Score, string? SecondCode, double SecondScore);

/// <summary>Tells the language of documents, and keeps those in the languages asked for.</summary>
[Stage("Language", Version = 1, Phase = StagePhase.Clean, ColumnPrefix = "language")]
public sealed partial record LanguageIdentification : DocumentStage<LanguageFigures>
{
    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".code", ".score"];

    /// <summary>Languages to keep, by ISO 639-1 code (<c>no</c> stands for <c>nb</c> and <c>nn</c>); none given: every language.</summary>
    [Threshold]
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>Least score (FineWeb, RefinedWeb: 0.65; CulturaX: 0.5).</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "probability")]
    public double MinScore { get; init; } = 0.65;

    /// <inheritdoc />
    /// <exception cref="StageException">A language asked for is not known.</exception>
    public override void Initialize(StageContext context) => LanguageList.Check(Keep, "Language.Keep");

    /// <inheritdoc />
    public override LanguageFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        DetectedLanguage language = document.Analyze<LanguageDetector>().Detect(document.Text);
        return new LanguageFigures(language.Code, language.Score, language.SecondCode, language.SecondScore);
    }

    /// <inheritdoc />
    public override Verdict Decide(in LanguageFigures figures) => figures switch
    {
        { Code: null } => Verdict.Drop("no_letters"),
        _ when figures.Score < MinScore => Verdict.Drop("language_uncertain"),
        _ => Verdict.DropIf(!LanguageList.Contains(Keep, figures.Code), "other_language"),
    };
}
