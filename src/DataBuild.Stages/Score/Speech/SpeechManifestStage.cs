using System.Globalization;
using System.Text.Json;
using DataBuild.Stages.Generate.Speech;

namespace DataBuild.Stages.Score.Speech;

/// <summary>
/// Writes what a text-to-speech model is trained on: <c>manifest.jsonl</c>, a line for each segment that two recognisers agree on, with recording, times and transcript, and
/// <c>retention.json</c>, how much of the recordings each step kept. Drops nothing.
/// </summary>
[Stage("SpeechManifest", Version = 1, Phase = StagePhase.Score, ColumnPrefix = "speech")]
public sealed partial record SpeechManifestStage : CorpusStage<NoFigures, NoFigures>, IFileMakingStage
{
    /// <summary>Name of the ReadAudio stage.</summary>
    public string Audio { get; init; } = "audio";

    /// <summary>Name of the VoiceSegments stage.</summary>
    public string Segments { get; init; } = "voice";

    /// <summary>Name of the TranscriptAgreement stage.</summary>
    public string Agreement { get; init; } = "agreement";

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.All;

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns =>
    [
        "id", "url", Audio + ".seconds", Audio + ".sampleRate", Segments + ".seconds", Agreement + ".starts", Agreement + ".ends", Agreement + ".texts", Agreement + ".seconds", Agreement + ".compared", Agreement + ".kept",
    ];

    /// <inheritdoc />
    [NotAnOption]
    public IReadOnlyList<string> MadeFiles => ["manifest.jsonl", "retention.json"];

    /// <inheritdoc />
    public override NoFigures Measure(Document document) => default;

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<NoFigures> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(outcomes);
        ArgumentNullException.ThrowIfNull(context);
        double read = 0, spoken = 0, agreed = 0;
        long recordings = 0, keptRecordings = 0, compared = 0, kept = 0;
        using (FileStream file = File.Create(Path.Combine(context.FilesDirectory, MadeFiles[0])))
        {
            foreach (CorpusBatch batch in corpus.Read(MergeColumns))
            {
                for (int row = 0; row < batch.Count; row++)
                {
                    double seconds = Number<double>(batch, Audio + ".seconds", row);
                    recordings += seconds > 0 ? 1 : 0;
                    read += seconds;
                    spoken += Number<double>(batch, Segments + ".seconds", row);
                    compared += Number<int>(batch, Agreement + ".compared", row);
                    if (batch.Alive.Span[row])
                    {
                        keptRecordings++;
                        kept += Number<int>(batch, Agreement + ".kept", row);
                        agreed += Number<double>(batch, Agreement + ".seconds", row);
                        Write(file, batch, row);
                    }
                }
            }
        }

        using (FileStream file = File.Create(Path.Combine(context.FilesDirectory, MadeFiles[1])))
        {
            WriteRetention(file, [("recordings", recordings), ("kept_recordings", keptRecordings), ("segments", compared), ("kept_segments", kept)], read, spoken, agreed);
        }

        context.Report(new StageNote(
            "DB4022", false, string.Create(CultureInfo.InvariantCulture, $"{read:N1} s of recordings, {spoken:N1} s of speech, {agreed:N1} s that two recognisers agree on ({Share(agreed, read) * 100:0.0} %)")));
        CorpusRows.KeepAll(corpus, outcomes);
    }

    /// <inheritdoc />
    public override Verdict Decide(in NoFigures outcome) => Verdict.Keep;

    private static double Share(double part, double all) => all > 0 ? Math.Round(part / all, 6, MidpointRounding.ToEven) : 0;

    private static T Number<T>(CorpusBatch batch, string column, int row)
        where T : unmanaged => batch.Documents.Find(column) is ValueColumn<T> values && !values.IsNull(row) ? values[row] : default;

    private void Write(Stream file, CorpusBatch batch, int row)
    {
        string id = ((StringColumn)batch.Documents["id"]).GetString(row) ?? "";
        string url = ((StringColumn)batch.Documents["url"]).GetString(row) ?? "";
        ReadOnlySpan<int> starts = ((ListColumn<int>)batch.Documents[Agreement + ".starts"])[row];
        ReadOnlySpan<int> ends = ((ListColumn<int>)batch.Documents[Agreement + ".ends"])[row];
        string?[] texts = Transcripts.Read(((StringColumn)batch.Documents[Agreement + ".texts"]).GetString(row));
        for (int i = 0; i < texts.Length; i++)
        {
            using (Utf8JsonWriter json = new(file, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                json.WriteStartObject();
                json.WriteString("id", string.Create(CultureInfo.InvariantCulture, $"{id}-{starts[i]}-{ends[i]}"));
                json.WriteString("recording", id);
                json.WriteString("url", url);
                json.WriteNumber("sample_rate", Number<int>(batch, Audio + ".sampleRate", row));
                json.WriteNumber("start", starts[i] / 1000m);
                json.WriteNumber("end", ends[i] / 1000m);
                json.WriteString("text", texts[i]);
                json.WriteEndObject();
            }

            file.WriteByte((byte)'\n');
        }
    }

    private static void WriteRetention(Stream file, (string Name, long Value)[] counts, double read, double spoken, double agreed)
    {
        using Utf8JsonWriter json = new(file, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        foreach ((string name, long value) in counts)
        {
            json.WriteNumber(name, value);
        }

        json.WriteNumber("seconds", Math.Round(read, 3, MidpointRounding.ToEven));
        json.WriteNumber("speech_seconds", Math.Round(spoken, 3, MidpointRounding.ToEven));
        json.WriteNumber("kept_seconds", Math.Round(agreed, 3, MidpointRounding.ToEven));
        json.WriteNumber("retention", Share(agreed, read));
        json.WriteEndObject();
    }
}
