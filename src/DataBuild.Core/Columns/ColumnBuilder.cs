using System.Runtime.InteropServices;
using System.Text;

namespace DataBuild;

/// <summary>Collects the values of a column, row by row.</summary>
public abstract class ColumnBuilder
{
    private byte[] _validity = [];
    private bool _hasNulls;

    /// <summary>Type of the values.</summary>
    public abstract ColumnType Type { get; }

    /// <summary>Rows appended so far.</summary>
    public int Length { get; private set; }

    /// <summary>Appends a row without a value.</summary>
    public void AppendNull()
    {
        AppendEmpty();
        EnsureValidity();
        _hasNulls = true;
        _validity[Length >> 3] &= (byte)~(1 << (Length & 7));
        Length++;
    }

    /// <summary>The column of all rows appended since the last call; the builder starts anew.</summary>
    public Column Build()
    {
        ReadOnlyMemory<byte> validity = _hasNulls ? _validity.AsMemory(0, (Length + 7) / 8) : default;
        if (_hasNulls && (Length & 7) != 0)
        {
            _validity[Length >> 3] &= (byte)((1 << (Length & 7)) - 1);
        }

        Column column = BuildColumn(Length, validity);
        Length = 0;
        _hasNulls = false;
        _validity = [];
        return column;
    }

    /// <summary>Marks the row just written as present.</summary>
    protected void RowAppended()
    {
        if (_hasNulls)
        {
            EnsureValidity();
        }

        Length++;
    }

    /// <summary>Appends the default value that stands for a missing one.</summary>
    protected abstract void AppendEmpty();

    /// <summary>Makes the column and clears the values.</summary>
    protected abstract Column BuildColumn(int length, ReadOnlyMemory<byte> validity);

    private void EnsureValidity()
    {
        int needed = (Length >> 3) + 1;
        if (_validity.Length < needed)
        {
            int old = _validity.Length;
            Array.Resize(ref _validity, Math.Max(needed, Math.Max(64, old * 2)));
            _validity.AsSpan(old).Fill(0xFF);
        }
    }
}

/// <summary>Collects fixed-size values.</summary>
/// <typeparam name="T">Type of a value.</typeparam>
public sealed class ValueColumnBuilder<T> : ColumnBuilder where T : unmanaged
{
    private readonly GrowingBytes _values = new();

    /// <inheritdoc />
    public override ColumnType Type { get; } = ColumnTypes.OfValue<T>();

    /// <summary>Appends a value.</summary>
    public void Append(T value)
    {
        _values.Write(value);
        RowAppended();
    }

    /// <summary>Appends a value, or a row without one.</summary>
    public void Append(T? value)
    {
        if (value is T present)
        {
            Append(present);
        }
        else
        {
            AppendNull();
        }
    }

    /// <inheritdoc />
    protected override void AppendEmpty() => _values.Write(default(T));

    /// <inheritdoc />
    protected override Column BuildColumn(int length, ReadOnlyMemory<byte> validity) => new ValueColumn<T>(length, _values.Take(), validity);
}

/// <summary>Collects strings as UTF-8, or byte strings.</summary>
public sealed class StringColumnBuilder : ColumnBuilder
{
    private readonly GrowingBytes _bytes = new();
    private readonly GrowingBytes _offsets = new();

    /// <summary>Creates a builder of strings or, with <see cref="ColumnType.Binary"/>, of byte strings.</summary>
    public StringColumnBuilder(ColumnType type = ColumnType.String) => Type = type;

    /// <inheritdoc />
    public override ColumnType Type { get; }

    /// <summary>Bytes appended so far; a batch of more than 2^31 - 1 bytes cannot be built.</summary>
    public long ByteLength => _bytes.Count;

    /// <summary>Appends UTF-8 (or any) bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        WriteOffset();
        _bytes.Write(bytes);
        RowAppended();
    }

    /// <summary>Appends UTF-16 text; a lone surrogate becomes U+FFFD.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        WriteOffset();
        _bytes.Advance(Encoding.UTF8.GetBytes(text, _bytes.Room(Encoding.UTF8.GetMaxByteCount(text.Length))));
        RowAppended();
    }

    /// <summary>Appends a string, or a row without a value for null.</summary>
    public void Append(string? text)
    {
        if (text is null)
        {
            AppendNull();
        }
        else
        {
            Append(text.AsSpan());
        }
    }

    /// <inheritdoc />
    protected override void AppendEmpty() => WriteOffset();

    /// <inheritdoc />
    protected override Column BuildColumn(int length, ReadOnlyMemory<byte> validity)
    {
        WriteOffset();
        return new StringColumn(length, _offsets.Take(), _bytes.Take(), validity, Type);
    }

    private void WriteOffset() => _offsets.Write(_bytes.Count);
}

/// <summary>Collects lists of fixed-size values.</summary>
/// <typeparam name="T">Type of an element.</typeparam>
public sealed class ListColumnBuilder<T> : ColumnBuilder where T : unmanaged
{
    private readonly GrowingBytes _values = new();
    private readonly GrowingBytes _offsets = new();
    private int _elements;

    /// <inheritdoc />
    public override ColumnType Type { get; } = ColumnTypes.OfList<T>();

    /// <summary>Appends a list.</summary>
    public void Append(ReadOnlySpan<T> elements)
    {
        WriteOffset();
        _values.Write(MemoryMarshal.AsBytes(elements));
        _elements += elements.Length;
        RowAppended();
    }

    /// <inheritdoc />
    protected override void AppendEmpty() => WriteOffset();

    /// <inheritdoc />
    protected override Column BuildColumn(int length, ReadOnlyMemory<byte> validity)
    {
        WriteOffset();
        _elements = 0;
        return new ListColumn<T>(length, _offsets.Take(), _values.Take(), validity);
    }

    private void WriteOffset() => _offsets.Write(_elements);
}
