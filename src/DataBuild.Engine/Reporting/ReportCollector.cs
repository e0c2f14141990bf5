using System.Text;
using DataBuild.Engine.Columns;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Planning;

namespace DataBuild.Engine.Reporting;

/// <summary>Collects what the report shows from the stored columns of a finished build.</summary>
public sealed class ReportCollector
{
    private const int SamplesPerReason = 2;
    private const int KeptSamples = 6;
    private const int SampleCharacters = 600;
    private const int TopNames = 20;
    private const int LengthBins = 24;
    private const int ScoreBins = 20;

    private readonly DatasetBuild _build;
    private readonly SortedDictionary<string, long> _domains = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _languages = new(StringComparer.Ordinal);
    private readonly long[] _lengthKept = new long[LengthBins];
    private readonly long[] _lengthDropped = new long[LengthBins];
    private readonly Dictionary<string, int> _sampled = new(StringComparer.Ordinal);
    private readonly List<DocumentSample> _samples = [];

    private ReportCollector(DatasetBuild build) => _build = build;

    /// <summary>Collects the report of a build whose stages have all run.</summary>
    public static BuildReport Collect(DatasetBuild build, CancellationToken cancellation)
    {
        ReportCollector collector = new(build);
        return collector.Collect(cancellation);
    }

    private BuildReport Collect(CancellationToken cancellation)
    {
        PlannedStage[] stages = [.. _build.Plan.Stages];
        string[] verdicts = [.. stages.Select(s => s.VerdictColumn)];
        (string Column, string Title, Binning Bins)[] scores = [.. ScoreColumns(stages)];
        string? language = stages.SelectMany(s => s.FigureColumns).Select(c => c.Name).FirstOrDefault(n => n is "language.code" or "language.language" or "language");
        foreach (Shard shard in _build.Shards)
        {
            string[] names = ["id", "url", "text", "read.reason", Shard.AliveColumn, .. verdicts, .. scores.Select(s => s.Column), .. language is null ? [] : new[] { language }];
            using BatchReader reader = new(_build.Store, shard.Find(names));
            for (int batch = 0; batch < shard.BatchRows.Count; batch++)
            {
                cancellation.ThrowIfCancellationRequested();
                using LoadedBatch loaded = reader.Read(batch);
                Take(loaded.Documents, shard, stages, scores, language);
            }
        }

        List<Histogram> histograms = [new("Length of the text", "characters", [.. Enumerable.Range(0, LengthBins + 1).Select(LengthEdge)], _lengthKept, _lengthDropped)];
        histograms.AddRange(scores.Where(s => s.Bins.Any).Select(s => s.Bins.ToHistogram(s.Title)));
        return new BuildReport
        {
            Name = _build.Plan.File.Name,
            Stages = _build.Summaries,
            Histograms = histograms,
            Languages = Top(_languages),
            Domains = Top(_domains),
            Samples = [.. _samples.OrderBy(s => s.Stage is null ? -1 : Array.FindIndex(stages, p => p.Name == s.Stage)).ThenBy(s => s.Reason, StringComparer.Ordinal)],
        };
    }

    private static IEnumerable<(string Column, string Title, Binning Bins)> ScoreColumns(PlannedStage[] stages)
    {
        foreach (PlannedStage stage in stages.Where(s => s.Descriptor.Phase == StagePhase.Score || s.Descriptor.Name == "Language"))
        {
            foreach (ColumnSchema column in stage.FigureColumns.Where(c => c.Type is ColumnType.Single or ColumnType.Double))
            {
                if (stage.Stage.PublishedColumns.Any(p => stage.Name + p == column.Name))
                {
                    yield return (column.Name, column.Name, new Binning());
                }
            }
        }
    }

    private static List<NamedCount> Top(SortedDictionary<string, long> counts) =>
        [.. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(TopNames).Select(c => new NamedCount(c.Key, c.Value))];

    // Bins grow by the square root of 2 from 32 characters: 24 bins reach 131,072.
    private static double LengthEdge(int bin) => Math.Round(32 * Math.Pow(2, bin / 2.0));

    private void Take(DocumentBatch batch, Shard shard, PlannedStage[] stages, (string Column, string Title, Binning Bins)[] scores, string? language)
    {
        ValueColumn<bool> alive = (ValueColumn<bool>)batch[Shard.AliveColumn];
        StringColumn? text = batch.Find("text") as StringColumn;
        StringColumn reasons = (StringColumn)batch["read.reason"];
        for (int row = 0; row < batch.Count; row++)
        {
            int characters = text is null || text.IsNull(row) ? -1 : Encoding.UTF8.GetCharCount(text[row]);
            if (characters >= 0)
            {
                int bin = characters < 32 ? 0 : Math.Min(LengthBins - 1, (int)(2 * Math.Log2(characters / 32.0)));
                (alive[row] ? _lengthKept : _lengthDropped)[bin]++;
            }

            foreach ((string column, _, Binning bins) in scores)
            {
                double? value = batch.Find(column) switch
                {
                    ValueColumn<float> v when !v.IsNull(row) => v[row],
                    ValueColumn<double> v when !v.IsNull(row) => v[row],
                    _ => null,
                };
                if (value is { } score)
                {
                    bins.Add(score, alive[row]);
                }
            }

            if (alive[row])
            {
                Count(_domains, DomainOf(((StringColumn)batch["url"]).GetString(row) ?? ""));
                if (language is not null && batch.Find(language) is StringColumn languages)
                {
                    Count(_languages, languages.GetString(row) ?? "unknown");
                }
            }

            (string? stage, string? reason) = alive[row] ? (null, null) : DroppedBy(batch, row, reasons, stages);
            string key = stage is null ? "" : $"{stage}/{reason}";
            int limit = stage is null ? KeptSamples : SamplesPerReason;
            int seen = _sampled.GetValueOrDefault(key);
            if (seen < limit)
            {
                _sampled[key] = seen + 1;
                string sample = text is null ? "" : text.GetString(row) ?? "";
                _samples.Add(new DocumentSample(
                    ((StringColumn)batch["id"]).GetString(row) ?? "", ((StringColumn)batch["url"]).GetString(row) ?? "", shard.Name, stage, reason, Cut(sample)));
            }
        }
    }

    private static (string Stage, string Reason) DroppedBy(DocumentBatch batch, int row, StringColumn readReasons, PlannedStage[] stages)
    {
        if (readReasons.GetString(row) is { } read)
        {
            return ("read", read);
        }

        foreach (PlannedStage stage in stages)
        {
            if ((batch.Find(stage.VerdictColumn) as StringColumn)?.GetString(row) is { } reason)
            {
                return (stage.Name, reason);
            }
        }

        throw new InvalidOperationException($"document {((StringColumn)batch["id"]).GetString(row)} is dropped, and no stage has a reason for it");
    }

    private static string Cut(string text)
    {
        if (text.Length <= SampleCharacters)
        {
            return text;
        }

        int end = char.IsHighSurrogate(text[SampleCharacters - 1]) ? SampleCharacters - 1 : SampleCharacters;
        return string.Concat(text.AsSpan(0, end), "…");
    }

    private static string DomainOf(string url) => Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.Host.Length > 0 ? uri.Host : "(none)";

    private static void Count(SortedDictionary<string, long> counts, string name) => counts[name] = counts.GetValueOrDefault(name) + 1;

    /// <summary>Collects values whose range is not known before.</summary>
    private sealed class Binning
    {
        private readonly List<(double Value, bool Kept)> _values = [];

        public bool Any => _values.Count > 0;

        // A million values show any distribution; more would only cost memory.
        public void Add(double value, bool kept)
        {
            if (_values.Count < 1_000_000 && double.IsFinite(value))
            {
                _values.Add((value, kept));
            }
        }

        public Histogram ToHistogram(string title)
        {
            double min = _values.Min(v => v.Value);
            double max = _values.Max(v => v.Value);
            double low = min >= 0 && max <= 1 ? 0 : min;
            double high = min >= 0 && max <= 1 ? 1 : max > min ? max : min + 1;
            long[] kept = new long[ScoreBins];
            long[] dropped = new long[ScoreBins];
            foreach ((double value, bool isKept) in _values)
            {
                (isKept ? kept : dropped)[Math.Clamp((int)((value - low) / (high - low) * ScoreBins), 0, ScoreBins - 1)]++;
            }

            return new Histogram(title, "", [.. Enumerable.Range(0, ScoreBins + 1).Select(i => low + ((high - low) * i / ScoreBins))], kept, dropped);
        }
    }
}
