namespace DataBuild.Stages.Extract.Audio;

/// <summary>Figures of <see cref="ReadAudioStage"/>.</summary>
/// <param name="Content">The file's bytes; none where it is no recording.</param>
/// <param name="SampleRate">Samples a second.</param>
/// <param name="Channels">Channels; later stages see their average.</param>
/// <param name="Seconds">Length.</param>
/// <param name="Fault">Why it is no recording that can be used.</param>
[Figures]
public readonly partial record struct AudioFigures(ReadOnlyMemory<byte> Content, int SampleRate, int Channels, double Seconds, string? Fault);

/// <summary>
/// Takes inputs as recordings: WAV files, and WAV records of web archives. Every recording is decoded once here, so that a damaged one is dropped with its reason; its bytes are kept for
/// <c>VoiceSegments</c> and the recognisers.
/// </summary>
[Stage("ReadAudio", Version = 1, Phase = StagePhase.Extract, ColumnPrefix = "audio")]
public sealed partial record ReadAudioStage : DocumentStage<AudioFigures>, IPayloadStage
{
    private static readonly HashSet<string> AudioTypes = new(StringComparer.Ordinal) { "audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/x-pn-wav" };

    /// <summary>Longest recording that is decoded.</summary>
    [Option(Min = 1, Max = 86400, Unit = "seconds")]
    public double MaxSeconds { get; init; } = 14400;

    /// <summary>Shortest recording that is kept.</summary>
    [Threshold, Option(Min = 0, Unit = "seconds")]
    public double MinSeconds { get; init; }

    /// <summary>Least samples a second; telephone lines have 8000.</summary>
    [Threshold, Option(Min = 0, Unit = "samples a second")]
    public int MinSampleRate { get; init; }

    /// <inheritdoc />
    public IReadOnlySet<string>? MediaTypes => AudioTypes;

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.All;

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".sampleRate", ".channels", ".seconds"];

    /// <inheritdoc />
    public override AudioFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        AudioSignal? audio = WavFile.Decode(document.Payload, MaxSeconds, out int channels, out string? fault);
        return audio is null
            ? new AudioFigures(ReadOnlyMemory<byte>.Empty, 0, 0, 0, fault)
            : new AudioFigures(document.Payload.ToArray(), audio.SampleRate, channels, Math.Round((double)audio.Samples.Length / audio.SampleRate, 3, MidpointRounding.ToEven), null);
    }

    /// <inheritdoc />
    public override Verdict Decide(in AudioFigures figures) =>
        figures.Fault is { } fault ? Verdict.Drop(fault)
        : figures.Seconds < MinSeconds ? Verdict.Drop("audio_too_short")
        : Verdict.DropIf(figures.SampleRate < MinSampleRate, "sample_rate_too_low");
}
