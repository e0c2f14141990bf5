using System.Text;

namespace DataBuild.Stages.Deduplicate;

/// <summary>Many short UTF-8 texts by index, packed: 8 bytes beside the bytes of each.</summary>
internal sealed class TextTable
{
    private const int ChunkBits = 22;
    private readonly List<byte[]> _chunks = [];
    private readonly List<long> _starts = [];
    private long _end;

    /// <summary>Adds a text.</summary>
    /// <returns>Its index.</returns>
    public int Add(ReadOnlySpan<byte> utf8)
    {
        _starts.Add(_end);
        while (!utf8.IsEmpty)
        {
            int offset = (int)(_end & ((1 << ChunkBits) - 1));
            if (_end >> ChunkBits == _chunks.Count)
            {
                _chunks.Add(new byte[1 << ChunkBits]);
            }

            int length = Math.Min(utf8.Length, (1 << ChunkBits) - offset);
            utf8[..length].CopyTo(_chunks[^1].AsSpan(offset));
            utf8 = utf8[length..];
            _end += length;
        }

        return _starts.Count - 1;
    }

    /// <summary>A text by its index.</summary>
    public string Get(int index)
    {
        long start = _starts[index];
        int length = (int)((index + 1 < _starts.Count ? _starts[index + 1] : _end) - start);
        int offset = (int)(start & ((1 << ChunkBits) - 1));
        if (offset + length <= 1 << ChunkBits)
        {
            return length == 0 ? "" : Encoding.UTF8.GetString(_chunks[(int)(start >> ChunkBits)], offset, length);
        }

        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = _chunks[(int)((start + i) >> ChunkBits)][(start + i) & ((1 << ChunkBits) - 1)];
        }

        return Encoding.UTF8.GetString(bytes);
    }
}
