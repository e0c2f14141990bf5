namespace DataBuild.Stages.Extract.Images;

/// <summary>Figures of <see cref="ReadImage"/>.</summary>
/// <param name="Content">The file's bytes; none where it is no image.</param>
/// <param name="Format">Kind of file: <c>png</c>, <c>jpeg</c>, <c>gif</c>, <c>webp</c>, <c>bmp</c>, <c>ico</c>.</param>
/// <param name="Width">Pixels of a row, turned as EXIF says.</param>
/// <param name="Height">Rows.</param>
/// <param name="Fault">Why it is no image that can be used.</param>
[Figures]
public readonly partial record struct ImageFigures(ReadOnlyMemory<byte> Content, string? Format, int Width, int Height, string? Fault);

/// <summary>
/// Takes inputs as images: files, and image records of web archives. Every image is decoded once here, so that a damaged one is dropped with its reason; its bytes are kept for
/// <c>VisualFeatures</c>.
/// </summary>
[Stage("ReadImage", Version = 1, Phase = StagePhase.Extract, ColumnPrefix = "image")]
public sealed partial record ReadImage : DocumentStage<ImageFigures>, IPayloadStage
{
    private static readonly HashSet<string> ImageTypes = new(StringComparer.Ordinal)
    {
        "image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp", "image/bmp", "image/x-icon", "image/vnd.microsoft.icon",
    };

    /// <summary>Most pixels; a larger image is not decoded.</summary>
    [Option(Min = 1, Unit = "pixels")]
    public long MaxPixels { get; init; } = 64 << 20;

    /// <summary>Least width and height.</summary>
    [Threshold, Option(Min = 1, Unit = "pixels")]
    public int MinSide { get; init; } = 1;

    /// <summary>Longest side over shortest, at most.</summary>
    [Threshold, Option(Min = 1)]
    public double MaxAspect { get; init; } = 1e9;

    /// <inheritdoc />
    public IReadOnlySet<string>? MediaTypes => ImageTypes;

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.All;

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".format", ".width", ".height"];

    /// <inheritdoc />
    public override ImageFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        RgbImage? image = RgbImage.Decode(document.Payload, MaxPixels, out string? format, out string? fault);
        return image is null
            ? new ImageFigures(ReadOnlyMemory<byte>.Empty, null, 0, 0, fault)
            : new ImageFigures(document.Payload.ToArray(), format, image.Width, image.Height, null);
    }

    /// <inheritdoc />
    public override Verdict Decide(in ImageFigures figures) =>
        figures.Fault is { } fault ? Verdict.Drop(fault)
        : Math.Min(figures.Width, figures.Height) < MinSide ? Verdict.Drop("image_too_small")
        : Verdict.DropIf(Math.Max(figures.Width, figures.Height) > MaxAspect * Math.Min(figures.Width, figures.Height), "image_too_long");
}
