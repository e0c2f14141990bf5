using System.Globalization;
using DataBuild.Formats.Parquet;

namespace DataBuild.Engine.Packaging.Tokens;

/// <summary><c>train-00000-of-00001.parquet</c> and on, a row a sequence: <c>input_ids</c>, <c>boundaries</c>, and <c>id</c> of the first document.</summary>
internal sealed class ParquetTokenSink(OutputFolder folder, long tokensPerFile = ParquetTokenSink.DefaultTokensPerFile) : TokenSink
{
    /// <summary>Tokens after which the next file begins: about 300 MB of English.</summary>
    public const long DefaultTokensPerFile = 1L << 27;

    private const int RowsPerBatch = 256;

    private static readonly ColumnSchema[] Schema =
    [
        new("input_ids", ColumnType.Int32List, "Token ids"),
        new("boundaries", ColumnType.Int32List, "Where parts of documents begin in the sequence, then its length"),
        new("id", ColumnType.String, "Document of the first part"),
    ];

    private readonly ListColumnBuilder<int> _ids = new();
    private readonly ListColumnBuilder<int> _boundaries = new();
    private readonly StringColumnBuilder _documents = new();
    private readonly List<string> _files = [];
    private Stream? _stream;
    private ParquetTableWriter? _writer;
    private long _tokens;
    private long _buffered;

    public override void Complete()
    {
        _writer ??= Open();
        Close();
        for (int i = 0; i < _files.Count; i++)
        {
            folder.Rename(Folder + _files[i], string.Create(CultureInfo.InvariantCulture, $"{Folder}train-{i:D5}-of-{_files.Count:D5}.parquet"));
        }
    }

    public override void Dispose()
    {
        _writer?.Dispose();
        _stream?.Dispose();
    }

    protected override void Write(ReadOnlySpan<int> ids, ReadOnlySpan<int> boundaries, ReadOnlySpan<byte> id, string source, long row)
    {
        if (_tokens > 0 && _tokens + ids.Length > tokensPerFile)
        {
            Close();
        }

        _writer ??= Open();
        _ids.Append(ids);
        _boundaries.Append(boundaries);
        _documents.Append(id);
        _tokens += ids.Length;
        _buffered += ids.Length;
        if (_ids.Length == RowsPerBatch || _buffered > 1 << 20)
        {
            Flush();
        }
    }

    private ParquetTableWriter Open()
    {
        // The number of files, which their names state, is known only at the end.
        _files.Add(string.Create(CultureInfo.InvariantCulture, $"part-{_files.Count:D5}"));
        _stream = Create(folder, _files[^1]);
        return new ParquetTableWriter(_stream, Schema);
    }

    private void Flush()
    {
        if (_ids.Length > 0)
        {
            _writer!.Write(_ids.Build(), _boundaries.Build(), _documents.Build());
            _buffered = 0;
        }
    }

    private void Close()
    {
        Flush();
        _writer!.Complete();
        Dispose();
        _writer = null;
        _tokens = 0;
    }
}
