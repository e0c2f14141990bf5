namespace DataBuild.Formats;

/// <summary>What was read of a crawl input so far. Lists are in ordinal order of their names.</summary>
public sealed class CrawlCounts
{
    private readonly SortedDictionary<string, long> _recordsByType = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _dropsByReason = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _defectsByCode = new(StringComparer.Ordinal);

    /// <summary>Whole records by type, those that are no documents included.</summary>
    public IReadOnlyDictionary<string, long> RecordsByType => _recordsByType;

    /// <summary>Documents by the reason they cannot be used.</summary>
    public IReadOnlyDictionary<string, long> DropsByReason => _dropsByReason;

    /// <summary>Defects by code.</summary>
    public IReadOnlyDictionary<string, long> DefectsByCode => _defectsByCode;

    /// <summary>Whole records of all types.</summary>
    public long Records { get; private set; }

    /// <summary>Documents handed out, dropped ones included.</summary>
    public long Documents { get; private set; }

    /// <summary>Documents handed out with a drop reason.</summary>
    public long Dropped { get; private set; }

    /// <summary>Defects that cost a record.</summary>
    public long RecordsLost { get; private set; }

    /// <summary>Bytes of the file read.</summary>
    public long BytesCompressed { get; internal set; }

    /// <summary>Bytes after undoing the file's own compression.</summary>
    public long BytesUncompressed { get; internal set; }

    internal void Record(string type)
    {
        Records++;
        Add(_recordsByType, type.Length == 0 ? "(none)" : type);
    }

    internal void Document(RawDocument document)
    {
        Documents++;
        if (document.DropReason is { } reason)
        {
            Dropped++;
            Add(_dropsByReason, reason);
        }
    }

    internal void Defect(CrawlDefect defect)
    {
        RecordsLost += defect.RecordLost ? 1 : 0;
        Add(_defectsByCode, defect.Code);
    }

    private static void Add(SortedDictionary<string, long> counts, string key)
    {
        // A hostile file may invent a type for every record.
        const int MaxKeys = 100;
        key = counts.Count < MaxKeys || counts.ContainsKey(key) ? key : "(other)";
        counts[key] = counts.GetValueOrDefault(key) + 1;
    }
}
