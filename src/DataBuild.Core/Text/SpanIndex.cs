namespace DataBuild.Text;

/// <summary>Spans of a document's text, each with the number of its type, so that equal spans are told by comparing integers.</summary>
public abstract class SpanIndex : IDocumentAnalysis
{
    private readonly SpanInterner _types = new();
    private int[] _ids = new int[256];
    private int[] _starts = new int[256];
    private ReadOnlyMemory<char> _text;
    private int _count;

    /// <summary>Number of spans.</summary>
    public int Count => _count;

    /// <summary>Type of each span: index into <see cref="Types"/>. Types are numbered in order of first occurrence.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, _count);

    /// <summary>First character of each span.</summary>
    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, _count);

    /// <summary>The distinct spans, with their counts.</summary>
    public ReadOnlySpan<InternedSpan> Types => _types.Entries;

    /// <summary>The characters of a span.</summary>
    public ReadOnlySpan<char> this[int span] => _text.Span.Slice(_starts[span], _types.Entries[_ids[span]].Length);

    /// <summary>The characters of a type.</summary>
    public ReadOnlySpan<char> TextOf(int type)
    {
        InternedSpan entry = _types.Entries[type];
        return _text.Span.Slice(entry.Start, entry.Length);
    }

    /// <inheritdoc />
    public void Analyze(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        Analyze(document.TextMemory);
    }

    /// <summary>Analyses a text; the memory must stay unchanged while the result is used.</summary>
    public void Analyze(ReadOnlyMemory<char> text)
    {
        _text = text;
        _count = 0;
        _types.Clear();
        Segment(text.Span);
    }

    /// <summary>Cuts the text and calls <see cref="Add"/> for every span, in order.</summary>
    protected abstract void Segment(ReadOnlySpan<char> text);

    /// <summary>Adds a span.</summary>
    protected void Add(ReadOnlySpan<char> text, int start, int length)
    {
        int id = _types.Add(text, start, length, out bool isNew);
        if (isNew)
        {
            Describe(text.Slice(start, length), ref _types.EntryOf(id));
        }

        if (_count == _ids.Length)
        {
            Array.Resize(ref _ids, _count * 2);
            Array.Resize(ref _starts, _count * 2);
        }

        _ids[_count] = id;
        _starts[_count++] = start;
    }

    /// <summary>Tells of a distinct span what its owner asks; called at its first occurrence.</summary>
    protected abstract void Describe(ReadOnlySpan<char> span, ref InternedSpan entry);
}
