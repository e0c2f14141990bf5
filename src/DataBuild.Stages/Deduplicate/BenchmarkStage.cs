namespace DataBuild.Stages.Deduplicate;

/// <summary>What the stages that look for benchmark texts have in common.</summary>
/// <typeparam name="TFigures">Figures of the stage.</typeparam>
public abstract record BenchmarkStage<TFigures> : DocumentStage<TFigures> where TFigures : struct, IFigures<TFigures>
{
    [ThreadStatic]
    private static BenchmarkHits? _hits;

    private BenchmarkIndex? _index;

    /// <summary>Files of benchmark texts: a text a line, or JSON Lines.</summary>
    [Option(Required = true)]
    public IReadOnlyList<InputFile> Benchmarks { get; init; } = [];

    /// <summary>Fields of JSON Lines to read; none reads all strings.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>Words in an n-gram; the field uses 8 to 13.</summary>
    [Option(Min = 1, Max = 100, Unit = "words")]
    public int Ngram { get; init; } = 13;

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _index = BenchmarkHits.LoadIndex(Name, Benchmarks, Fields, Ngram, context);
    }

    /// <summary>The n-grams of a document that stand in a benchmark; valid until the next call on this thread.</summary>
    private protected BenchmarkHits Find(Document document)
    {
        BenchmarkHits hits = _hits ??= new BenchmarkHits();
        hits.Find(document.Analyze<SimplifiedText>(), _index ?? throw new InvalidOperationException($"stage '{Name}' was not initialized"));
        return hits;
    }
}
