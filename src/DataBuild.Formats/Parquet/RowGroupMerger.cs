using System.Buffers;
using System.Buffers.Binary;

namespace DataBuild.Formats.Parquet;

/// <summary>
/// Makes one Parquet file of files with a row group each and the same columns, with the bytes that the same writer gives when it writes all of them: the data of the
/// groups, all column indexes, all offset indexes, and one footer. Pages are copied; only places are counted anew. Source of the layout: Apache Parquet, parquet.thrift.
/// </summary>
internal sealed class RowGroupMerger(Stream output)
{
    // Fields of FileMetaData, RowGroup, ColumnChunk, ColumnMetaData, OffsetIndex and PageLocation.
    private const short FileRows = 3;
    private const short FileRowGroups = 4;
    private const short GroupColumns = 1;
    private const short GroupFileOffset = 5;
    private const short GroupOrdinal = 7;
    private const short ChunkFileOffset = 2;
    private const short ChunkMetadata = 3;
    private const short ChunkOffsetIndexOffset = 4;
    private const short ChunkOffsetIndexLength = 5;
    private const short ChunkColumnIndexOffset = 6;
    private const short ChunkColumnIndexLength = 7;
    private const short DataPageOffset = 9;
    private const short IndexPageOffset = 10;
    private const short DictionaryPageOffset = 11;
    private const short IndexPages = 1;
    private const short PageOffset = 1;

    private readonly List<(ThriftStruct Group, ReadOnlyMemory<byte>[] ColumnIndexes, ThriftStruct?[] OffsetIndexes)> _groups = [];
    private ThriftStruct? _footer;
    private long _position;
    private long _rows;

    private static ReadOnlySpan<byte> Magic => "PAR1"u8;

    /// <summary>Appends the row group of a file.</summary>
    /// <param name="file">The whole file; may be used again after the call.</param>
    /// <exception cref="InvalidDataException">It is no Parquet file with one row group and page indexes at its end.</exception>
    public void Add(EncodedFile file)
    {
        byte[] tail = file.Copy(file.Length - sizeof(int) - Magic.Length, sizeof(int) + Magic.Length);
        int footerLength = BinaryPrimitives.ReadInt32LittleEndian(tail);
        long footerAt = file.Length - tail.Length - footerLength;
        ThriftStruct footer = ThriftCompact.Read(file.Copy(footerAt, footerLength), out _);
        ThriftStruct group = footer.Structs(FileRowGroups).Single();
        ThriftStruct[] chunks = [.. group.Structs(GroupColumns)];
        if (_footer is null)
        {
            output.Write(Magic);
            _position = Magic.Length;
        }

        long dataEnd = chunks.SelectMany(c => new[] { c.Integer(ChunkColumnIndexOffset), c.Integer(ChunkOffsetIndexOffset) }).Min() ?? footerAt;
        long moved = _position - Magic.Length;
        file.CopyTo(output, Magic.Length, dataEnd - Magic.Length);
        _position += dataEnd - Magic.Length;

        long Move(long place) => place + moved;
        foreach (ThriftStruct chunk in chunks)
        {
            // Writers that put no metadata behind a chunk leave zero for its place.
            chunk.Set(ChunkFileOffset, place => place == 0 ? 0 : Move(place));
            ThriftStruct metadata = chunk.Struct(ChunkMetadata);
            metadata.Set(DataPageOffset, Move);
            metadata.Set(IndexPageOffset, Move);
            metadata.Set(DictionaryPageOffset, Move);
        }

        int ordinal = _groups.Count;
        group.Set(GroupFileOffset, Move);
        group.Set(GroupOrdinal, _ => ordinal);
        _groups.Add((group, [.. chunks.Select(c => ColumnIndexOf(file, c))], [.. chunks.Select(c => OffsetIndexOf(file, c, Move))]));
        _footer ??= footer;
        _rows += footer.Integer(FileRows) ?? 0;
    }

    /// <summary>Writes the indexes and the footer.</summary>
    /// <exception cref="InvalidOperationException">No file was added.</exception>
    public void Complete()
    {
        ThriftStruct footer = _footer ?? throw new InvalidOperationException("a file of no row groups has no columns");
        foreach ((ThriftStruct group, ReadOnlyMemory<byte>[] indexes, _) in _groups)
        {
            foreach ((ThriftStruct chunk, ReadOnlyMemory<byte> index) in group.Structs(GroupColumns).Zip(indexes))
            {
                chunk.Set(ChunkColumnIndexOffset, _ => _position);
                Write(index.Span);
            }
        }

        ArrayBufferWriter<byte> buffer = new();
        foreach ((ThriftStruct group, _, ThriftStruct?[] indexes) in _groups)
        {
            foreach ((ThriftStruct chunk, ThriftStruct? index) in group.Structs(GroupColumns).Zip(indexes))
            {
                if (index is not null)
                {
                    buffer.ResetWrittenCount();
                    ThriftCompact.Write(buffer, index);
                    chunk.Set(ChunkOffsetIndexOffset, _ => _position);
                    chunk.Set(ChunkOffsetIndexLength, _ => buffer.WrittenCount);
                    Write(buffer.WrittenSpan);
                }
            }
        }

        footer.Set(FileRows, _ => _rows);
        List<ThriftValue> groups = footer.List(FileRowGroups).Items;
        groups.Clear();
        groups.AddRange(_groups.Select(g => g.Group));
        buffer.ResetWrittenCount();
        ThriftCompact.Write(buffer, footer);
        Write(buffer.WrittenSpan);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, buffer.WrittenCount);
        Write(length);
        Write(Magic);
    }

    private static ReadOnlyMemory<byte> ColumnIndexOf(EncodedFile file, ThriftStruct chunk) =>
        chunk.Integer(ChunkColumnIndexOffset) is long at ? file.Copy(at, (int)chunk.Integer(ChunkColumnIndexLength)!.Value) : default(ReadOnlyMemory<byte>);

    private static ThriftStruct? OffsetIndexOf(EncodedFile file, ThriftStruct chunk, Func<long, long> move)
    {
        if (chunk.Integer(ChunkOffsetIndexOffset) is not long at)
        {
            return null;
        }

        ThriftStruct index = ThriftCompact.Read(file.Copy(at, (int)chunk.Integer(ChunkOffsetIndexLength)!.Value), out _);
        foreach (ThriftStruct page in index.Structs(IndexPages))
        {
            page.Set(PageOffset, move);
        }

        return index;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        _position += bytes.Length;
    }
}
