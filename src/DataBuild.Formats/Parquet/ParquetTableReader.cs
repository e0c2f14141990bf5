using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using DataBuild.Formats.Arrow;
using ParquetSharp;
using ParquetSharp.Arrow;

namespace DataBuild.Formats.Parquet;

/// <summary>Reads columns of a Parquet file through Arrow, in batches: memory is bounded by a batch and the pages that it touches.</summary>
public sealed class ParquetTableReader : TableReader
{
    private readonly string _path;
    private readonly IReadOnlyList<ColumnSchema> _columns;
    private readonly ReaderProperties _properties;
    private readonly ArrowReaderProperties _arrowProperties;
    private readonly FileReader _file;
    private readonly IArrowArrayStream _batches;
    private readonly int[] _fields;
    private RecordBatch? _current;

    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidDataException">It is no Parquet file, damaged, or lacks one of the columns.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public ParquetTableReader(string path, IReadOnlyList<ColumnSchema> columns)
    {
        // The library's own message for a file that is not there names no system error.
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"'{path}' does not exist", path);
        }

        _path = path;
        _columns = columns;
        _properties = ReaderProperties.GetDefaultReaderProperties();
        _arrowProperties = ArrowReaderProperties.GetDefault();
        _arrowProperties.BatchSize = BatchRows;
        _arrowProperties.PreBuffer = false;
        try
        {
            _file = new FileReader(path, _properties, _arrowProperties);
            _fields = FindFields(_file.Schema);
            _batches = _file.GetRecordBatchReader(null, LeavesOf(_file, _fields));
        }
        catch (ParquetException exception)
        {
            Dispose(disposing: true);
            throw Damaged(exception);
        }
        catch (InvalidDataException)
        {
            Dispose(disposing: true);
            throw;
        }
    }

    /// <inheritdoc />
    public override Column[]? ReadBatch()
    {
        _current?.Dispose();
        try
        {
            _current = _batches.ReadNextRecordBatchAsync().AsTask().GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is ParquetException or IOException or InvalidOperationException)
        {
            throw Damaged(exception);
        }

        if (_current is null)
        {
            return null;
        }

        Column[] columns = new Column[_columns.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = ArrowColumns.FromArrow(_current.Column(_columns[i].Name), _columns[i].Type);
            if (columns[i] is StringColumn { Type: ColumnType.Binary } bytes)
            {
                // A row hands its bytes out as memory, which must outlive the batch.
                columns[i] = new StringColumn(bytes.Length, bytes.OffsetMemory.ToArray(), bytes.ByteMemory.ToArray(), bytes.ValidityMemory.ToArray(), ColumnType.Binary);
            }
        }

        return columns;
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        _current?.Dispose();
        _batches?.Dispose();
        _file?.Dispose();
        _arrowProperties.Dispose();
        _properties.Dispose();
    }

    private int[] FindFields(Schema schema) => [.. _columns.Select(column =>
    {
        int index = schema.GetFieldIndex(column.Name);
        if (index < 0)
        {
            throw new InvalidDataException($"'{_path}' holds the columns {string.Join(", ", schema.FieldsList.Select(f => f.Name))}; expected a column '{column.Name}' of {column.Type}");
        }

        IArrowType found = schema.GetFieldByIndex(index).DataType;
        return Fits(found, column.Type) ? index : throw new InvalidDataException($"the column '{column.Name}' of '{_path}' is of {found.Name}; expected {column.Type}");
    })];

    // Leaf columns are numbered through all fields; the columns of this writer have one leaf each, those of other writers may have more.
    private static int[] LeavesOf(FileReader file, int[] fields)
    {
        HashSet<string> wanted = [.. fields.Select(f => file.Schema.GetFieldByIndex(f).Name)];
        SchemaDescriptor leaves = file.ParquetReader.FileMetaData.Schema;
        return [.. Enumerable.Range(0, leaves.NumColumns).Where(i => wanted.Contains(leaves.ColumnRoot(i).Name))];
    }

    private static bool Fits(IArrowType found, ColumnType wanted) => wanted switch
    {
        ColumnType.Boolean => found is BooleanType,
        ColumnType.Int32 => found is Int32Type,
        ColumnType.Int64 => found is Int64Type,
        ColumnType.UInt64 => found is UInt64Type,
        ColumnType.Single => found is FloatType,
        ColumnType.Double => found is DoubleType,
        ColumnType.String => found is StringType,
        ColumnType.Binary => found is BinaryType,
        ColumnType.Int32List => found is ListType { ValueDataType: Int32Type },
        ColumnType.UInt64List => found is ListType { ValueDataType: UInt64Type },
        ColumnType.SingleList => found is ListType { ValueDataType: FloatType },
        _ => false,
    };

    private InvalidDataException Damaged(Exception exception) => new($"'{_path}' cannot be read as a Parquet file: {exception.Message}", exception);
}
