using DataBuild.Formats;

namespace DataBuild.Engine.Published;

/// <summary>Reads chosen columns of a file of a dataset as text.</summary>
internal static class PublishedFile
{
    /// <summary>The rows of a file, one array of values each, in the order of the names; a column that the file lacks has no values.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Columns of the file; at least one.</param>
    /// <param name="names">Names of the columns to read.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or has other columns.</exception>
    public static IEnumerable<string?[]> Read(string path, IReadOnlyList<ColumnSchema> columns, IReadOnlyList<string> names)
    {
        ColumnSchema[] known = [.. columns.Where(c => names.Contains(c.Name, StringComparer.Ordinal))];
        // The number of rows is that of some column.
        ColumnSchema[] read = known.Length > 0 ? known : [columns[0]];
        int[] places = [.. names.Select(n => Array.FindIndex(known, c => c.Name == n))];
        using TableReader reader = TableReader.Open(path, read);
        while (reader.ReadBatch() is { } batch)
        {
            for (int row = 0; row < batch[0].Length; row++)
            {
                yield return [.. places.Select(p => p < 0 ? null : Text(batch[p], row))];
            }
        }
    }

    // As JSON has it.
    private static string? Text(Column column, int row) => column switch
    {
        ValueColumn<bool> flags => flags.IsNull(row) ? null : flags[row] ? "true" : "false",
        _ => column.Format(row),
    };
}
