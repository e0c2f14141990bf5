using DataBuild.Stages.Tokenize.Training;

namespace DataBuild.Stages.Extract.Binary;

/// <summary>Figures of <see cref="ReadBinary"/>.</summary>
/// <param name="Content">The bytes.</param>
/// <param name="Format">Kind of file, by its first bytes.</param>
/// <param name="Length">How many bytes there are.</param>
/// <param name="Entropy">Shannon entropy of the bytes' frequencies, in bits a byte, 0 to 8.</param>
[Figures]
public readonly partial record struct BinaryFigures(ReadOnlyMemory<byte> Content, string? Format, int Length, double Entropy);

/// <summary>
/// Takes inputs as bytes: executables for Binary BPE. Keeps the kinds of file asked for, within bounds of length and entropy (compressed and encrypted files come near to
/// 8 bits a byte, padding near to 0).
/// </summary>
[Stage("ReadBinary", Version = 1, Phase = StagePhase.Extract, ColumnPrefix = "binary")]
public sealed partial record ReadBinary : DocumentStage<BinaryFigures>, IPayloadStage
{
    /// <summary>Kinds of file to keep: elf, pe, mach-o, wasm, java-class, zip, ar, unknown. Empty keeps all.</summary>
    [Threshold]
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>Fewest bytes.</summary>
    [Threshold, Option(Min = 0, Unit = "bytes")]
    public int MinLength { get; init; } = 1;

    /// <summary>Least entropy.</summary>
    [Threshold, Option(Min = 0, Max = 8, Unit = "bits per byte")]
    public double MinEntropy { get; init; }

    /// <summary>Most entropy.</summary>
    [Threshold, Option(Min = 0, Max = 8, Unit = "bits per byte")]
    public double MaxEntropy { get; init; } = 8;

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.All;

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".format", ".length", ".entropy"];

    /// <inheritdoc />
    public override BinaryFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        ReadOnlySpan<byte> content = document.Payload.IsEmpty ? document.TextUtf8 : document.Payload;
        return new BinaryFigures(content.ToArray(), ExecutableFormat.Of(content), content.Length, Math.Round(BinaryChunks.Entropy(content), 4));
    }

    /// <inheritdoc />
    public override Verdict Decide(in BinaryFigures figures)
    {
        string format = figures.Format ?? "unknown";
        return Keep.Count > 0 && !Keep.Contains(format, StringComparer.OrdinalIgnoreCase) ? Verdict.Drop("other_format")
            : figures.Length < MinLength ? Verdict.Drop("too_short")
            : figures.Entropy < MinEntropy ? Verdict.Drop("entropy_too_low")
            : Verdict.DropIf(figures.Entropy > MaxEntropy, "entropy_too_high");
    }
}
