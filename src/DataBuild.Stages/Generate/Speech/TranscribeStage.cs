using System.Globalization;
using DataBuild.Stages.Extract.Audio;
using Microsoft.Extensions.AI;

namespace DataBuild.Stages.Generate.Speech;

/// <summary>Figures of <see cref="TranscribeStage"/> and of <c>TranscribeCtc</c>.</summary>
/// <param name="Texts">What is said in each segment: a JSON list.</param>
/// <param name="Failed">Segments without a transcript.</param>
[Figures]
public readonly partial record struct TranscriptFigures(string Texts, int Failed);

/// <summary>Transcribes the segments of recordings (<c>VoiceSegments</c> before it) by a recogniser that is served: a server of OpenAI's transcriptions. Each segment is sent as a WAV file of one channel.</summary>
[Stage("Transcribe", Version = 1, Phase = StagePhase.Score, ColumnPrefix = "transcript")]
public sealed partial record TranscribeStage : ChatStage<TranscriptFigures>
{
    /// <summary>Column of the recordings' bytes.</summary>
    public string Column { get; init; } = "audio.content";

    /// <summary>Name of the VoiceSegments stage whose segments are transcribed.</summary>
    public string Segments { get; init; } = "voice";

    /// <summary>Language that is spoken, as the server names it (<c>en</c>); without it the server finds out.</summary>
    public string Language { get; init; } = "";

    /// <summary>Text that the server is given to go by: names, spelling.</summary>
    public string Prompt { get; init; } = "";

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => ["id", "url", Column, Segments + ".starts", Segments + ".ends"];

    /// <inheritdoc />
    public override bool ReuseByText => false;

    /// <inheritdoc />
    protected override IChatClient Connect(Uri address, string? key, TimeSpan timeout) => new TranscriptionClient(address, key, timeout, Language);

    /// <inheritdoc />
    protected override async Task<TranscriptFigures> MeasureAsync(Document document, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(document);
        AudioSignal audio = AudioColumn.Read(document, Column);
        string name = document.Url.Length > 0 ? document.Url : document.Id;
        ChatAnswer[] answers = await Task.WhenAll(AudioColumn.Segments(document, Segments).Select(segment => AskAsync(
            Prompt,
            // Sent to no server: it tells scripts, and the language is part of the key.
            string.Create(CultureInfo.InvariantCulture, $"{name} {segment.Start}-{segment.End} {Language}").TrimEnd(),
            _ => true,
            cancellation,
            attachment: new ChatAttachment("audio/wav", WavFile.Encode(audio.Between(segment.Start, segment.End).Span, audio.SampleRate))))).ConfigureAwait(false);
        return new TranscriptFigures(Transcripts.Write([.. answers.Select(a => a.IsValid ? a.Text.Trim() : null)]), answers.Count(a => !a.IsValid));
    }
}
