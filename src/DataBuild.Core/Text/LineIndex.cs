namespace DataBuild.Text;

/// <summary>The lines of a document's text, cut at U+000A. A final line feed is followed by one more, empty line. Equal lines have equal numbers.</summary>
public sealed class LineIndex : IDocumentAnalysis
{
    private readonly SpanInterner _types = new();
    private int[] _starts = new int[256];
    private int[] _ids = new int[256];
    private ReadOnlyMemory<char> _text;
    private int _count;

    /// <summary>Number of lines; 1 for an empty text.</summary>
    public int Count => _count;

    /// <summary>Type of each line: index into <see cref="Types"/>. Types are numbered in order of first occurrence.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, _count);

    /// <summary>First character of each line.</summary>
    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, _count);

    /// <summary>The distinct lines, with their counts; lengths in code points are set.</summary>
    public ReadOnlySpan<InternedSpan> Types => _types.Entries;

    /// <summary>The characters of a line, without its line feed.</summary>
    public ReadOnlySpan<char> this[int line] => _text.Span.Slice(_starts[line], _types.Entries[_ids[line]].Length);

    /// <inheritdoc />
    public void Analyze(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        Analyze(document.TextMemory);
    }

    /// <summary>Analyses a text; the memory must stay unchanged while the result is used.</summary>
    public void Analyze(ReadOnlyMemory<char> memory)
    {
        _text = memory;
        _count = 0;
        _types.Clear();
        ReadOnlySpan<char> text = memory.Span;
        int start = 0;
        while (true)
        {
            int length = text[start..].IndexOf('\n');
            bool isLast = length < 0;
            if (isLast)
            {
                length = text.Length - start;
            }

            Add(text, start, length);
            if (isLast)
            {
                return;
            }

            start += length + 1;
        }
    }

    private void Add(ReadOnlySpan<char> text, int start, int length)
    {
        if (_count == _ids.Length)
        {
            Array.Resize(ref _ids, _count * 2);
            Array.Resize(ref _starts, _count * 2);
        }

        int id = _types.Add(text, start, length, out bool isNew);
        if (isNew)
        {
            _types.EntryOf(id).CodePoints = CharacterTable.CountCodePoints(text.Slice(start, length));
        }

        _ids[_count] = id;
        _starts[_count++] = start;
    }
}
