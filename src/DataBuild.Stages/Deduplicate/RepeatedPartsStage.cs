namespace DataBuild.Stages.Deduplicate;

/// <summary>What the stages that cut repeated parts out of texts have in common.</summary>
public abstract record RepeatedPartsStage : CorpusStage<PartFigures, CutOutcome>
{
    /// <summary>Least share of a text that must be left, else the document goes.</summary>
    [Option(Min = 0, Max = 1, Unit = "fraction"), Threshold]
    public double MinKept { get; init; }

    /// <summary>Order of the documents: columns with <c>asc</c> or <c>desc</c>, separated by ';'; <c>text_length</c> is the length of the text. The id decides last.</summary>
    [Threshold]
    public string Priority { get; init; } = "";

    /// <summary>Memory for sorting.</summary>
    [Option(Min = 1, Max = 1048576, Unit = "MiB"), WithoutEffectOnOutput]
    public int SortMemory { get; init; } = 256;

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => [.. DedupColumns.Merge(Priority), "text"];

    /// <summary>The merge, for this stage's options.</summary>
    private protected PartDedup PartDedup => new(Name, Priority, SortMemory * 1048576L);
}
