namespace DataBuild.Stages.Filter;

/// <summary>Figures of <see cref="License"/>.</summary>
/// <param name="Stated">The licence as stated, in lower case and without white space at its ends; null when none is.</param>
[Figures]
public readonly partial record struct LicenseFigures(string? Stated);

/// <summary>Keeps documents by the licence that a column states for them.</summary>
[Stage("License", Version = 1, Phase = StagePhase.Clean, ColumnPrefix = "licenseFilter")]
public sealed partial record License : DocumentStage<LicenseFigures>
{
    /// <summary>The column that states the licence.</summary>
    public string Column { get; init; } = "license";

    /// <summary>Licences to keep. An entry that ends in '*' stands for all that begin so: <c>cc-by*</c>.</summary>
    [Threshold, Option(Required = true)]
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>Keeps documents that state none.</summary>
    [Threshold]
    public bool KeepUnstated { get; init; }

    /// <inheritdoc />
    [NotAnOption]
    public override IReadOnlyList<string> InputColumns => [Column];

    /// <inheritdoc />
    [NotAnOption]
    public override MeasureScope Scope => MeasureScope.All;

    /// <inheritdoc />
    public override LicenseFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        string? stated = document.GetString(Column)?.Trim().ToLowerInvariant();
        return new LicenseFigures(string.IsNullOrEmpty(stated) ? null : stated);
    }

    /// <inheritdoc />
    public override Verdict Decide(in LicenseFigures figures)
    {
        if (figures.Stated is not { } stated)
        {
            return Verdict.DropIf(!KeepUnstated, "license_unstated");
        }

        foreach (string entry in Keep)
        {
            bool matches = entry.EndsWith('*')
                ? stated.AsSpan().StartsWith(entry.AsSpan(..^1), StringComparison.OrdinalIgnoreCase)
                : stated.Equals(entry, StringComparison.OrdinalIgnoreCase);
            if (matches)
            {
                return Verdict.Keep;
            }
        }

        return Verdict.Drop("other_license");
    }
}
