namespace DataBuild.Stages.Tokenize.Normalizing;

/// <summary>
/// UTF-8 text on its way through normalisers; where asked, every byte knows the bytes of the input that it came from.
/// Reused from text to text. Not thread-safe.
/// </summary>
internal sealed class NormalizedText
{
    private byte[] _bytes = new byte[256];
    private int[] _starts = [];
    private int[] _ends = [];

    /// <summary>Length in bytes.</summary>
    public int Length { get; private set; }

    /// <summary>Whether bytes know their origin.</summary>
    public bool Tracks { get; private set; }

    /// <summary>The text.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>Empties the text.</summary>
    public void Clear(bool tracks)
    {
        Length = 0;
        Tracks = tracks;
    }

    /// <summary>Replaces the text with a part of the input.</summary>
    /// <param name="text">The part.</param>
    /// <param name="origin">Where in the input it starts, in bytes.</param>
    /// <param name="tracks">Whether bytes are to know their origin.</param>
    public void Load(ReadOnlySpan<byte> text, int origin, bool tracks)
    {
        Clear(tracks);
        Grow(text.Length);
        text.CopyTo(_bytes);
        Length = text.Length;
        for (int i = 0; tracks && i < text.Length; i++)
        {
            _starts[i] = origin + i;
            _ends[i] = origin + i + 1;
        }
    }

    /// <summary>Appends text that stands for a part of another text; for an empty part, what stands before it.</summary>
    public void Append(ReadOnlySpan<byte> content, NormalizedText source, int from, int to)
    {
        Grow(content.Length);
        content.CopyTo(_bytes.AsSpan(Length));
        if (Tracks)
        {
            (int start, int end) = source.Origin(from, to);
            _starts.AsSpan(Length, content.Length).Fill(start);
            _ends.AsSpan(Length, content.Length).Fill(end);
        }

        Length += content.Length;
    }

    /// <summary>Appends a part of another text as it is.</summary>
    public void AppendUnchanged(NormalizedText source, int from, int to)
    {
        int count = to - from;
        Grow(count);
        source._bytes.AsSpan(from, count).CopyTo(_bytes.AsSpan(Length));
        if (Tracks)
        {
            source._starts.AsSpan(from, count).CopyTo(_starts.AsSpan(Length));
            source._ends.AsSpan(from, count).CopyTo(_ends.AsSpan(Length));
        }

        Length += count;
    }

    /// <summary>The bytes of the input that a part came from.</summary>
    public (int Start, int End) Origin(int from, int to)
    {
        if (from < to)
        {
            return (_starts[from], _ends[to - 1]);
        }

        int at = from < Length ? _starts[from] : Length > 0 ? _ends[Length - 1] : 0;
        return (at, at);
    }

    private void Grow(int count)
    {
        int needed = checked(Length + count);
        if (_bytes.Length < needed)
        {
            Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
        }

        if (Tracks && _starts.Length < _bytes.Length)
        {
            Array.Resize(ref _starts, _bytes.Length);
            Array.Resize(ref _ends, _bytes.Length);
        }
    }
}
