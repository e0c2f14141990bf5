namespace DataBuild.Stages.Filter;

/// <summary>Figures of <see cref="Takedown"/>.</summary>
/// <param name="Listed">The document is named by a list.</param>
[Figures]
public readonly partial record struct TakedownFigures(bool Listed);

/// <summary>
/// Drops documents that takedown lists name by address or id. A project names its lists as items, <c>&lt;Takedown Include="takedown.txt" /&gt;</c>, and the
/// build puts this stage before all others but extraction: what stood back for a document that goes is elected in its place.
/// </summary>
[Stage("Takedown", Version = 1, Phase = StagePhase.Clean, ColumnPrefix = "takedown")]
public sealed partial record Takedown : DocumentStage<TakedownFigures>
{
    private TakedownList? _list;

    /// <summary>Lists: an address or an id a line; lines that start with '#' are left out.</summary>
    [Option(Required = true)]
    public IReadOnlyList<InputFile> Lists { get; init; } = [];

    /// <inheritdoc />
    [NotAnOption]
    public override IReadOnlyList<string> InputColumns => ["id", "url"];

    /// <inheritdoc />
    [NotAnOption]
    public override MeasureScope Scope => MeasureScope.All;

    /// <inheritdoc />
    public override void Initialize(StageContext context) => _list = TakedownList.Load(Lists.Select(l => l.PathOrName));

    /// <inheritdoc />
    public override TakedownFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        TakedownList list = _list ?? throw new InvalidOperationException("Initialize was not called");
        return new TakedownFigures(list.Find(document.Id, document.Url) is not null);
    }

    /// <inheritdoc />
    public override Verdict Decide(in TakedownFigures figures) => Verdict.DropIf(figures.Listed, "taken_down");
}
