using DataBuild.Engine.Planning;

namespace DataBuild.Engine.Packaging;

/// <summary>
/// What the card and the manifest tell of the published rows, counted while they are written. Sums, minima and maxima only, so the order in which
/// batches come does not matter; safe to use from several threads.
/// </summary>
internal sealed class PublishedFacts
{
    private readonly Lock _lock = new();
    private readonly long[] _documents;
    private readonly long[] _textBytes;
    private readonly string? _languageColumn;
    private readonly SortedDictionary<string, long> _languages = new(StringComparer.Ordinal);

    public PublishedFacts(DatasetPlan plan)
    {
        _documents = new long[plan.Inputs.Count];
        _textBytes = new long[plan.Inputs.Count];
        _languageColumn = plan.Stages.LastOrDefault(s => s.Descriptor.Name == "Language") is { } language ? language.Name + ".code" : null;
    }

    /// <summary>Columns that are counted beside those that are published.</summary>
    public IEnumerable<string> Columns => _languageColumn is null ? ["text", "date"] : ["text", "date", _languageColumn];

    public long Documents => _documents.Sum();

    public long TextBytes => _textBytes.Sum();

    /// <summary>Bytes that the values take in Arrow's layout.</summary>
    public long ValueBytes { get; private set; }

    /// <summary>Documents by language code; empty where languages were not told.</summary>
    public SortedDictionary<string, long> Languages => _languages;

    /// <summary>The first day on which a document was fetched; null where no date is known.</summary>
    public string? FirstDate { get; private set; }

    /// <summary>The last such day.</summary>
    public string? LastDate { get; private set; }

    public long DocumentsOf(int shard) => _documents[shard];

    public long TextBytesOf(int shard) => _textBytes[shard];

    /// <summary>Counts rows of a batch.</summary>
    /// <param name="shard">Shard that the batch belongs to.</param>
    /// <param name="batch">Columns by their names in the shard.</param>
    /// <param name="published">The published columns, in order.</param>
    /// <param name="rows">Rows that are published.</param>
    /// <returns>Bytes of their texts.</returns>
    public long Count(int shard, DocumentBatch batch, IReadOnlyList<Column> published, ReadOnlySpan<int> rows)
    {
        StringColumn? texts = batch.Find("text") as StringColumn;
        StringColumn? dates = batch.Find("date") as StringColumn;
        StringColumn? codes = _languageColumn is null ? null : batch.Find(_languageColumn) as StringColumn;
        long textBytes = 0;
        long valueBytes = published.Sum(FixedBytes) * rows.Length;
        lock (_lock)
        {
            foreach (int row in rows)
            {
                textBytes += texts is null ? 0 : texts[row].Length;
                valueBytes += published.Sum(c => VariableBytes(c, row));
                if (codes?.GetString(row) is { } code)
                {
                    _languages[code] = _languages.GetValueOrDefault(code) + 1;
                }

                CountDate(dates?.GetString(row));
            }

            _documents[shard] += rows.Length;
            _textBytes[shard] += textBytes;
            ValueBytes += valueBytes;
        }

        return textBytes;
    }

    private void CountDate(string? date)
    {
        if (date is { Length: >= 10 } && DateOnly.TryParseExact(date.AsSpan(0, 10), "yyyy-MM-dd", out _))
        {
            string day = date[..10];
            FirstDate = FirstDate is null || string.CompareOrdinal(day, FirstDate) < 0 ? day : FirstDate;
            LastDate = LastDate is null || string.CompareOrdinal(day, LastDate) > 0 ? day : LastDate;
        }
    }

    private static long FixedBytes(Column column) => column.Type switch
    {
        ColumnType.Boolean => 1,
        ColumnType.Int64 or ColumnType.UInt64 or ColumnType.Double => 8,
        _ => 4,
    };

    private static long VariableBytes(Column column, int row) => column switch
    {
        StringColumn strings => strings[row].Length,
        ListColumn<int> list => 4L * list[row].Length,
        ListColumn<float> list => 4L * list[row].Length,
        ListColumn<ulong> list => 8L * list[row].Length,
        _ => 0,
    };
}
