using DataBuild.Engine.Store;

namespace DataBuild.Engine.Columns;

/// <summary>Where a column of a shard is stored.</summary>
/// <param name="File">The column file.</param>
/// <param name="Ordinal">Its place in the file.</param>
public readonly record struct ColumnLocation(StoredFile File, int Ordinal)
{
    /// <summary>The column.</summary>
    public StoredColumn Column => File.Columns[Ordinal];
}

/// <summary>Reads chosen columns of a shard, batch by batch, from the files that hold them.</summary>
public sealed class BatchReader : IDisposable
{
    private readonly List<(ColumnFileReader Reader, List<string> Names, List<int> Ordinals)> _files = [];

    /// <summary>Opens the files that hold the columns.</summary>
    /// <param name="store">Store.</param>
    /// <param name="columns">Names to give the columns, and where they are.</param>
    public BatchReader(ContentStore store, IEnumerable<KeyValuePair<string, ColumnLocation>> columns)
    {
        Dictionary<string, int> byFile = new(StringComparer.Ordinal);
        try
        {
            foreach ((string name, ColumnLocation location) in columns)
            {
                if (!byFile.TryGetValue(location.File.Digest, out int index))
                {
                    index = byFile[location.File.Digest] = _files.Count;
                    _files.Add((new ColumnFileReader(store, location.File), [], []));
                }

                _files[index].Names.Add(name);
                _files[index].Ordinals.Add(location.Ordinal);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Reads a batch.</summary>
    public LoadedBatch Read(int batch)
    {
        Dictionary<string, Column> columns = new(StringComparer.Ordinal);
        List<ColumnBatch> owned = new(_files.Count);
        int count = 0;
        try
        {
            foreach ((ColumnFileReader reader, List<string> names, List<int> ordinals) in _files)
            {
                ColumnBatch read = reader.Read(batch, ordinals);
                owned.Add(read);
                count = read.Rows;
                for (int i = 0; i < names.Count; i++)
                {
                    columns[names[i]] = read.Columns[i];
                }
            }
        }
        catch
        {
            owned.ForEach(o => o.Dispose());
            throw;
        }

        return new LoadedBatch(batch, new DocumentBatch(count, columns), owned);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach ((ColumnFileReader reader, _, _) in _files)
        {
            reader.Dispose();
        }
    }
}

/// <summary>A batch in memory; its columns are valid until it is disposed.</summary>
public sealed class LoadedBatch : IDisposable
{
    private readonly List<ColumnBatch> _owned;

    internal LoadedBatch(int index, DocumentBatch documents, List<ColumnBatch> owned)
    {
        Index = index;
        Documents = documents;
        _owned = owned;
    }

    /// <summary>Ordinal of the batch in its shard.</summary>
    public int Index { get; }

    /// <summary>The columns.</summary>
    public DocumentBatch Documents { get; }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (ColumnBatch batch in _owned)
        {
            batch.Dispose();
        }
    }
}
