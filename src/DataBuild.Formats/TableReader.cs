using DataBuild.Formats.Jsonl;
using DataBuild.Formats.Parquet;

namespace DataBuild.Formats;

/// <summary>Reads chosen columns of a file of rows, a batch at a time: what <see cref="ParquetTableWriter"/> and <see cref="JsonlWriter"/> write.</summary>
public abstract class TableReader : IDisposable
{
    /// <summary>Most rows of a batch: with texts of a few kilobytes, a few megabytes.</summary>
    public const int BatchRows = 512;

    /// <summary>Opens a file by the end of its name: <c>.parquet</c>, <c>.jsonl</c>, <c>.jsonl.gz</c> or <c>.jsonl.zst</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Columns to read, by name and type; the others are skipped.</param>
    /// <exception cref="InvalidDataException">The file is of another format, damaged, or lacks a column.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TableReader Open(string path, IReadOnlyList<ColumnSchema> columns)
    {
        if (path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase))
        {
            return new ParquetTableReader(path, columns);
        }

        return JsonlTableReader.IsName(path)
            ? new JsonlTableReader(path, columns)
            : throw new InvalidDataException($"'{path}' is no file of rows: expected the end .parquet, .jsonl, .jsonl.gz or .jsonl.zst");
    }

    /// <summary>The next rows, one column for each that was asked for; null at the end. Columns stay valid after the next call, but for the bytes of strings.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public abstract Column[]? ReadBatch();

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the file.</summary>
    protected abstract void Dispose(bool disposing);
}
