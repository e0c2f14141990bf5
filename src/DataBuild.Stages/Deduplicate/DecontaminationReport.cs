using System.Globalization;
using System.Text;
using System.Text.Json;

namespace DataBuild.Stages.Deduplicate;

/// <summary>
/// Reports what Decontaminate or DecontaminateSpans found: which benchmark texts stand in which documents, as <c>contamination.json</c> and, for people, <c>contamination.md</c>. Drops nothing.
/// A document counts for the benchmark text that it has most n-grams of, also when an earlier stage dropped it.
/// </summary>
[Stage("DecontaminationReport", Version = 1, Phase = StagePhase.Deduplicate, ColumnPrefix = "contaminationReport")]
public sealed partial record DecontaminationReport : CorpusStage<NoFigures, NoFigures>, IFileMakingStage
{
    /// <summary>Name of the stage that is reported on.</summary>
    public string Of { get; init; } = "contamination";

    /// <summary>Documents that are listed of each benchmark text, those with most hits.</summary>
    [Option(Min = 0, Max = 1000000, Unit = "documents")]
    public int Listed { get; init; } = 20;

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.All;

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => ["id", "url", Of + ".hits", Of + ".coverage", Of + ".benchmark"];

    /// <inheritdoc />
    [NotAnOption]
    public IReadOnlyList<string> MadeFiles => ["contamination.json", "contamination.md"];

    /// <inheritdoc />
    public override NoFigures Measure(Document document) => default;

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<NoFigures> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(outcomes);
        ArgumentNullException.ThrowIfNull(context);
        List<Hit> hits = [];
        foreach (CorpusBatch batch in corpus.Read(MergeColumns))
        {
            StringColumn benchmarks = (StringColumn)batch.Documents[Of + ".benchmark"];
            for (int row = 0; row < batch.Count; row++)
            {
                if (benchmarks.GetString(row) is { } benchmark)
                {
                    hits.Add(new Hit(
                        benchmark,
                        ((StringColumn)batch.Documents["id"]).GetString(row) ?? "",
                        ((StringColumn)batch.Documents["url"]).GetString(row) ?? "",
                        ((ValueColumn<int>)batch.Documents[Of + ".hits"])[row],
                        ((ValueColumn<double>)batch.Documents[Of + ".coverage"])[row],
                        batch.Alive.Span[row]));
                }
            }
        }

        Hit[][] found = [.. hits.GroupBy(h => h.Benchmark, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => g.OrderByDescending(h => h.Hits).ThenBy(h => h.Id, StringComparer.Ordinal).ToArray())];
        WriteJson(Path.Combine(context.FilesDirectory, "contamination.json"), corpus.RowCount, found);
        File.WriteAllText(Path.Combine(context.FilesDirectory, "contamination.md"), Markdown(corpus.RowCount, found));
        context.Report(new StageNote("DB4130", false, string.Create(CultureInfo.InvariantCulture, $"'{Of}': {hits.Count:N0} of {corpus.RowCount:N0} documents hold n-grams of {found.Length:N0} benchmark texts")));
        CorpusRows.KeepAll(corpus, outcomes);
    }

    /// <inheritdoc />
    public override Verdict Decide(in NoFigures outcome) => Verdict.Keep;

    private void WriteJson(string path, long documents, Hit[][] found)
    {
        using FileStream stream = File.Create(path);
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteNumber("documents", documents);
        json.WriteNumber("contaminated", found.Sum(f => f.Length));
        json.WriteStartArray("benchmark_texts");
        foreach (Hit[] benchmark in found)
        {
            json.WriteStartObject();
            json.WriteString("text", benchmark[0].Benchmark);
            json.WriteNumber("documents", benchmark.Length);
            json.WriteNumber("kept", benchmark.Count(h => h.IsKept));
            json.WriteNumber("hits", benchmark.Sum(h => (long)h.Hits));
            json.WriteStartArray("listed");
            foreach (Hit hit in benchmark.Take(Listed))
            {
                json.WriteStartObject();
                json.WriteString("id", hit.Id);
                json.WriteString("url", hit.Url);
                json.WriteNumber("hits", hit.Hits);
                json.WriteNumber("coverage", Math.Round(hit.Coverage, 6, MidpointRounding.ToEven));
                json.WriteBoolean("kept", hit.IsKept);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private string Markdown(long documents, Hit[][] found)
    {
        StringBuilder text = new("# Benchmark texts in the documents\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{found.Sum(f => f.Length):N0} of {documents:N0} documents hold n-grams of {found.Length:N0} benchmark texts.\n\n");
        text.Append("| benchmark text | document | hits | share of its words | kept |\n|---|---|---|---|---|\n");
        foreach (Hit hit in found.SelectMany(b => b.Take(Listed)))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Cell(hit.Benchmark)} | {Cell(hit.Url.Length > 0 ? hit.Url : hit.Id)} | {hit.Hits} | {hit.Coverage:0.0000} | {(hit.IsKept ? "yes" : "no")} |\n");
        }

        return text.ToString();
    }

    // A page chooses its own address; it must not end the cell or the row.
    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");

    private sealed record Hit(string Benchmark, string Id, string Url, int Hits, double Coverage, bool IsKept);
}
