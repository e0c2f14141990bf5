using DataBuild.Stages.Extract.Audio;
using DataBuild.Stages.Generate.Speech;

namespace DataBuild.Stages.Score.Speech;

/// <summary>Figures of <see cref="TranscriptAgreementStage"/>.</summary>
/// <param name="Text">Transcripts of the segments that agree, a line each, by the first recogniser; empty for none.</param>
/// <param name="Starts">Beginnings of these segments, in milliseconds.</param>
/// <param name="Ends">Their ends.</param>
/// <param name="Texts">Their transcripts, as a JSON list.</param>
/// <param name="CharacterErrors">Character error rate of each segment, of all that were compared.</param>
/// <param name="WordErrors">Word error rate of each.</param>
/// <param name="Compared">Segments that were compared.</param>
/// <param name="Kept">Segments that agree.</param>
/// <param name="Seconds">Length of the segments that agree.</param>
[Figures]
public readonly partial record struct AgreementFigures(
    [property: Column("text")] string Text, ReadOnlyMemory<int> Starts, ReadOnlyMemory<int> Ends, string Texts, ReadOnlyMemory<float> CharacterErrors, ReadOnlyMemory<float> WordErrors, int Compared, int Kept, double Seconds);

/// <summary>Keeps the segments of recordings of which two recognisers say the same, up to an error rate (TouchTTS, arXiv 2412.08237); a recording without any is dropped.</summary>
[Stage("TranscriptAgreement", Version = 1, Phase = StagePhase.Score, ColumnPrefix = "agreement")]
public sealed partial record TranscriptAgreementStage : DocumentStage<AgreementFigures>
{
    /// <summary>Name of the stage of the first recogniser: its transcripts are kept, and error rates are over their length.</summary>
    [Option(Required = true)]
    public string First { get; init; } = "";

    /// <summary>Name of the stage of the second recogniser.</summary>
    [Option(Required = true)]
    public string Second { get; init; } = "";

    /// <summary>Name of the VoiceSegments stage whose segments they transcribed.</summary>
    public string Segments { get; init; } = "voice";

    /// <summary>Largest character error rate of a segment that is kept. The paper's is not published; this is ours.</summary>
    [Option(Min = 0, Unit = "fraction")]
    public double MaxCer { get; init; } = 0.05;

    /// <summary>Largest word error rate; 1 and more takes nearly all, as languages without spaces need.</summary>
    [Option(Min = 0, Unit = "fraction")]
    public double MaxWer { get; init; } = double.PositiveInfinity;

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => [First + ".texts", Second + ".texts", Segments + ".starts", Segments + ".ends"];

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.Kept;

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".starts", ".ends", ".texts", ".compared", ".kept", ".seconds"];

    /// <inheritdoc />
    public override AgreementFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        (int Start, int End)[] segments = AudioColumn.Segments(document, Segments);
        string?[] first = Transcripts.Read(document.GetString(First + ".texts"));
        string?[] second = Transcripts.Read(document.GetString(Second + ".texts"));
        List<int> kept = [];
        float[] characters = new float[segments.Length];
        float[] words = new float[segments.Length];
        for (int i = 0; i < segments.Length; i++)
        {
            string a = first[i] ?? "";
            string b = second[i] ?? "";
            (double cer, double wer) = (ErrorRate.OfCharacters(a, b), ErrorRate.OfWords(a, b));
            (characters[i], words[i]) = ((float)Math.Round(cer, 4, MidpointRounding.ToEven), (float)Math.Round(wer, 4, MidpointRounding.ToEven));

            // Two recognisers that hear nothing agree, and there is nothing to learn from it.
            if (cer <= MaxCer && wer <= MaxWer && ErrorRate.Words(a).Length > 0)
            {
                kept.Add(i);
            }
        }

        return new AgreementFigures(
            string.Join('\n', kept.Select(i => first[i])),
            kept.Select(i => segments[i].Start).ToArray(),
            kept.Select(i => segments[i].End).ToArray(),
            Transcripts.Write([.. kept.Select(i => first[i])]),
            characters,
            words,
            segments.Length,
            kept.Count,
            Math.Round(kept.Sum(i => (segments[i].End - segments[i].Start) / 1000.0), 3, MidpointRounding.ToEven));
    }

    /// <inheritdoc />
    public override Verdict Decide(in AgreementFigures figures) => Verdict.DropIf(figures.Kept == 0, "no_agreement");
}
