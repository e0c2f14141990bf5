using System.Buffers;

namespace DataBuild;

/// <summary>A growing UTF-16 buffer that is reused for document after document.</summary>
public sealed class TextBuilder : IBufferWriter<char>
{
    private char[] _buffer = new char[4096];
    private int _length;

    /// <summary>Characters written.</summary>
    public int Length => _length;

    /// <summary>What has been written.</summary>
    public ReadOnlySpan<char> Span => _buffer.AsSpan(0, _length);

    /// <summary>What has been written; valid until the next change.</summary>
    public ReadOnlyMemory<char> Memory => _buffer.AsMemory(0, _length);

    /// <summary>Empties the buffer.</summary>
    public void Clear() => _length = 0;

    /// <summary>Shortens the buffer to its first characters.</summary>
    public void Truncate(int length) => _length = Math.Min(_length, length);

    /// <summary>Appends text.</summary>
    public TextBuilder Append(ReadOnlySpan<char> text)
    {
        Grow(text.Length);
        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
        return this;
    }

    /// <summary>Appends a character.</summary>
    public TextBuilder Append(char character)
    {
        Grow(1);
        _buffer[_length++] = character;
        return this;
    }

    /// <inheritdoc />
    public void Advance(int count) => _length += count;

    /// <inheritdoc />
    public Memory<char> GetMemory(int sizeHint = 0)
    {
        Grow(Math.Max(1, sizeHint));
        return _buffer.AsMemory(_length);
    }

    /// <inheritdoc />
    public Span<char> GetSpan(int sizeHint = 0)
    {
        Grow(Math.Max(1, sizeHint));
        return _buffer.AsSpan(_length);
    }

    /// <inheritdoc />
    public override string ToString() => Span.ToString();

    private void Grow(int count)
    {
        if (_length + count > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        }
    }
}
