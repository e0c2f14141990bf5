using System.Buffers;
using System.Text;

namespace DataBuild;

/// <summary>
/// One document: a row of its shard. The object is a view that is moved from row to row; nothing taken from it
/// (spans, analyses) may be kept after the stage's method returns. One thread uses it at a time.
/// </summary>
public sealed class Document
{
    private static int _analysisTypes;

    private DocumentBatch _batch = new(0, []);
    private StringColumn? _textColumn;
    private int _row;
    private char[] _textBuffer = [];
    private int _textLength = -1;
    private ReadOnlyMemory<byte> _payload;
    private IDocumentAnalysis?[] _analyses = new IDocumentAnalysis?[8];
    private long[] _analysisVersions = new long[8];
    private long _version;
    private TextBuilder? _textBuilder;

    /// <summary>Stable identity: the WARC-Record-ID's UUID, or a digest of address and content where the input has no id.</summary>
    public string Id => GetString("id") ?? "";

    /// <summary>Address; empty when the input has none.</summary>
    public string Url => GetString("url") ?? "";

    /// <summary>When it was fetched, ISO 8601; null when the input does not say.</summary>
    public string? Date => GetString("date");

    /// <summary>The text as UTF-16; empty when the document has none. Valid until the stage returns.</summary>
    public ReadOnlySpan<char> Text
    {
        get
        {
            DecodeText();
            return _textBuffer.AsSpan(0, _textLength);
        }
    }

    /// <summary>The text as UTF-16 memory; see <see cref="Text"/>.</summary>
    public ReadOnlyMemory<char> TextMemory
    {
        get
        {
            DecodeText();
            return _textBuffer.AsMemory(0, _textLength);
        }
    }

    /// <summary>The text as stored: valid UTF-8.</summary>
    public ReadOnlySpan<byte> TextUtf8 => _textColumn is null ? default : _textColumn[_row];

    /// <summary>True when the document has a text (extraction found none otherwise).</summary>
    public bool HasText => _textColumn is not null && !_textColumn.IsNull(_row);

    /// <summary>The bytes as fetched, after transfer and content decoding. Only payload stages, which stand first, see them.</summary>
    public ReadOnlySpan<byte> Payload => _payload.Span;

    /// <summary>Media type as declared, lower case, without parameters (<c>text/html</c>); null when unknown. Payload stages only.</summary>
    public string? MediaType { get; private set; }

    /// <summary>The charset that HTTP declared; null when it did not. Payload stages only.</summary>
    public string? HttpCharset { get; private set; }

    /// <summary>The batch that the document stands in.</summary>
    public DocumentBatch Batch => _batch;

    /// <summary>Row of the document in its batch.</summary>
    public int Row => _row;

    /// <summary>A document of its own, for tests of stages.</summary>
    /// <param name="text">Text.</param>
    /// <param name="url">Address.</param>
    /// <param name="id">Identity.</param>
    /// <param name="columns">Further columns, one row each.</param>
    public static Document Create(string text, string url = "", string id = "", params ReadOnlySpan<(string Name, Column Column)> columns)
    {
        Dictionary<string, Column> all = new(StringComparer.Ordinal)
        {
            ["id"] = One(id),
            ["url"] = One(url),
            ["text"] = One(text),
        };
        foreach ((string name, Column column) in columns)
        {
            all[name] = column;
        }

        Document document = new();
        document.MoveTo(new DocumentBatch(1, all), 0);
        return document;

        static Column One(string value)
        {
            StringColumnBuilder builder = new();
            builder.Append(value);
            return builder.Build();
        }
    }

    /// <summary>Moves the view to a row of a batch.</summary>
    public void MoveTo(DocumentBatch batch, int row)
    {
        if (!ReferenceEquals(batch, _batch))
        {
            _batch = batch;
            _textColumn = batch.Find("text") as StringColumn;
        }

        _row = row;
        _textLength = -1;
        _version++;
    }

    /// <summary>Gives the view the bytes of the record that the row stands for.</summary>
    /// <param name="payload">Bytes after decoding; only borrowed.</param>
    /// <param name="mediaType">Declared media type.</param>
    /// <param name="httpCharset">Charset declared by HTTP.</param>
    public void SetPayload(ReadOnlyMemory<byte> payload, string? mediaType, string? httpCharset)
    {
        _payload = payload;
        MediaType = mediaType;
        HttpCharset = httpCharset;
    }

    /// <summary>A string column's value, or null when the row has none or there is no such column.</summary>
    public string? GetString(string column) => (_batch.Find(column) as StringColumn)?.GetString(_row);

    /// <summary>A value column's value, or null when the row has none.</summary>
    /// <exception cref="KeyNotFoundException">There is no such column.</exception>
    public T? Get<T>(string column) where T : unmanaged =>
        _batch[column] is ValueColumn<T> values
            ? values.IsNull(_row) ? null : values[_row]
            : throw new InvalidCastException($"column '{column}' holds {_batch[column].Type}, not {typeof(T).Name}");

    /// <summary>The elements of a list column's row.</summary>
    /// <exception cref="KeyNotFoundException">There is no such column.</exception>
    public ReadOnlySpan<T> GetList<T>(string column) where T : unmanaged => ((ListColumn<T>)_batch[column])[_row];

    /// <summary>The analysis of that type for the current text, computed on first use and shared by all stages of a pass.</summary>
    public T Analyze<T>() where T : class, IDocumentAnalysis, new()
    {
        int slot = AnalysisSlot<T>.Index;
        if (slot >= _analyses.Length)
        {
            Array.Resize(ref _analyses, slot + 8);
            Array.Resize(ref _analysisVersions, slot + 8);
        }

        T analysis = (T)(_analyses[slot] ??= new T());
        if (_analysisVersions[slot] != _version)
        {
            analysis.Analyze(this);
            _analysisVersions[slot] = _version;
        }

        return analysis;
    }

    /// <summary>An empty text buffer for the text that a stage makes; reused by the next call.</summary>
    public TextBuilder RentTextBuilder()
    {
        _textBuilder ??= new TextBuilder();
        _textBuilder.Clear();
        return _textBuilder;
    }

    private void DecodeText()
    {
        if (_textLength >= 0)
        {
            return;
        }

        ReadOnlySpan<byte> utf8 = TextUtf8;
        if (_textBuffer.Length < utf8.Length)
        {
            if (_textBuffer.Length > 0)
            {
                ArrayPool<char>.Shared.Return(_textBuffer);
            }

            _textBuffer = ArrayPool<char>.Shared.Rent(Math.Max(4096, utf8.Length));
        }

        _textLength = Encoding.UTF8.GetChars(utf8, _textBuffer);
    }

    private static class AnalysisSlot<T>
    {
        public static readonly int Index = Interlocked.Increment(ref _analysisTypes) - 1;
    }
}
