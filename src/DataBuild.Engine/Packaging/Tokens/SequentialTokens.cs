using DataBuild.Engine.Columns;
using DataBuild.Engine.Execution;

namespace DataBuild.Engine.Packaging.Tokens;

/// <summary>Tokens read from the shards, for documents asked for in the order of the corpus.</summary>
internal sealed class SequentialTokens(DatasetBuild build, string column, CancellationToken cancellation) : TokenSource
{
    private readonly IEnumerator<(Column Tokens, StringColumn Ids, int Row)> _rows = KeptRows(build, column, cancellation).GetEnumerator();
    private int _document = -1;

    /// <summary>The kept rows of all shards in order, with the column of tokens and that of ids.</summary>
    public static IEnumerable<(Column Tokens, StringColumn Ids, int Row)> KeptRows(DatasetBuild build, string column, CancellationToken cancellation)
    {
        foreach (Shard shard in build.Shards)
        {
            using BatchReader reader = new(build.Store, shard.Find([column, "id", Shard.AliveColumn]));
            for (int batch = 0; batch < shard.BatchRows.Count; batch++)
            {
                cancellation.ThrowIfCancellationRequested();
                using LoadedBatch loaded = reader.Read(batch);
                ValueColumn<bool> alive = (ValueColumn<bool>)loaded.Documents[Shard.AliveColumn];
                for (int row = 0; row < loaded.Documents.Count; row++)
                {
                    if (alive[row])
                    {
                        yield return (loaded.Documents[column], (StringColumn)loaded.Documents["id"], row);
                    }
                }
            }
        }
    }

    public override ReadOnlySpan<int> Read(int document, out ReadOnlySpan<byte> id)
    {
        while (_document < document)
        {
            if (!_rows.MoveNext())
            {
                throw new InvalidOperationException($"document {document} was asked for after the last one, {_document}");
            }

            _document++;
        }

        if (_document > document)
        {
            throw new InvalidOperationException($"document {document} was asked for after document {_document}");
        }

        (Column tokens, StringColumn ids, int row) = _rows.Current;
        id = ids[row];
        return ((ListColumn<int>)tokens)[row];
    }

    public override void Dispose() => _rows.Dispose();
}
