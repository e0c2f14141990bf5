using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace DataBuild.Formats;

/// <summary>Writes one gzip member (RFC 1952) with no time, name or system in its header, so that equal content makes equal bytes.</summary>
internal sealed class GzipMember : Stream
{
    private readonly Stream _output;
    private readonly DeflateStream _deflate;
    private readonly Crc32 _crc = new();
    private uint _size;
    private bool _closed;

    public GzipMember(Stream output, CompressionLevel level)
    {
        _output = output;
        output.Write([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]);
        _deflate = new DeflateStream(output, level, leaveOpen: true);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _crc.Append(buffer);
        _size += (uint)buffer.Length;
        _deflate.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // A flush inside a member would change its bytes.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_closed)
        {
            _closed = true;
            _deflate.Dispose();
            if (_size == 0)
            {
                // The runtime writes nothing at all for no content; this is the empty final block.
                _output.Write([3, 0]);
            }

            Span<byte> trailer = stackalloc byte[8];
            BinaryPrimitives.WriteUInt32LittleEndian(trailer, _crc.GetCurrentHashAsUInt32());
            BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], _size);
            _output.Write(trailer);
        }

        base.Dispose(disposing);
    }
}
