using System.Text.Json;

namespace DataBuild.Stages.Filter;

/// <summary>Distributions of <see cref="CulturaXMetrics"/> by language and metric, and the thresholds that they set.</summary>
internal sealed class MetricTable
{
    private readonly CulturaXMetrics _stage;
    private readonly Metric[] _metrics;
    private readonly Dictionary<string, Distribution[]> _distributions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double?[]> _limits = new(StringComparer.Ordinal);

    public MetricTable(CulturaXMetrics stage)
    {
        _stage = stage;
        string name = stage.Name.Length > 0 ? stage.Name : "culturax";
        List<Metric> metrics =
        [
            new("words", name + ".words", true),
            new("characters", name + ".characters", true),
            new("lines", name + ".lines", true),
            new("character_repetition", name + ".characterRepetition", false),
            new("word_repetition", name + ".wordRepetition", false),
            new("special_characters", name + ".specialCharacters", false),
            new("stop_words", name + ".stopWords", true),
            new("flagged_words", name + ".flaggedWords", false),
            new("short_lines", name + ".shortLines", false),
            new("short_line_characters", name + ".shortLineCharacters", false),
        ];
        if (stage.LanguageScoreColumn.Length > 0)
        {
            metrics.Add(new("language_score", stage.LanguageScoreColumn, true));
        }

        if (stage.PerplexityColumn.Length > 0)
        {
            metrics.Add(new("perplexity", stage.PerplexityColumn, false));
        }

        _metrics = [.. metrics];
        Columns = [.. metrics.Select(m => m.Column), stage.LanguageColumn];
    }

    /// <summary>The columns read.</summary>
    public string[] Columns { get; }

    /// <summary>Adds the rows of a batch to the distributions.</summary>
    public void Count(CorpusBatch batch)
    {
        for (int row = 0; row < batch.Count; row++)
        {
            if (!batch.Alive.Span[row])
            {
                continue;
            }

            string language = Language(batch.Documents, row);
            if (!_distributions.TryGetValue(language, out Distribution[]? distributions))
            {
                _distributions[language] = distributions = [.. _metrics.Select(_ => new Distribution())];
            }

            for (int m = 0; m < _metrics.Length; m++)
            {
                if (Value(batch.Documents, _metrics[m].Column, row) is { } value)
                {
                    distributions[m].Add(value);
                }
            }
        }
    }

    /// <summary>Takes the thresholds from the distributions.</summary>
    public void SetThresholds()
    {
        foreach ((string language, Distribution[] distributions) in _distributions)
        {
            _limits[language] = [.. distributions.Select((d, m) => d.Count < _stage.MinDocuments ? null : d.Percentile(_metrics[m].MoreIsBetter ? _stage.LowPercentile : _stage.HighPercentile))];
        }
    }

    /// <summary>Writes the thresholds: an object a language, a number a metric that has one.</summary>
    public void WriteThresholds(string path)
    {
        using FileStream stream = File.Create(path);
        using Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        writer.WriteStartObject();
        foreach ((string language, double?[] limits) in _limits.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            writer.WriteStartObject(language);
            for (int m = 0; m < _metrics.Length; m++)
            {
                if (limits[m] is { } limit)
                {
                    writer.WriteNumber(_metrics[m].Name, limit);
                }
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <summary>Reads thresholds that <see cref="WriteThresholds"/> wrote, perhaps edited.</summary>
    /// <exception cref="StageException">The file cannot be read, or names something that is no metric.</exception>
    public void ReadThresholds(InputFile file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file.PathOrName));
            foreach (JsonProperty language in document.RootElement.EnumerateObject())
            {
                double?[] limits = new double?[_metrics.Length];
                foreach (JsonProperty limit in language.Value.EnumerateObject())
                {
                    int metric = Array.FindIndex(_metrics, m => m.Name == limit.Name);
                    if (metric < 0)
                    {
                        throw new StageException(
                            "DB4362",
                            $"'{limit.Name}' of the language '{language.Name}' is no metric of CulturaXMetrics as it is set here; metrics are {string.Join(", ", _metrics.Select(m => m.Name))}",
                            file.Path);
                    }

                    limits[metric] = limit.Value.GetDouble();
                }

                _limits[language.Name] = limits;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new StageException(
                "DB4362", $"the thresholds cannot be read: {e.Message} Expected an object of languages, each an object of numbers by metric, as the stage writes thresholds.json", file.Path, e);
        }
    }

    /// <summary>The first metric of a row that is outside its threshold.</summary>
    public CulturaXOutcome Judge(DocumentBatch batch, int row)
    {
        double?[] limits = _limits.GetValueOrDefault(Language(batch, row), []);
        for (int m = 0; m < _metrics.Length; m++)
        {
            Metric metric = _metrics[m];
            if (m < limits.Length && limits[m] is { } limit && Value(batch, metric.Column, row) is { } value && (metric.MoreIsBetter ? Distribution.Rounded(value) < limit : Distribution.Rounded(value) > limit))
            {
                return new CulturaXOutcome((metric.MoreIsBetter ? "low_" : "high_") + metric.Name, value, limit);
            }
        }

        return default;
    }

    private string Language(DocumentBatch batch, int row) => (batch[_stage.LanguageColumn] as StringColumn)?.GetString(row) ?? "";

    private static double? Value(DocumentBatch batch, string name, int row)
    {
        Column column = batch[name];
        return column.IsNull(row) ? null : column switch
        {
            ValueColumn<int> values => values[row],
            ValueColumn<long> values => values[row],
            ValueColumn<float> values => values[row],
            ValueColumn<double> values => values[row],
            _ => throw new StageException("DB4306", $"column '{name}' holds {column.Type}; CulturaXMetrics needs a number"),
        };
    }

    private sealed record Metric(string Name, string Column, bool MoreIsBetter);

    /// <summary>Counts of values, rounded to 16 significant bits: bounded memory for any number of documents, and the same result in any order.</summary>
    private sealed class Distribution
    {
        private readonly Dictionary<float, long> _counts = [];

        public long Count { get; private set; }

        public static float Rounded(double value) => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits((float)value) & 0xFFFFFF00);

        public void Add(double value)
        {
            float rounded = Rounded(value);
            _counts[rounded] = _counts.GetValueOrDefault(rounded) + 1;
            Count++;
        }

        /// <summary>The nearest-rank percentile: the least value that has at least that share of values at or below it.</summary>
        public double? Percentile(double percent)
        {
            long rank = Math.Max(1, (long)Math.Ceiling(percent / 100 * Count));
            long seen = 0;
            foreach ((float value, long count) in _counts.OrderBy(c => c.Key))
            {
                seen += count;
                if (seen >= rank)
                {
                    return value;
                }
            }

            return null;
        }
    }
}
