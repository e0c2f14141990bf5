using DataBuild.Formats.Parquet;

namespace DataBuild.Engine.Packaging.Tokens;

/// <summary><c>train.documents.parquet</c>: a row a part of a document, in the order of the sequences.</summary>
internal sealed class DocumentMap : IDisposable
{
    private const int RowsPerBatch = 4096;

    private static readonly ColumnSchema[] Schema =
    [
        new("sequence", ColumnType.Int64, "Ordinal of the sequence"),
        new("position", ColumnType.Int32, "First token of the part, counted in the sequence"),
        new("length", ColumnType.Int32, "Tokens of the part"),
        new("id", ColumnType.String, "The document"),
        new("start", ColumnType.Int32, "First token of the part, counted in the document"),
    ];

    private readonly Stream _stream;
    private readonly ParquetTableWriter _writer;
    private readonly ValueColumnBuilder<long> _sequence = new();
    private readonly ValueColumnBuilder<int> _position = new();
    private readonly ValueColumnBuilder<int> _length = new();
    private readonly StringColumnBuilder _id = new();
    private readonly ValueColumnBuilder<int> _start = new();

    public DocumentMap(OutputFolder folder)
    {
        _stream = folder.Create(TokenSink.Folder + "train.documents.parquet");
        _writer = new ParquetTableWriter(_stream, Schema);
    }

    public void Add(long sequence, int position, int length, ReadOnlySpan<byte> id, int start)
    {
        _sequence.Append(sequence);
        _position.Append(position);
        _length.Append(length);
        _id.Append(id);
        _start.Append(start);
        if (_sequence.Length == RowsPerBatch)
        {
            Flush();
        }
    }

    public void Complete()
    {
        Flush();
        _writer.Complete();
    }

    public void Dispose()
    {
        _writer.Dispose();
        _stream.Dispose();
    }

    private void Flush()
    {
        if (_sequence.Length > 0)
        {
            _writer.Write(_sequence.Build(), _position.Build(), _length.Build(), _id.Build(), _start.Build());
        }
    }
}
