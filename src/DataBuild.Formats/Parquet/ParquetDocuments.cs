using System.Diagnostics.CodeAnalysis;
using ParquetSharp;
using Encoding = System.Text.Encoding;

namespace DataBuild.Formats.Parquet;

/// <summary>The rows of a Parquet file with a text column; id, url and date are read where there are columns for them.</summary>
internal sealed class ParquetDocuments : DocumentSource
{
    private const int BatchRows = 64;
    private readonly string _path;
    private readonly CrawlReaderOptions _options;
    private readonly CrawlCounts _counts;
    private readonly Action<CrawlDefect> _report;
    private readonly ParquetFileReader _file;
    private readonly int _textColumn;
    private readonly int _idColumn;
    private readonly int _urlColumn;
    private readonly int _dateColumn;
    private readonly int _labelColumn;
    private RowGroupReader? _group;
    private ColumnValues? _text;
    private ColumnValues? _id;
    private ColumnValues? _url;
    private ColumnValues? _date;
    private ColumnValues? _label;
    private int _nextGroup;
    private int _batch;
    private int _inBatch;
    private long _groupRows;
    private long _row;

    public ParquetDocuments(string path, CrawlReaderOptions options, CrawlCounts counts, Action<CrawlDefect> report)
    {
        _path = path;
        _options = options;
        _counts = counts;
        _report = report;
        try
        {
            _file = new ParquetFileReader(path);
        }
        catch (Exception e) when (e is ParquetException or IOException)
        {
            throw Unreadable(e);
        }

        _textColumn = Find(options.TextField);
        _idColumn = Find(options.IdField);
        _urlColumn = Find(options.UrlField);
        _dateColumn = Find(options.DateField);
        _labelColumn = options.LabelField.Length == 0 ? -1 : Find(options.LabelField);
        if (_textColumn < 0)
        {
            string names = string.Join(", ", Enumerable.Range(0, _file.FileMetaData.NumColumns).Select(i => _file.FileMetaData.Schema.Column(i).Name));
            _file.Dispose();
            throw new CrawlFormatException(CrawlDiagnostics.TextColumn, path, 0, $"the columns {names}", $"a column '{options.TextField}' of strings");
        }
    }

    public override string Format => "parquet";

    public override bool TryRead([NotNullWhen(true)] out RawDocument? document)
    {
        document = null;
        try
        {
            while (NextRow())
            {
                long row = _row++;
                _counts.Record("row");
                byte[]? text = _text!.Bytes(_inBatch);
                string? id = _id?.Text(_inBatch);
                string url = _url?.Text(_inBatch) ?? "";
                string? date = _date?.Text(_inBatch);
                string? label = _label?.Text(_inBatch);
                _inBatch++;
                if (text is null)
                {
                    _report(new CrawlDefect(CrawlDiagnostics.TextMissing, row, $"found no value in the column '{_options.TextField}' of row {row}, expected a string", RecordLost: false));
                }

                string? reason = text is null or { Length: 0 } ? DropReasons.Empty : text.Length > _options.MaxPayloadBytes ? DropReasons.PayloadTooLarge : null;
                var payload = new PooledBytes(Math.Max(16, reason is null ? text!.Length : 0));
                if (reason is null)
                {
                    payload.Append(text);
                }

                _counts.BytesUncompressed += text?.Length ?? 0;
                document = new RawDocument(payload) { Id = id ?? CrawlReader.DigestId(url, text), Url = url, Date = date, RecordType = "row", MediaType = "text/plain", IsText = reason is null, Offset = row, DropReason = reason, Label = label };
                return true;
            }
        }
        catch (ParquetException e)
        {
            throw Unreadable(e);
        }

        _counts.BytesCompressed = new FileInfo(_path).Length;
        return false;
    }

    public override void Dispose()
    {
        CloseGroup();
        _file.Dispose();
    }

    private CrawlFormatException Unreadable(Exception e) =>
        new(CrawlDiagnostics.InputFormat, _path, 0, $"a Parquet file that cannot be read ({Printable.Bytes(Encoding.UTF8.GetBytes(e.Message))})", "a whole Parquet file", e);

    private int Find(string name)
    {
        for (int i = 0; i < _file.FileMetaData.NumColumns; i++)
        {
            ColumnDescriptor column = _file.FileMetaData.Schema.Column(i);
            if (column.Name == name && column.MaxRepetitionLevel == 0 && column.MaxDefinitionLevel <= 1)
            {
                return i;
            }
        }

        return -1;
    }

    private bool NextRow()
    {
        while (_inBatch == _batch)
        {
            if (_groupRows == 0)
            {
                CloseGroup();
                if (_nextGroup == _file.FileMetaData.NumRowGroups)
                {
                    return false;
                }

                _group = _file.RowGroup(_nextGroup++);
                _groupRows = _group.MetaData.NumRows;
                _text = Column(_textColumn) ?? throw new CrawlFormatException(CrawlDiagnostics.TextColumn, _path, 0, $"a column '{_options.TextField}' of {_file.FileMetaData.Schema.Column(_textColumn).PhysicalType}", "one of strings");
                _id = Column(_idColumn);
                _url = Column(_urlColumn);
                _date = Column(_dateColumn);
                _label = Column(_labelColumn);
                continue;
            }

            _batch = (int)Math.Min(_groupRows, BatchRows);
            _inBatch = 0;
            _groupRows -= _batch;
            _text!.Read(_batch);
            _id?.Read(_batch);
            _url?.Read(_batch);
            _date?.Read(_batch);
            _label?.Read(_batch);
        }

        return true;
    }

    private ColumnValues? Column(int index)
    {
        if (index < 0)
        {
            return null;
        }

        LogicalColumnReader reader = _group!.Column(index).LogicalReader();
        return reader switch
        {
            LogicalColumnReader<string?> text => new StringValues(text),
            LogicalColumnReader<byte[]?> bytes => new BinaryValues(bytes),
            _ => Unused(reader),
        };

        static ColumnValues? Unused(LogicalColumnReader reader)
        {
            reader.Dispose();
            return null;
        }
    }

    private void CloseGroup()
    {
        _text?.Dispose();
        _id?.Dispose();
        _url?.Dispose();
        _date?.Dispose();
        _label?.Dispose();
        _group?.Dispose();
        _text = _id = _url = _date = _label = null;
        _group = null;
    }

    private abstract class ColumnValues : IDisposable
    {
        public abstract void Read(int rows);

        public abstract byte[]? Bytes(int row);

        public abstract string? Text(int row);

        public abstract void Dispose();
    }

    private sealed class StringValues(LogicalColumnReader<string?> reader) : ColumnValues
    {
        private readonly string?[] _values = new string?[BatchRows];

        public override void Read(int rows) => reader.ReadBatch(_values, 0, rows);

        public override byte[]? Bytes(int row) => _values[row] is { } text ? Encoding.UTF8.GetBytes(text) : null;

        public override string? Text(int row) => _values[row];

        public override void Dispose() => reader.Dispose();
    }

    private sealed class BinaryValues(LogicalColumnReader<byte[]?> reader) : ColumnValues
    {
        private readonly byte[]?[] _values = new byte[]?[BatchRows];

        public override void Read(int rows) => reader.ReadBatch(_values, 0, rows);

        /// <summary>Bytes that are not UTF-8 get replacement characters: the payload is promised to be text.</summary>
        public override byte[]? Bytes(int row) => _values[row] is { } bytes && !System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes)) : _values[row];

        public override string? Text(int row) => _values[row] is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

        public override void Dispose() => reader.Dispose();
    }
}
