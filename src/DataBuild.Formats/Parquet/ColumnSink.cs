using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ParquetSharp;

namespace DataBuild.Formats.Parquet;

/// <summary>Writes rows of a column as Parquet values with their definition and repetition levels.</summary>
internal abstract class ColumnSink
{
    private short[] _definition = [];
    private short[] _repetition = [];

    public static ColumnSink Create(ColumnType type) => type switch
    {
        ColumnType.Boolean => new Values<bool, bool>(),
        ColumnType.Int32 => new Values<int, int>(),
        ColumnType.Int64 => new Values<long, long>(),
        ColumnType.UInt64 => new Values<ulong, long>(),
        ColumnType.Single => new Values<float, float>(),
        ColumnType.Double => new Values<double, double>(),
        ColumnType.String or ColumnType.Binary => new Strings(),
        ColumnType.Int32List => new Lists<int, int>(),
        ColumnType.UInt64List => new Lists<ulong, long>(),
        ColumnType.SingleList => new Lists<float, float>(),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "unknown column type"),
    };

    /// <summary>Writes a range of rows; returns the uncompressed bytes.</summary>
    public abstract long Write(ColumnWriter writer, Column column, int from, int count);

    /// <summary>The uncompressed bytes of a range of rows.</summary>
    public abstract long Measure(Column column, int from, int count);

    private Span<short> Definition(int count) => Levels(ref _definition, count);

    private Span<short> Repetition(int count) => Levels(ref _repetition, count);

    private static Span<short> Levels(ref short[] levels, int count)
    {
        if (levels.Length < count)
        {
            levels = new short[Math.Max(count, 1024)];
        }

        return levels.AsSpan(0, count);
    }

    private sealed class Values<T, TPhysical> : ColumnSink
        where T : unmanaged
        where TPhysical : unmanaged
    {
        private T[] _present = [];

        public override long Write(ColumnWriter writer, Column column, int from, int count)
        {
            ReadOnlySpan<T> values = ((ValueColumn<T>)column).Values.Slice(from, count);
            Span<short> definition = Definition(count);
            definition.Fill(1);
            if (!column.Validity.IsEmpty)
            {
                _present = _present.Length < count ? new T[Math.Max(count, 256)] : _present;
                int present = 0;
                for (int i = 0; i < count; i++)
                {
                    definition[i] = column.IsNull(from + i) ? (short)0 : (short)1;
                    _present[present] = values[i];
                    present += definition[i];
                }

                values = _present.AsSpan(0, present);
            }

            ((ColumnWriter<TPhysical>)writer).WriteBatch(count, definition, default, MemoryMarshal.Cast<T, TPhysical>(values));
            return Measure(column, from, count);
        }

        public override long Measure(Column column, int from, int count) => (long)count * Unsafe.SizeOf<T>();
    }

    private sealed class Strings : ColumnSink
    {
        private ByteArray[] _values = [];

        public override long Write(ColumnWriter writer, Column column, int from, int count)
        {
            var strings = (StringColumn)column;
            ReadOnlySpan<int> offsets = strings.Offsets;
            Span<short> definition = Definition(count);
            _values = _values.Length < count ? new ByteArray[Math.Max(count, 256)] : _values;
            using MemoryHandle pin = strings.ByteMemory.Pin();
            int present = 0;
            for (int i = 0; i < count; i++)
            {
                bool isNull = column.IsNull(from + i);
                definition[i] = isNull ? (short)0 : (short)1;
                if (!isNull)
                {
                    int start = offsets[from + i];
                    _values[present++] = new ByteArray(Address(pin) + start, offsets[from + i + 1] - start);
                }
            }

            ((ColumnWriter<ByteArray>)writer).WriteBatch(count, definition, default, _values.AsSpan(0, present));
            return Measure(column, from, count);
        }

        public override long Measure(Column column, int from, int count)
        {
            ReadOnlySpan<int> offsets = ((StringColumn)column).Offsets;
            return offsets[from + count] - offsets[from] + (4L * count);
        }

        private static unsafe nint Address(in MemoryHandle pin) => (nint)pin.Pointer;
    }

    private sealed class Lists<T, TPhysical> : ColumnSink
        where T : unmanaged
        where TPhysical : unmanaged
    {
        private T[] _elements = [];

        public override long Write(ColumnWriter writer, Column column, int from, int count)
        {
            var lists = (ListColumn<T>)column;
            ReadOnlySpan<int> offsets = lists.Offsets;
            int most = offsets[from + count] - offsets[from];
            Span<short> definition = Definition(most + count);
            Span<short> repetition = Repetition(most + count);
            _elements = _elements.Length < most ? new T[Math.Max(most, 1024)] : _elements;
            int levels = 0;
            int elements = 0;
            for (int row = from; row < from + count; row++)
            {
                ReadOnlySpan<T> list = column.IsNull(row) ? default : lists[row];
                if (list.IsEmpty)
                {
                    // Level 0: no list; 1: a list without elements; 2: an element.
                    definition[levels] = column.IsNull(row) ? (short)0 : (short)1;
                    repetition[levels++] = 0;
                    continue;
                }

                definition.Slice(levels, list.Length).Fill(2);
                repetition.Slice(levels, list.Length).Fill(1);
                repetition[levels] = 0;
                levels += list.Length;
                list.CopyTo(_elements.AsSpan(elements));
                elements += list.Length;
            }

            ((ColumnWriter<TPhysical>)writer).WriteBatch(levels, definition[..levels], repetition[..levels], MemoryMarshal.Cast<T, TPhysical>(_elements.AsSpan(0, elements)));
            return Measure(column, from, count);
        }

        public override long Measure(Column column, int from, int count)
        {
            var lists = (ListColumn<T>)column;
            long elements = 0;
            for (int row = from; row < from + count; row++)
            {
                elements += column.IsNull(row) ? 0 : lists[row].Length;
            }

            return (elements * Unsafe.SizeOf<T>()) + (4L * count);
        }
    }
}
