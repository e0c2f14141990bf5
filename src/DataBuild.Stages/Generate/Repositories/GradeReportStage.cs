using System.Text.Json;

namespace DataBuild.Stages.Generate.Repositories;

/// <summary>
/// Writes what GradeRepository found: <c>grades.json</c> with the ids of each category, in SWE-Factory's form, and <c>environments.jsonl</c>, the environments in which tests went from failing
/// to passing, for the <c>Pool</c> of a later build. Drops nothing.
/// </summary>
[Stage("GradeReport", Version = 1, Phase = StagePhase.Score, ColumnPrefix = "grades")]
public sealed partial record GradeReportStage : CorpusStage<NoFigures, NoFigures>, IFileMakingStage
{
    /// <summary>Name of the GradeRepository stage that is reported on.</summary>
    public string Of { get; init; } = "grade";

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.All;

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => ["id", .. ((string[])["category", "repository", "version", "setup", "evaluation", "beforeIsError"]).Select(c => $"{Of}.{c}")];

    /// <inheritdoc />
    [NotAnOption]
    public IReadOnlyList<string> MadeFiles => ["grades.json", "environments.jsonl"];

    /// <inheritdoc />
    public override NoFigures Measure(Document document) => default;

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<NoFigures> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(outcomes);
        ArgumentNullException.ThrowIfNull(context);
        List<(string Id, string Category, PooledEnvironment Environment, bool IsError)> rows = [];
        foreach (CorpusBatch batch in corpus.Read(MergeColumns))
        {
            for (int row = 0; row < batch.Count; row++)
            {
                string?[] values = [.. MergeColumns.Take(6).Select(c => (batch.Documents.Find(c) as StringColumn)?.GetString(row))];
                if (values[1] is { } category)
                {
                    bool isError = batch.Documents.Find(MergeColumns[6]) is ValueColumn<bool> errors && !errors.IsNull(row) && errors[row];
                    rows.Add((values[0] ?? "", category, new PooledEnvironment(values[2] ?? "", values[3] ?? "", values[4] ?? "", values[5] ?? ""), isError));
                }
            }
        }

        rows.Sort((a, b) => string.CompareOrdinal(a.Id, b.Id));
        using (FileStream file = File.Create(Path.Combine(context.FilesDirectory, MadeFiles[0])))
        {
            WriteGrades(file, rows);
        }

        using (FileStream file = File.Create(Path.Combine(context.FilesDirectory, MadeFiles[1])))
        {
            foreach ((_, _, PooledEnvironment environment, _) in rows.Where(r => r.Category == ExitCodeGrade.NameOf(RunCategory.Fail2Pass)).DistinctBy(r => (r.Environment.Repository, r.Environment.Version)))
            {
                WriteEnvironment(file, environment);
            }
        }

        CorpusRows.KeepAll(corpus, outcomes);
    }

    /// <inheritdoc />
    public override Verdict Decide(in NoFigures outcome) => Verdict.Keep;

    private static void WriteGrades(Stream stream, List<(string Id, string Category, PooledEnvironment Environment, bool IsError)> rows)
    {
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteNumber("total", rows.Count);
        foreach (string category in Enum.GetValues<RunCategory>().Select(ExitCodeGrade.NameOf))
        {
            Write(json, category, rows.Where(r => r.Category == category).Select(r => r.Id));
        }

        Write(json, "error_before", rows.Where(r => r.IsError).Select(r => r.Id));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<string> ids)
    {
        json.WriteStartArray(name);
        foreach (string id in ids)
        {
            json.WriteStringValue(id);
        }

        json.WriteEndArray();
    }

    private static void WriteEnvironment(Stream stream, PooledEnvironment environment)
    {
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("repo", environment.Repository);
            json.WriteString("version", environment.Version);
            json.WriteString("setup", environment.Setup);
            json.WriteString("evaluation", environment.Evaluation);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }
}
