using DataBuild.Engine.Columns;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution;

/// <summary>
/// The column files that an action writes for its columns: one for the text, which is large and which most readers do not need, and one for the rest.
/// </summary>
internal sealed class StageFiles : IDisposable
{
    private readonly List<(ColumnFileWriter Writer, int[] Ordinals)> _files = [];

    public StageFiles(ContentStore store, IReadOnlyList<ColumnSchema> columns)
    {
        try
        {
            Open(store, columns, [.. Enumerable.Range(0, columns.Count).Where(i => !IsLarge(columns[i]))]);
            Open(store, columns, [.. Enumerable.Range(0, columns.Count).Where(i => IsLarge(columns[i]))]);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Write(int rows, IReadOnlyList<Column> columns)
    {
        foreach ((ColumnFileWriter writer, int[] ordinals) in _files)
        {
            writer.Write(rows, [.. ordinals.Select(o => columns[o])]);
        }
    }

    public IReadOnlyList<StoredFile> Complete() => [.. _files.Select(f => f.Writer.Complete())];

    public void Dispose()
    {
        foreach ((ColumnFileWriter writer, _) in _files)
        {
            writer.Dispose();
        }
    }

    /// <summary>For each of the columns: which of the files holds it, and where.</summary>
    public static (int File, int Ordinal)[] Places(IReadOnlyList<ColumnSchema> columns)
    {
        int small = columns.Count(c => !IsLarge(c));
        int large = 0;
        int other = 0;
        return [.. columns.Select(c => IsLarge(c) ? (small == 0 ? 0 : 1, large++) : (0, other++))];
    }

    private static bool IsLarge(ColumnSchema column) =>
        column.Name == "text" || column.Type is ColumnType.Int32List or ColumnType.UInt64List or ColumnType.SingleList
        || (column.Type == ColumnType.Binary && !column.Name.EndsWith(StoredRows.HashSuffix, StringComparison.Ordinal));

    private void Open(ContentStore store, IReadOnlyList<ColumnSchema> columns, int[] ordinals)
    {
        if (ordinals.Length > 0)
        {
            _files.Add((new ColumnFileWriter(store, [.. ordinals.Select(o => columns[o])]), ordinals));
        }
    }
}
