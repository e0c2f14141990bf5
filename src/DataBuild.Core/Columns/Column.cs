using System.Runtime.InteropServices;
using System.Text;

namespace DataBuild;

/// <summary>The values of one column for a batch of documents, in Arrow's memory layout. Immutable.</summary>
public abstract class Column
{
    private readonly ReadOnlyMemory<byte> _validity;

    /// <summary>Creates a column.</summary>
    /// <param name="type">Type of the values.</param>
    /// <param name="length">Number of rows.</param>
    /// <param name="validity">One bit a row, least significant first, 1 = present; empty when every row is present.</param>
    protected Column(ColumnType type, int length, ReadOnlyMemory<byte> validity)
    {
        Type = type;
        Length = length;
        _validity = validity;
    }

    /// <summary>Type of the values.</summary>
    public ColumnType Type { get; }

    /// <summary>Number of rows.</summary>
    public int Length { get; }

    /// <summary>Validity bits, one a row, least significant first; empty when every row has a value.</summary>
    public ReadOnlySpan<byte> Validity => _validity.Span;

    /// <summary>Validity bits as memory; see <see cref="Validity"/>.</summary>
    public ReadOnlyMemory<byte> ValidityMemory => _validity;

    /// <summary>True when the row has no value.</summary>
    public bool IsNull(int row) => !_validity.IsEmpty && (_validity.Span[row >> 3] >> (row & 7) & 1) == 0;

    /// <summary>The value of a row as text for reports, in the invariant culture; null when the row has none.</summary>
    public abstract string? Format(int row);
}

/// <summary>A column of fixed-size values: <c>bool</c>, <c>int</c>, <c>long</c>, <c>ulong</c>, <c>float</c> or <c>double</c>.</summary>
/// <typeparam name="T">Type of a value.</typeparam>
public sealed class ValueColumn<T> : Column where T : unmanaged
{
    private readonly ReadOnlyMemory<byte> _values;

    /// <summary>Creates a column over raw little-endian values.</summary>
    public ValueColumn(int length, ReadOnlyMemory<byte> values, ReadOnlyMemory<byte> validity = default)
        : base(ColumnTypes.OfValue<T>(), length, validity) => _values = values;

    /// <summary>The values; rows without a value hold the type's default.</summary>
    public ReadOnlySpan<T> Values => MemoryMarshal.Cast<byte, T>(_values.Span)[..Length];

    /// <summary>The raw bytes of the values.</summary>
    public ReadOnlyMemory<byte> ValueMemory => _values;

    /// <summary>Value of a row.</summary>
    public T this[int row] => MemoryMarshal.Cast<byte, T>(_values.Span)[row];

    /// <inheritdoc />
    public override string? Format(int row) =>
        IsNull(row) ? null : Convert.ToString(this[row], System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A column of UTF-8 strings or of byte strings.</summary>
public sealed class StringColumn : Column
{
    private readonly ReadOnlyMemory<byte> _offsets;
    private readonly ReadOnlyMemory<byte> _bytes;

    /// <summary>Creates a column from Arrow's layout: length + 1 little-endian 32-bit offsets, and the bytes they point into.</summary>
    public StringColumn(int length, ReadOnlyMemory<byte> offsets, ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> validity = default, ColumnType type = ColumnType.String)
        : base(type, length, validity)
    {
        _offsets = offsets;
        _bytes = bytes;
    }

    /// <summary>Offsets of the rows into <see cref="ByteMemory"/>; one more than there are rows.</summary>
    public ReadOnlySpan<int> Offsets => MemoryMarshal.Cast<byte, int>(_offsets.Span)[..(Length + 1)];

    /// <summary>The offsets as raw memory.</summary>
    public ReadOnlyMemory<byte> OffsetMemory => _offsets;

    /// <summary>The bytes of all rows.</summary>
    public ReadOnlyMemory<byte> ByteMemory => _bytes;

    /// <summary>The bytes of a row; empty when the row has no value.</summary>
    public ReadOnlySpan<byte> this[int row]
    {
        get
        {
            ReadOnlySpan<int> offsets = Offsets;
            return _bytes.Span[offsets[row]..offsets[row + 1]];
        }
    }

    /// <summary>The bytes of a row as memory.</summary>
    public ReadOnlyMemory<byte> GetMemory(int row)
    {
        ReadOnlySpan<int> offsets = Offsets;
        return _bytes[offsets[row]..offsets[row + 1]];
    }

    /// <summary>The row as a string; null when the row has no value.</summary>
    public string? GetString(int row) => IsNull(row) ? null : Encoding.UTF8.GetString(this[row]);

    /// <inheritdoc />
    public override string? Format(int row) => Type == ColumnType.Binary
        ? IsNull(row) ? null : Convert.ToHexStringLower(this[row])
        : GetString(row);
}

/// <summary>A column of lists of fixed-size values: token ids, signatures, embeddings.</summary>
/// <typeparam name="T">Type of a list element: <c>int</c>, <c>ulong</c> or <c>float</c>.</typeparam>
public sealed class ListColumn<T> : Column where T : unmanaged
{
    private readonly ReadOnlyMemory<byte> _offsets;
    private readonly ReadOnlyMemory<byte> _values;

    /// <summary>Creates a column from Arrow's layout: length + 1 little-endian 32-bit element offsets, and the elements.</summary>
    public ListColumn(int length, ReadOnlyMemory<byte> offsets, ReadOnlyMemory<byte> values, ReadOnlyMemory<byte> validity = default)
        : base(ColumnTypes.OfList<T>(), length, validity)
    {
        _offsets = offsets;
        _values = values;
    }

    /// <summary>Offsets of the rows, in elements; one more than there are rows.</summary>
    public ReadOnlySpan<int> Offsets => MemoryMarshal.Cast<byte, int>(_offsets.Span)[..(Length + 1)];

    /// <summary>The offsets as raw memory.</summary>
    public ReadOnlyMemory<byte> OffsetMemory => _offsets;

    /// <summary>The raw bytes of all elements.</summary>
    public ReadOnlyMemory<byte> ValueMemory => _values;

    /// <summary>The elements of a row; empty when the row has no value.</summary>
    public ReadOnlySpan<T> this[int row]
    {
        get
        {
            ReadOnlySpan<int> offsets = Offsets;
            return MemoryMarshal.Cast<byte, T>(_values.Span)[offsets[row]..offsets[row + 1]];
        }
    }

    /// <inheritdoc />
    public override string? Format(int row)
    {
        if (IsNull(row))
        {
            return null;
        }

        StringBuilder text = new("[");
        foreach (T value in this[row])
        {
            _ = text.Length > 1 ? text.Append(',') : text;
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{value}");
        }

        return text.Append(']').ToString();
    }
}
