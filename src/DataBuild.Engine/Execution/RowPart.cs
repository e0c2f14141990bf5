using DataBuild.Engine.Columns;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution;

/// <summary>
/// The column files that measuring a stage on one shard gave, read by text. Columns are found by their place, so that files of the same stage under another name
/// serve as well. Not safe to use from several threads.
/// </summary>
internal sealed class RowPart : IDisposable
{
    private const int LoadedBatches = 8;

    private readonly BatchReader _reader;
    private readonly LinkedList<LoadedBatch> _loaded = [];

    private RowPart(BatchReader reader) => _reader = reader;

    /// <summary>Opens the files.</summary>
    /// <returns>Null when they are not there, damaged, or not the stage's.</returns>
    public static RowPart? TryOpen(ContentStore store, PlannedStage stage, IReadOnlyList<StoredFile> files)
    {
        if (!Fit(stage, files) || !files.All(store.Has))
        {
            return null;
        }

        try
        {
            return new RowPart(new BatchReader(store, StageFiles.Places(StageColumns.SchemaOf(stage)).Take(stage.FigureColumns.Count)
                .Select((place, figure) => KeyValuePair.Create(NameOf(figure), new ColumnLocation(files[place.File], place.Ordinal)))));
        }
        catch (StoreCorruptException)
        {
            // A damaged shortcut is no shortcut: its rows are measured again.
            return null;
        }
    }

    /// <summary>Hashes of the texts that were measured, batch by batch; null where none was.</summary>
    /// <exception cref="StoreCorruptException">The files are damaged.</exception>
    public static IEnumerable<StringColumn> Hashes(ContentStore store, PlannedStage stage, IReadOnlyList<StoredFile> files, int batches)
    {
        (int file, int ordinal) = StageFiles.Places(StageColumns.SchemaOf(stage))[^1];
        using BatchReader reader = new(store, [KeyValuePair.Create("hash", new ColumnLocation(files[file], ordinal))]);
        for (int batch = 0; batch < batches; batch++)
        {
            using LoadedBatch loaded = reader.Read(batch);
            yield return (StringColumn)loaded.Documents["hash"];
        }
    }

    /// <summary>True when the files hold the columns of the stage.</summary>
    public static bool Fit(PlannedStage stage, IReadOnlyList<StoredFile> files)
    {
        IReadOnlyList<ColumnSchema> columns = StageColumns.SchemaOf(stage);
        return StageFiles.Places(columns).Select((place, i) => (place, columns[i].Type))
            .All(c => c.place.File < files.Count && c.place.Ordinal < files[c.place.File].Columns.Count && files[c.place.File].Columns[c.place.Ordinal].Type == c.Type);
    }

    /// <summary>Appends the figures of a row to builders, one a figure column.</summary>
    public void Append(int batch, int row, ReadOnlySpan<ColumnBuilder> builders)
    {
        DocumentBatch documents = Load(batch);
        for (int i = 0; i < builders.Length; i++)
        {
            ColumnCopy.AppendRow(builders[i], documents[NameOf(i)], row);
        }
    }

    public void Dispose()
    {
        foreach (LoadedBatch batch in _loaded)
        {
            batch.Dispose();
        }

        _reader.Dispose();
    }

    private static string NameOf(int figure) => figure.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private DocumentBatch Load(int batch)
    {
        for (LinkedListNode<LoadedBatch>? node = _loaded.First; node is not null; node = node.Next)
        {
            if (node.Value.Index == batch)
            {
                return node.Value.Documents;
            }
        }

        if (_loaded.Count == LoadedBatches)
        {
            _loaded.First!.Value.Dispose();
            _loaded.RemoveFirst();
        }

        return _loaded.AddLast(_reader.Read(batch)).Value.Documents;
    }
}
