using System.Buffers.Text;
using System.Text;

namespace DataBuild.Stages.Extract.Render;

/// <summary>A growing UTF-8 buffer, reused from page to page.</summary>
internal sealed class Utf8Writer
{
    private byte[] _buffer = new byte[16 * 1024];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What is written.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>The last byte written; 0 at the start.</summary>
    public byte Last => Length == 0 ? (byte)0 : _buffer[Length - 1];

    /// <summary>Empties the buffer; one that a very large page made is let go.</summary>
    public void Clear()
    {
        Length = 0;
        if (_buffer.Length > 4 * 1024 * 1024)
        {
            _buffer = new byte[16 * 1024];
        }
    }

    /// <summary>Cuts back to an earlier length.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>Takes spaces and line ends off the end, not below <paramref name="floor"/>.</summary>
    public void TrimEnd(int floor = 0)
    {
        while (Length > floor && _buffer[Length - 1] is (byte)' ' or (byte)'\n' or (byte)'\t' && Length > floor)
        {
            Length--;
        }
    }

    /// <summary>Writes a byte.</summary>
    public void Write(byte b)
    {
        if (Length == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        _buffer[Length++] = b;
    }

    /// <summary>Writes bytes.</summary>
    public void Write(ReadOnlySpan<byte> text)
    {
        Reserve(text.Length);
        text.CopyTo(_buffer.AsSpan(Length));
        Length += text.Length;
    }

    /// <summary>Writes a string.</summary>
    public void Write(string text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        Length += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(Length));
    }

    /// <summary>Writes a byte several times.</summary>
    public void Repeat(byte b, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Write(b);
        }
    }

    /// <summary>Writes a number.</summary>
    public void Write(int number)
    {
        Reserve(12);
        Utf8Formatter.TryFormat(number, _buffer.AsSpan(Length), out int n);
        Length += n;
    }

    /// <inheritdoc/>
    public override string ToString() => Encoding.UTF8.GetString(Written);

    private void Reserve(int bytes)
    {
        if (Length + bytes > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + bytes));
        }
    }
}
