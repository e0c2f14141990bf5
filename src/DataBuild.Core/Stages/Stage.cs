namespace DataBuild;

/// <summary>Which documents a stage measures.</summary>
public enum MeasureScope
{
    /// <summary>
    /// Every document that has a text, dropped by an earlier filter or not: an edit of an earlier threshold then never measures again.
    /// The choice for cheap stages.
    /// </summary>
    WithText,

    /// <summary>Only documents that all earlier stages kept. The choice for costly stages (models, tokens).</summary>
    Kept,

    /// <summary>Every row, with or without a text: payload stages and filters of addresses.</summary>
    All,
}

/// <summary>
/// Base of all stages. A stage is an immutable record: its init properties are options, and it must be pure. The same document and options
/// give the same result: no clock, no randomness but a seeded one, no state carried from document to document. One instance serves many threads.
/// Derive from <see cref="DocumentStage"/>, <see cref="DocumentStage{TFigures}"/>, <see cref="BatchStage{TFigures}"/> or
/// <see cref="CorpusStage{TFigures, TOutcome}"/>.
/// </summary>
public abstract record Stage
{
    /// <summary>Name of this use of the stage: first part of its columns' names. Unique in a plan.</summary>
    public string Name { get; init; } = "";

    /// <summary>Absolute names of the columns that the stage reads; they enter the action key. Default: <c>text</c>.</summary>
    public virtual IReadOnlyList<string> InputColumns => TextOnly;

    /// <summary>Which documents are measured.</summary>
    public virtual MeasureScope Scope => MeasureScope.WithText;

    /// <summary>
    /// Columns, beside <c>text</c> and other absolute ones, that the published dataset holds; relative names (<c>.score</c>). Default: none, so that
    /// figures of filters stay in the store.
    /// </summary>
    public virtual IReadOnlyList<string> PublishedColumns => [];

    private static readonly string[] TextOnly = ["text"];

    /// <summary>
    /// Called once before the first document, to load models and lists. Whatever a stage loads must be named by an option of type
    /// <see cref="InputFile"/>, so that its digest enters the action key. Not called where nothing is measured: deciding has figures and options only, and
    /// an edited threshold loads no model.
    /// </summary>
    /// <exception cref="StageException">A file cannot be used; the message says why.</exception>
    public virtual void Initialize(StageContext context)
    {
    }
}

/// <summary>The simplest stage: looks at one document and says keep or drop.</summary>
public abstract record DocumentStage : Stage
{
    /// <summary>The verdict on a document.</summary>
    public abstract Verdict Run(Document document);
}

/// <summary>What the engine needs of stages whose figures become columns; implemented by the base types only.</summary>
public interface IMeasuringStage
{
    /// <summary>Columns of the figures.</summary>
    IReadOnlyList<ColumnSchema> FigureColumns { get; }

    /// <summary>Verdicts for the rows of a batch of stored figures; null = keep.</summary>
    /// <param name="columns">The figures' columns, in the order of <see cref="FigureColumns"/>.</param>
    /// <param name="rows">Rows to decide on.</param>
    /// <param name="reasons">Receives a reason or null for each of <paramref name="rows"/>.</param>
    void DecideBatch(ReadOnlySpan<Column> columns, ReadOnlySpan<int> rows, Span<string?> reasons);
}

/// <summary>
/// A stage that measures figures of one document and decides from the figures alone. Figures are stored as columns, so an edited threshold
/// (an option marked <see cref="ThresholdAttribute"/>) decides anew without reading a text. Figures may hold a column named <c>text</c>: the document's
/// new text.
/// </summary>
/// <typeparam name="TFigures">A <c>partial record struct</c> marked <see cref="FiguresAttribute"/>.</typeparam>
public abstract record DocumentStage<TFigures> : Stage, IMeasuringStage, IRowStage where TFigures : struct, IFigures<TFigures>
{
    IReadOnlyList<ColumnSchema> IMeasuringStage.FigureColumns => TFigures.Columns;

    /// <summary>
    /// True when figures depend on the text alone: a text that this stage measured once is then not measured again, also when other documents are kept or the
    /// shard around it changed. Default: no, since looking figures up costs as much as most measures.
    /// </summary>
    public virtual bool ReuseByText => false;

    /// <summary>Measures a document. Memory in the figures (token lists, text) may belong to per-thread buffers: it is copied before the next call.</summary>
    public abstract TFigures Measure(Document document);

    /// <summary>Decides from figures.</summary>
    public virtual Verdict Decide(in TFigures figures) => Verdict.Keep;

    /// <summary>Measures a document and appends its figures; called by the engine.</summary>
    public void MeasureInto(Document document, ReadOnlySpan<ColumnBuilder> builders)
    {
        TFigures figures = Measure(document);
        TFigures.Append(in figures, builders);
    }

    void IMeasuringStage.DecideBatch(ReadOnlySpan<Column> columns, ReadOnlySpan<int> rows, Span<string?> reasons)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            TFigures figures = TFigures.Read(columns, rows[i]);
            reasons[i] = Decide(in figures).Reason;
        }
    }
}

/// <summary>A stage that measures many documents at a time: models.</summary>
/// <typeparam name="TFigures">A <c>partial record struct</c> marked <see cref="FiguresAttribute"/>.</typeparam>
public abstract record BatchStage<TFigures> : Stage, IMeasuringStage, IBatchStage where TFigures : struct, IFigures<TFigures>
{
    IReadOnlyList<ColumnSchema> IMeasuringStage.FigureColumns => TFigures.Columns;

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.Kept;

    /// <summary>
    /// True when figures depend on the text alone: a text that this stage measured once is then not measured again, also when the shard around it changed.
    /// </summary>
    public virtual bool ReuseByText => true;

    /// <summary>True when <see cref="Summarize"/> says something: figures are then read once more when all documents are measured.</summary>
    public virtual bool HasSummary => false;

    /// <summary>What is to be said of all documents of the dataset together, whether they were measured now or before.</summary>
    public virtual StageNote? Summarize(IEnumerable<TFigures> figures) => null;

    /// <summary>
    /// Measures documents. A document's figures must not depend on the others in the batch. Called by one thread at a time.
    /// </summary>
    /// <param name="documents">Documents; valid until the method returns.</param>
    /// <param name="figures">Receives the figures of each.</param>
    public abstract void Measure(IReadOnlyList<Document> documents, Span<TFigures> figures);

    /// <summary>Decides from figures.</summary>
    public virtual Verdict Decide(in TFigures figures) => Verdict.Keep;

    StageNote? IBatchStage.SummarizeRows(IEnumerable<(Column[] Columns, int Row)> rows) => Summarize(rows.Select(r => TFigures.Read(r.Columns, r.Row)));

    /// <summary>Measures documents and appends their figures; called by the engine.</summary>
    public void MeasureInto(IReadOnlyList<Document> documents, ReadOnlySpan<ColumnBuilder> builders)
    {
        TFigures[] figures = new TFigures[documents.Count];
        Measure(documents, figures);
        foreach (ref readonly TFigures row in figures.AsSpan())
        {
            TFigures.Append(in row, builders);
        }
    }

    void IMeasuringStage.DecideBatch(ReadOnlySpan<Column> columns, ReadOnlySpan<int> rows, Span<string?> reasons)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            TFigures figures = TFigures.Read(columns, rows[i]);
            reasons[i] = Decide(in figures).Reason;
        }
    }
}

/// <summary>
/// A stage that must see every document of the dataset: deduplication, selection, percentile thresholds. Measuring is per document and stored per shard;
/// merging reads the stored columns of all shards and gives every document an outcome.
/// </summary>
/// <typeparam name="TFigures">Figures a document: signatures, metrics.</typeparam>
/// <typeparam name="TOutcome">What the merge says of a document: cluster, duplicate of. May hold a column <c>text</c>: the new text.</typeparam>
public abstract record CorpusStage<TFigures, TOutcome> : Stage, IMeasuringStage, IRowStage, ICorpusStage
    where TFigures : struct, IFigures<TFigures>
    where TOutcome : struct, IFigures<TOutcome>
{
    IReadOnlyList<ColumnSchema> IMeasuringStage.FigureColumns => TFigures.Columns;

    IReadOnlyList<ColumnSchema> ICorpusStage.OutcomeColumns => TOutcome.Columns;

    /// <summary>Absolute names of columns, beside the stage's own figures, that <see cref="Merge"/> reads.</summary>
    public virtual IReadOnlyList<string> MergeColumns => [];

    /// <summary>Measures a document; see <see cref="DocumentStage{TFigures}.Measure"/>.</summary>
    public abstract TFigures Measure(Document document);

    /// <summary>
    /// Gives every row of the corpus its outcome, in corpus order. The result must not depend on the order of the shards except through declared columns.
    /// Scratch files go to <see cref="StageContext.ScratchDirectory"/>.
    /// </summary>
    public abstract void Merge(Corpus corpus, OutcomeWriter<TOutcome> outcomes, StageContext context);

    /// <summary>Decides from an outcome.</summary>
    public abstract Verdict Decide(in TOutcome outcome);

    /// <summary>Measures a document and appends its figures; called by the engine.</summary>
    public void MeasureInto(Document document, ReadOnlySpan<ColumnBuilder> builders)
    {
        TFigures figures = Measure(document);
        TFigures.Append(in figures, builders);
    }

    void ICorpusStage.MergeInto(Corpus corpus, IOutcomeSink sink, StageContext context)
    {
        OutcomeWriter<TOutcome> writer = new(corpus, sink);
        Merge(corpus, writer, context);
        writer.Complete();
    }

    void IMeasuringStage.DecideBatch(ReadOnlySpan<Column> columns, ReadOnlySpan<int> rows, Span<string?> reasons)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            TOutcome outcome = TOutcome.Read(columns, rows[i]);
            reasons[i] = Decide(in outcome).Reason;
        }
    }
}

/// <summary>What the engine needs of a corpus stage; implemented by <see cref="CorpusStage{TFigures, TOutcome}"/> only.</summary>
public interface ICorpusStage
{
    /// <summary>Columns of the outcome.</summary>
    IReadOnlyList<ColumnSchema> OutcomeColumns { get; }

    /// <summary>Further columns that the merge reads.</summary>
    IReadOnlyList<string> MergeColumns { get; }

    /// <summary>Runs the merge and sends outcomes to the sink.</summary>
    void MergeInto(Corpus corpus, IOutcomeSink sink, StageContext context);
}
