using System.Buffers.Binary;
using System.Text.Json;

namespace DataBuild.Formats.Tokens;

/// <summary>
/// Writes MosaicML MDS shards of one column, <c>tokens</c> (mosaicml/streaming, base/format/mds/writer.py): u32 number of
/// samples n, u32[n+1] offsets from the start of the file, the shard's configuration as JSON, then the samples; a sample is
/// the u32 size of its variable column, then its bytes. <c>index.json</c> names the shards.
/// </summary>
public sealed class MosaicWriter
{
    /// <summary>Size limit of a shard, in bytes, as in MosaicML's own writer.</summary>
    public const int DefaultSizeLimit = 1 << 26;

    private readonly Func<string, Stream> _create;
    private readonly TokenWidth _width;
    private readonly int _sizeLimit;
    private readonly string _encoding;
    private readonly List<byte[]> _samples = [];
    private readonly List<(string Name, long Bytes, int Samples)> _shards = [];
    private long _size;
    private readonly int _configurationSize;

    /// <summary>Starts a dataset.</summary>
    /// <param name="create">Makes the stream of a file of the dataset; the writer closes it.</param>
    /// <param name="width">Bytes a token.</param>
    /// <param name="sizeLimit">Most bytes of a shard; at least 1,024, below 4 GiB. A longer sample has a shard of its own.</param>
    public MosaicWriter(Func<string, Stream> create, TokenWidth width, int sizeLimit = DefaultSizeLimit)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentOutOfRangeException.ThrowIfLessThan(sizeLimit, 1024);
        _create = create;
        _width = width;
        _sizeLimit = sizeLimit;
        _encoding = width == TokenWidth.UInt16 ? "ndarray:uint16" : "ndarray:int32";
        _configurationSize = Configuration().Length;
        _size = EmptySize;
    }

    private long EmptySize => 4 + 4 + _configurationSize;

    /// <summary>Tokens written.</summary>
    public long TokenCount { get; private set; }

    /// <summary>Appends a sample.</summary>
    /// <exception cref="ArgumentException">There is no id: the format has no empty arrays.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative or does not fit the width.</exception>
    public void AddSample(ReadOnlySpan<int> ids)
    {
        if (ids.IsEmpty)
        {
            throw new ArgumentException("A sample has no ids; MDS has no empty arrays.", nameof(ids));
        }

        byte[] array = Array(ids);
        byte[] sample = new byte[4 + array.Length];
        BinaryPrimitives.WriteInt32LittleEndian(sample, array.Length);
        array.CopyTo(sample, 4);
        if (_samples.Count > 0 && _size + sample.Length + 4 > _sizeLimit)
        {
            FlushShard();
        }

        _samples.Add(sample);
        _size += sample.Length + 4;
        TokenCount += ids.Length;
    }

    /// <summary>Writes the last shard and the index.</summary>
    public void Complete()
    {
        if (_samples.Count > 0)
        {
            FlushShard();
        }

        using Stream stream = _create("index.json");
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteNumber("version", 2);
        json.WriteStartArray("shards");
        foreach ((string name, long bytes, int samples) in _shards)
        {
            json.WriteStartObject();
            WriteConfiguration(json);
            json.WriteStartObject("raw_data");
            json.WriteString("basename", name);
            json.WriteNumber("bytes", bytes);
            json.WriteStartObject("hashes");
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteNumber("samples", samples);
            json.WriteNull("zip_data");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>An array of one dimension as the encoding ndarray has it: its type stands in the configuration; here a byte for the form of the shape, the shape, the values (encodings/tensor.py).</summary>
    private byte[] Array(ReadOnlySpan<int> ids)
    {
        int lengthBytes = ids.Length <= byte.MaxValue ? 1 : ids.Length <= ushort.MaxValue ? 2 : 4;
        byte[] array = new byte[1 + lengthBytes + (ids.Length * (int)_width)];

        // Low two bits: width of the shape's numbers (0: u8, 1: u16, 2: u32); above them the number of dimensions.
        array[0] = (byte)((1 << 2) | (lengthBytes / 2));
        switch (lengthBytes)
        {
            case 1:
                array[1] = (byte)ids.Length;
                break;
            case 2:
                BinaryPrimitives.WriteUInt16LittleEndian(array.AsSpan(1), (ushort)ids.Length);
                break;
            default:
                BinaryPrimitives.WriteInt32LittleEndian(array.AsSpan(1), ids.Length);
                break;
        }

        TokenWidths.Write(ids, _width, array.AsSpan(1 + lengthBytes));
        return array;
    }

    private void FlushShard()
    {
        string name = FormattableString.Invariant($"shard.{_shards.Count:D5}.mds");
        byte[] configuration = Configuration();
        using (Stream stream = _create(name))
        using (var writer = new BinaryWriter(stream))
        {
            uint offset = checked((uint)(4 + (4 * (_samples.Count + 1)) + configuration.Length));
            writer.Write(_samples.Count);
            writer.Write(offset);
            foreach (byte[] sample in _samples)
            {
                offset = checked(offset + (uint)sample.Length);
                writer.Write(offset);
            }

            writer.Write(configuration);
            foreach (byte[] sample in _samples)
            {
                writer.Write(sample);
            }

            _shards.Add((name, offset, _samples.Count));
        }

        _samples.Clear();
        _size = EmptySize;
    }

    private byte[] Configuration()
    {
        var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            WriteConfiguration(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private void WriteConfiguration(Utf8JsonWriter json)
    {
        json.WriteStartArray("column_encodings");
        json.WriteStringValue(_encoding);
        json.WriteEndArray();
        json.WriteStartArray("column_names");
        json.WriteStringValue("tokens");
        json.WriteEndArray();
        json.WriteStartArray("column_sizes");
        json.WriteNullValue();
        json.WriteEndArray();
        json.WriteNull("compression");
        json.WriteString("format", "mds");
        json.WriteStartArray("hashes");
        json.WriteEndArray();
        json.WriteNumber("size_limit", _sizeLimit);
        json.WriteNumber("version", 2);
    }
}
