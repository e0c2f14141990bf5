using ParquetSharp;
using ParquetSharp.IO;
using ParquetSharp.Schema;

namespace DataBuild.Formats.Parquet;

/// <summary>
/// Writes columns to a Parquet file: Zstandard, statistics, page index, page checksums. Row groups are cut by size, so memory is bounded by
/// one of them. The file holds no time and no machine: equal schemas, batches and options make equal bytes.
/// </summary>
public sealed class ParquetTableWriter : IDisposable
{
    /// <summary>Rows looked at between two checks of the row group's size.</summary>
    internal const int SliceRows = 256;

    /// <summary>Uncompressed bytes after which a row group is closed where nothing else is asked for.</summary>
    internal const long DefaultRowGroupBytes = 64 << 20;

    private const int CompressionLevel = 3;
    private const string CreatedBy = "DataBuild version 1.0.0";
    private readonly IReadOnlyList<ColumnSchema> _schema;
    private readonly long _rowGroupBytes;
    private readonly ManagedOutputStream _output;
    private readonly WriterProperties _properties;
    private readonly ParquetFileWriter _file;
    private readonly ColumnSink[] _sinks;
    private RowGroupWriter? _group;
    private long _groupBytes;
    private bool _closed;

    /// <summary>Starts a file.</summary>
    /// <param name="output">Where it goes; left open.</param>
    /// <param name="schema">The columns, all of them nullable.</param>
    /// <param name="metadata">Key-value metadata; written in ordinal order of the keys.</param>
    /// <param name="rowGroupBytes">Uncompressed bytes after which a row group is closed; default 64 MiB.</param>
    public ParquetTableWriter(Stream output, IReadOnlyList<ColumnSchema> schema, IReadOnlyDictionary<string, string>? metadata = null, long rowGroupBytes = DefaultRowGroupBytes)
    {
        ArgumentOutOfRangeException.ThrowIfZero(schema.Count);
        _schema = schema;
        _rowGroupBytes = rowGroupBytes;
        using var builder = new WriterPropertiesBuilder();
        _properties = builder
            .Compression(ParquetSharp.Compression.Zstd)
            .CompressionLevel(CompressionLevel)
            .CreatedBy(CreatedBy)
            .Version(ParquetVersion.PARQUET_2_6)
            .EnableStatistics()
            .EnableWritePageIndex()
            .EnablePageChecksum()
            .Build();
        Node[] nodes = [.. schema.Select(NodeOf)];
        using var root = new GroupNode("schema", Repetition.Required, nodes);
        _output = new ManagedOutputStream(output, leaveOpen: true);
        var pairs = new SortedDictionary<string, string>(metadata?.ToDictionary(StringComparer.Ordinal) ?? [], StringComparer.Ordinal);
        _file = new ParquetFileWriter(_output, root, _properties, pairs);
        foreach (Node node in nodes)
        {
            node.Dispose();
        }

        _sinks = [.. schema.Select(c => ColumnSink.Create(c.Type))];
    }

    /// <summary>Rows written so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Appends a batch of rows, one column for each of the schema, in its order.</summary>
    /// <exception cref="ArgumentException">Number, types or lengths of the columns are not those of the schema.</exception>
    public void Write(params ReadOnlySpan<Column> columns)
    {
        Check(_schema, columns);
        Write(columns, 0, columns[0].Length);
    }

    /// <summary>Appends rows of a batch, which has been checked.</summary>
    internal void Write(ReadOnlySpan<Column> columns, int first, int rows)
    {
        for (int from = first; from < first + rows; from += SliceRows)
        {
            int count = Math.Min(SliceRows, first + rows - from);
            _group ??= _file.AppendBufferedRowGroup();
            for (int i = 0; i < columns.Length; i++)
            {
                using ColumnWriter writer = _group.Column(i);
                _groupBytes += _sinks[i].Write(writer, columns[i], from, count);
            }

            Rows += count;
            if (_groupBytes >= _rowGroupBytes)
            {
                CloseGroup();
            }
        }
    }

    /// <summary>Writes the footer; without it the file is not readable.</summary>
    public void Complete()
    {
        if (!_closed)
        {
            _closed = true;
            CloseGroup();
            _file.Close();
        }
    }

    /// <summary>Releases the writer; completes the file if that has not been done.</summary>
    public void Dispose()
    {
        Complete();
        _file.Dispose();
        _properties.Dispose();
        _output.Dispose();
    }

    private void CloseGroup()
    {
        _group?.Close();
        _group?.Dispose();
        _group = null;
        _groupBytes = 0;
    }

    internal static void Check(IReadOnlyList<ColumnSchema> schema, ReadOnlySpan<Column> columns)
    {
        if (columns.Length != schema.Count)
        {
            throw new ArgumentException($"{columns.Length} columns given, the schema has {schema.Count}", nameof(columns));
        }

        for (int i = 0; i < columns.Length; i++)
        {
            if (columns[i].Type != schema[i].Type || columns[i].Length != columns[0].Length)
            {
                throw new ArgumentException($"column '{schema[i].Name}' has {columns[i].Length} rows of {columns[i].Type}, expected {columns[0].Length} rows of {schema[i].Type}", nameof(columns));
            }
        }
    }

    private static Node NodeOf(ColumnSchema column)
    {
        PrimitiveNode Primitive(string name, Repetition repetition, LogicalType logical, PhysicalType physical) => new(name, repetition, logical, physical);
        Node List(LogicalType logical, PhysicalType physical)
        {
            using Node element = Primitive("element", Repetition.Required, logical, physical);
            using var list = new GroupNode("list", Repetition.Repeated, [element]);
            return new GroupNode(column.Name, Repetition.Optional, [list], LogicalType.List());
        }

        return column.Type switch
        {
            ColumnType.Boolean => Primitive(column.Name, Repetition.Optional, LogicalType.None(), PhysicalType.Boolean),
            ColumnType.Int32 => Primitive(column.Name, Repetition.Optional, LogicalType.None(), PhysicalType.Int32),
            ColumnType.Int64 => Primitive(column.Name, Repetition.Optional, LogicalType.None(), PhysicalType.Int64),
            ColumnType.UInt64 => Primitive(column.Name, Repetition.Optional, LogicalType.Int(64, false), PhysicalType.Int64),
            ColumnType.Single => Primitive(column.Name, Repetition.Optional, LogicalType.None(), PhysicalType.Float),
            ColumnType.Double => Primitive(column.Name, Repetition.Optional, LogicalType.None(), PhysicalType.Double),
            ColumnType.String => Primitive(column.Name, Repetition.Optional, LogicalType.String(), PhysicalType.ByteArray),
            ColumnType.Binary => Primitive(column.Name, Repetition.Optional, LogicalType.None(), PhysicalType.ByteArray),
            ColumnType.Int32List => List(LogicalType.None(), PhysicalType.Int32),
            ColumnType.UInt64List => List(LogicalType.Int(64, false), PhysicalType.Int64),
            ColumnType.SingleList => List(LogicalType.None(), PhysicalType.Float),
            _ => throw new ArgumentOutOfRangeException(nameof(column), column.Type, "unknown column type"),
        };
    }
}
