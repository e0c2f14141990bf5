using DataBuild.Stages.Extract.Audio;

namespace DataBuild.Stages.Score.Speech;

/// <summary>Figures of <see cref="VoiceSegmentsStage"/>.</summary>
/// <param name="Starts">Beginnings of the segments, in milliseconds.</param>
/// <param name="Ends">Their ends.</param>
/// <param name="Count">Segments.</param>
/// <param name="Seconds">Their length together.</param>
[Figures]
public readonly partial record struct VoiceFigures(ReadOnlyMemory<int> Starts, ReadOnlyMemory<int> Ends, int Count, double Seconds);

/// <summary>Cuts recordings (<c>ReadAudio</c> before it) into segments of speech of 2 to 30 seconds (TouchTTS, arXiv 2412.08237), by a voice detector as ONNX or, without one, by energy.</summary>
[Stage("VoiceSegments", Version = 2, Phase = StagePhase.Score, ColumnPrefix = "voice")]
public sealed partial record VoiceSegmentsStage : BatchStage<VoiceFigures>
{
    private OnnxVad? _vad;

    /// <summary>Voice detector as ONNX, in the manner of Silero's; without it energy decides.</summary>
    public InputFile? Model { get; init; }

    /// <summary>Column of the recordings' bytes.</summary>
    public string Column { get; init; } = "audio.content";

    /// <summary>Shortest segment.</summary>
    [Option(Min = 0.1, Max = 3600, Unit = "seconds")]
    public double MinSeconds { get; init; } = 2;

    /// <summary>Longest segment; twice the shortest at least.</summary>
    [Option(Min = 0.2, Max = 3600, Unit = "seconds")]
    public double MaxSeconds { get; init; } = 30;

    /// <summary>A shorter pause does not end a run of speech.</summary>
    [Option(Min = 0, Unit = "milliseconds")]
    public int MinSilence { get; init; } = 300;

    /// <summary>A shorter run of speech is noise.</summary>
    [Option(Min = 0, Unit = "milliseconds")]
    public int MinSpeech { get; init; } = 100;

    /// <summary>Added to both sides of a run, where there is room.</summary>
    [Option(Min = 0, Unit = "milliseconds")]
    public int Padding { get; init; } = 100;

    /// <summary>Runs that are too short are joined over a pause of this length at most.</summary>
    [Option(Min = 0, Unit = "milliseconds")]
    public int JoinGap { get; init; } = 1000;

    /// <summary>Model: probability from which a window is speech.</summary>
    [Option(Min = 0, Max = 1)]
    public double Threshold { get; init; } = 0.5;

    /// <summary>Model: samples a second that it expects.</summary>
    [Option(Min = 1000, Max = 192000, Unit = "samples a second")]
    public int ModelRate { get; init; } = 16000;

    /// <summary>Model: samples of a window.</summary>
    [Option(Min = 16, Max = 65536, Unit = "samples")]
    public int ModelWindow { get; init; } = 512;

    /// <summary>Model: samples of the window before that each one begins with; Silero's fifth version takes 64.</summary>
    [Option(Min = 0, Max = 65536, Unit = "samples")]
    public int ModelContext { get; init; } = 64;

    /// <summary>Energy: decibels above the noise floor, the tenth percentile of the levels, from which a frame is speech.</summary>
    [Option(Min = 0, Max = 100, Unit = "dB")]
    public double Margin { get; init; } = 12;

    /// <summary>Energy: level below which nothing is speech.</summary>
    [Option(Min = -100, Max = 0, Unit = "dB of full scale")]
    public double MinLevel { get; init; } = -50;

    /// <summary>Energy: level above which everything is speech.</summary>
    [Option(Min = -100, Max = 0, Unit = "dB of full scale")]
    public double MaxLevel { get; init; } = -30;

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => [Column];

    /// <inheritdoc />
    public override bool ReuseByText => false;

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".starts", ".ends", ".seconds"];

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (MaxSeconds < 2 * MinSeconds || MaxLevel < MinLevel)
        {
            throw new StageException("DB4020", $"the stage '{Name}' has MinSeconds {MinSeconds} and MaxSeconds {MaxSeconds}, MinLevel {MinLevel} and MaxLevel {MaxLevel}; expected MaxSeconds to be twice MinSeconds at least, so that what is too long can be cut, and MaxLevel not below MinLevel");
        }

        _vad = Model is null ? null : new OnnxVad(Model.PathOrName, ModelRate);
    }

    /// <inheritdoc />
    public override void Measure(IReadOnlyList<Document> documents, Span<VoiceFigures> figures)
    {
        ArgumentNullException.ThrowIfNull(documents);
        for (int i = 0; i < documents.Count; i++)
        {
            figures[i] = Measure(AudioColumn.Read(documents[i], Column));
        }
    }

    /// <inheritdoc />
    public override Verdict Decide(in VoiceFigures figures) => Verdict.DropIf(figures.Count == 0, "no_speech");

    private VoiceFigures Measure(AudioSignal audio)
    {
        SegmentRules rules = new((int)(MinSeconds * 1000), (int)(MaxSeconds * 1000), MinSilence, MinSpeech, Padding, JoinGap);
        float[] levels = EnergyVad.Levels(audio);
        bool[] speech = _vad is null ? EnergyVad.IsSpeech(levels, Margin, MinLevel, MaxLevel) : ByModel(_vad, audio, levels.Length);
        IReadOnlyList<(int Start, int End)> segments = SpeechSegmenter.Cut(speech, levels, EnergyVad.Frame, (int)Math.Min(int.MaxValue, audio.Milliseconds), rules);
        return new VoiceFigures(
            segments.Select(s => s.Start).ToArray(), segments.Select(s => s.End).ToArray(), segments.Count, Math.Round(segments.Sum(s => (s.End - s.Start) / 1000.0), 3, MidpointRounding.ToEven));
    }

    // Each frame has the probability of the window that its middle lies in.
    private bool[] ByModel(OnnxVad vad, AudioSignal audio, int frames)
    {
        float[] probabilities = vad.Run(Resampler.Resample(audio.Samples, audio.SampleRate, vad.Rate), ModelWindow, ModelContext);
        bool[] speech = new bool[frames];
        for (int i = 0; i < frames; i++)
        {
            long middle = ((i * (long)EnergyVad.Frame) + (EnergyVad.Frame / 2)) * vad.Rate / 1000 / ModelWindow;
            speech[i] = middle < probabilities.Length && probabilities[middle] >= Threshold;
        }

        return speech;
    }
}
