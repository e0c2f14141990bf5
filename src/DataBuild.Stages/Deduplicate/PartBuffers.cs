using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace DataBuild.Stages.Deduplicate;

/// <summary>Buffers of one thread for measuring parts of texts.</summary>
internal sealed class PartBuffers
{
    private readonly SimplifiedText _simplified = new();
    private ulong[] _digests = new ulong[256];
    private ulong[] _parts = [];
    private char[] _chars = [];
    private int _count;

    /// <summary>Parts of the text.</summary>
    public PartList Parts { get; } = new();

    /// <summary>Digests added since the last <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<ulong> Digests => _digests.AsMemory(0, _count);

    /// <summary>Room for one value a part, to be overwritten.</summary>
    public Span<ulong> RentParts(int count)
    {
        if (_parts.Length < count)
        {
            _parts = new ulong[count * 2];
        }

        return _parts.AsSpan(0, count);
    }

    /// <summary>Removes the digests.</summary>
    public void Clear() => _count = 0;

    /// <summary>Adds a digest.</summary>
    public void Add(ulong digest)
    {
        if (_count == _digests.Length)
        {
            Array.Resize(ref _digests, _count * 2);
        }

        _digests[_count++] = digest;
    }

    /// <summary>Digest of a part, never 0; of its bytes where simplification leaves no word.</summary>
    public ulong Digest(ReadOnlySpan<byte> part, bool normalized)
    {
        if (normalized)
        {
            if (_chars.Length < part.Length)
            {
                _chars = new char[part.Length * 2];
            }

            _simplified.Analyze(_chars.AsSpan(0, Encoding.UTF8.GetChars(part, _chars)));
            if (_simplified.WordCount > 0)
            {
                return Math.Max(1, XxHash3.HashToUInt64(MemoryMarshal.AsBytes(_simplified.Text)));
            }
        }

        return Math.Max(1, XxHash3.HashToUInt64(part));
    }
}
