using System.Collections;
using DataBuild.Formats;

namespace DataBuild;

/// <summary>
/// A finished dataset as a sequence of typed rows, in the order of its files. Rows are read as they are asked for: memory is bounded by one batch,
/// however large the dataset is, and it can be enumerated any number of times, from several threads too.
/// </summary>
/// <typeparam name="TRow">
/// What is read of a row: the <c>Row</c> that the build generates for the dataset, or a record struct of yours marked <see cref="FiguresAttribute"/>
/// whose <see cref="ColumnAttribute"/>s name some of the columns; the other columns are then not read at all.
/// </typeparam>
public sealed class Dataset<TRow> : IEnumerable<TRow> where TRow : struct, IFigures<TRow>
{
    internal Dataset(DatasetManifest manifest) => Manifest = manifest;

    /// <summary>What the dataset says of itself.</summary>
    public DatasetManifest Manifest { get; }

    /// <summary>Documents in the dataset, known without reading it.</summary>
    public long RowCount => Manifest.Documents;

    /// <inheritdoc />
    public IEnumerator<TRow> GetEnumerator()
    {
        foreach (DatasetFile file in Manifest.Files.Where(f => f.Rows is > 0 && f.Path.StartsWith("data/", StringComparison.Ordinal)))
        {
            long rows = 0;
            using TableReader reader = TableReader.Open(Path.Combine(Manifest.Folder, file.Path), TRow.Columns);
            while (reader.ReadBatch() is { } columns)
            {
                int count = columns[0].Length;
                rows += count;
                for (int row = 0; row < count; row++)
                {
                    yield return TRow.Read(columns, row);
                }
            }

            if (rows != file.Rows)
            {
                throw new InvalidDataException($"'{Path.Combine(Manifest.Folder, file.Path)}' holds {rows} rows; its manifest says {file.Rows}");
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
