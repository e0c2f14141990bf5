namespace DataBuild.Engine.Tests;

/// <summary>A batch stage that throws on documents that hold a word, together with others and alone.</summary>
[Stage("FragileBatch", Phase = StagePhase.Score, ColumnPrefix = "batch")]
public sealed partial record FragileBatchStage : BatchStage<ScoreFigures>
{
    /// <summary>Throw on batches of more than one document only.</summary>
    public bool OnlyTogether { get; init; }

    public override void Measure(IReadOnlyList<Document> documents, Span<ScoreFigures> figures)
    {
        for (int i = 0; i < documents.Count; i++)
        {
            if (documents[i].Text.Contains("poison", StringComparison.Ordinal) && (!OnlyTogether || documents.Count > 1))
            {
                throw new FormatException("poison found");
            }

            figures[i] = new ScoreFigures(documents[i].Text.Length);
        }
    }
}

/// <summary>A stage whose decision throws.</summary>
[Stage("FragileDecision", ColumnPrefix = "decision")]
public sealed partial record FragileDecisionStage : DocumentStage<WordFigures>
{
    public override WordFigures Measure(Document document) => new(document.Text.Contains("poison", StringComparison.Ordinal) ? 0 : 1, 1);

    public override Verdict Decide(in WordFigures figures) => 1 / figures.Words > 0 ? Verdict.Keep : Verdict.Drop("none");
}

/// <summary>A corpus stage whose merge throws.</summary>
[Stage("FragileMerge", Phase = StagePhase.Deduplicate, ColumnPrefix = "merge")]
public sealed partial record FragileMergeStage : CorpusStage<TextKey, FirstOutcome>
{
    public override TextKey Measure(Document document) => new("key");

    public override void Merge(Corpus corpus, OutcomeWriter<FirstOutcome> outcomes, StageContext context) => throw new FormatException("merge broken");

    public override Verdict Decide(in FirstOutcome outcome) => Verdict.Keep;
}

/// <summary>A stage that cannot start.</summary>
[Stage("FragileStart", ColumnPrefix = "start")]
public sealed partial record FragileStartStage : DocumentStage
{
    public override void Initialize(StageContext context) => throw new FormatException("no start");

    public override Verdict Run(Document document) => Verdict.Keep;
}
