using System.Runtime.InteropServices;

namespace DataBuild.Engine.Columns;

/// <summary>Copies single rows from columns to builders.</summary>
internal static class ColumnCopy
{
    public static void AppendRow(ColumnBuilder builder, Column column, int row)
    {
        if (column.IsNull(row))
        {
            builder.AppendNull();
            return;
        }

        switch (builder)
        {
            case ValueColumnBuilder<bool> values:
                values.Append(((ValueColumn<bool>)column)[row]);
                break;
            case ValueColumnBuilder<int> values:
                values.Append(((ValueColumn<int>)column)[row]);
                break;
            case ValueColumnBuilder<long> values:
                values.Append(((ValueColumn<long>)column)[row]);
                break;
            case ValueColumnBuilder<ulong> values:
                values.Append(((ValueColumn<ulong>)column)[row]);
                break;
            case ValueColumnBuilder<float> values:
                values.Append(((ValueColumn<float>)column)[row]);
                break;
            case ValueColumnBuilder<double> values:
                values.Append(((ValueColumn<double>)column)[row]);
                break;
            case StringColumnBuilder strings:
                strings.Append(((StringColumn)column)[row]);
                break;
            case ListColumnBuilder<int> lists:
                lists.Append(((ListColumn<int>)column)[row]);
                break;
            case ListColumnBuilder<ulong> lists:
                lists.Append(((ListColumn<ulong>)column)[row]);
                break;
            case ListColumnBuilder<float> lists:
                lists.Append(((ListColumn<float>)column)[row]);
                break;
            default:
                throw new ArgumentException($"no copy for {builder.GetType()}");
        }
    }

    /// <summary>The column of some rows; the column itself when they are all of them.</summary>
    public static Column Select(Column column, ReadOnlySpan<int> rows)
    {
        if (rows.Length == column.Length)
        {
            return column;
        }

        if (column is StringColumn strings)
        {
            return SelectStrings(strings, rows);
        }

        ColumnBuilder builder = ColumnTypes.CreateBuilder(column.Type);
        foreach (int row in rows)
        {
            AppendRow(builder, column, row);
        }

        return builder.Build();
    }

    // Most of a dataset is text: its bytes are copied once, into as many as they are.
    private static StringColumn SelectStrings(StringColumn column, ReadOnlySpan<int> rows)
    {
        byte[] offsetBytes = new byte[(rows.Length + 1) * sizeof(int)];
        Span<int> offsets = MemoryMarshal.Cast<byte, int>(offsetBytes.AsSpan());
        byte[] validity = column.Validity.IsEmpty ? [] : new byte[(rows.Length + 7) / 8];
        int length = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            bool isNull = column.IsNull(rows[i]);
            length = checked(length + (isNull ? 0 : column[rows[i]].Length));
            offsets[i + 1] = length;
            if (validity.Length > 0 && !isNull)
            {
                validity[i / 8] |= (byte)(1 << (i % 8));
            }
        }

        byte[] bytes = GC.AllocateUninitializedArray<byte>(length);
        for (int i = 0; i < rows.Length; i++)
        {
            int size = offsets[i + 1] - offsets[i];
            if (size > 0)
            {
                column[rows[i]].CopyTo(bytes.AsSpan(offsets[i], size));
            }
        }

        return new StringColumn(rows.Length, offsetBytes, bytes, validity, column.Type);
    }

    /// <summary>A column of the type whose rows are all empty: stands for one that is not read.</summary>
    public static Column Empty(ColumnType type, int rows)
    {
        ColumnBuilder builder = ColumnTypes.CreateBuilder(type);
        for (int i = 0; i < rows; i++)
        {
            builder.AppendNull();
        }

        return builder.Build();
    }
}
