using System.Globalization;
using System.Text.Json;

namespace DataBuild.Stages.Generate.Rephrase;

/// <summary>
/// Reports how faithful rephrased documents are to their originals: how many of their n-grams are new, over all documents and for the least faithful ones, as <c>faithfulness.json</c>. Drops nothing.
/// </summary>
[Stage("FaithfulnessReport", Version = 1, Phase = StagePhase.Score, ColumnPrefix = "faithfulness")]
public sealed partial record FaithfulnessReportStage : CorpusStage<NoFigures, NoFigures>, IFileMakingStage
{
    private const int Longest = 4;
    private const int Deciles = 10;

    /// <summary>Name of the Rephrase stage that is reported on.</summary>
    public string Of { get; init; } = "rephrase";

    /// <summary>Documents that are listed: those with the most new runs of three words.</summary>
    [Option(Min = 0, Max = 10000, Unit = "documents")]
    public int Listed { get; init; } = 20;

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.Kept;

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => ["id", "url", .. Enumerable.Range(1, Longest).Select(Column), Of + ".lengthRatio", Of + ".bertScore"];

    /// <inheritdoc />
    [NotAnOption]
    public IReadOnlyList<string> MadeFiles => ["faithfulness.json"];

    /// <inheritdoc />
    public override NoFigures Measure(Document document) => default;

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<NoFigures> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(outcomes);
        ArgumentNullException.ThrowIfNull(context);
        List<(string Id, string Url, double?[] Values)> rows = [];
        foreach (CorpusBatch batch in corpus.Read(MergeColumns))
        {
            for (int row = 0; row < batch.Count; row++)
            {
                if (batch.Alive.Span[row])
                {
                    rows.Add((
                        ((StringColumn)batch.Documents["id"]).GetString(row) ?? "", ((StringColumn)batch.Documents["url"]).GetString(row) ?? "",
                        [.. MergeColumns.Skip(2).Select(c => batch.Documents.Find(c) is ValueColumn<double> v && !v.IsNull(row) ? v[row] : (double?)null)]));
                }
            }
        }

        using (FileStream file = File.Create(Path.Combine(context.FilesDirectory, "faithfulness.json")))
        {
            Write(file, rows);
        }

        double[] trigrams = [.. rows.Select(r => r.Values[2]).OfType<double>()];
        context.Report(new StageNote(
            "DB4014", false, string.Create(CultureInfo.InvariantCulture, $"{rows.Count:N0} rephrased documents; new runs of three words {(trigrams.Length == 0 ? 0 : 100 * trigrams.Average()):0.0} % on average")));
        CorpusRows.KeepAll(corpus, outcomes);
    }

    /// <inheritdoc />
    public override Verdict Decide(in NoFigures outcome) => Verdict.Keep;

    private string Column(int n) => string.Create(CultureInfo.InvariantCulture, $"{Of}.novel{n}");

    private void Write(Stream stream, List<(string Id, string Url, double?[] Values)> rows)
    {
        string[] names = [.. Enumerable.Range(1, Longest).Select(n => string.Create(CultureInfo.InvariantCulture, $"new_{n}_grams")), "length_ratio", "bert_score"];
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteNumber("documents", rows.Count);
        for (int i = 0; i < names.Length; i++)
        {
            double[] sorted = [.. rows.Select(r => r.Values[i]).OfType<double>().Order()];
            if (sorted.Length == 0)
            {
                continue;
            }

            json.WriteStartObject(names[i]);
            json.WriteNumber("mean", Math.Round(sorted.Average(), 6, MidpointRounding.ToEven));
            json.WriteStartArray("deciles");
            for (int d = 0; d <= Deciles; d++)
            {
                json.WriteNumberValue(sorted[(int)Math.Round((sorted.Length - 1) * d / (double)Deciles, MidpointRounding.ToEven)]);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteStartArray("least_faithful");
        foreach ((string id, string url, double?[] values) in rows.OrderByDescending(r => r.Values[2] ?? -1).ThenBy(r => r.Id, StringComparer.Ordinal).Take(Listed))
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("url", url);
            for (int i = 0; i < names.Length; i++)
            {
                if (values[i] is { } value)
                {
                    json.WriteNumber(names[i], value);
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
