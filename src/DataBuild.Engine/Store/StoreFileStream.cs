using System.Security.Cryptography;

namespace DataBuild.Engine.Store;

/// <summary>Writes a file of the store while its digest is computed. Without <see cref="Commit"/> nothing remains of it.</summary>
public sealed class StoreFileStream : Stream
{
    private readonly ContentStore _store;
    private readonly string _temporary;
    private readonly FileStream _stream;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _committed;

    internal StoreFileStream(ContentStore store, string temporary)
    {
        _store = store;
        _temporary = temporary;
        _stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
    }

    /// <inheritdoc />
    public override bool CanRead => false;

    /// <summary>True: Arrow's writer asks for a position to note where batches begin. It never moves, and this stream cannot.</summary>
    public override bool CanSeek => true;

    /// <inheritdoc />
    public override bool CanWrite => true;

    /// <inheritdoc />
    public override long Length => _stream.Length;

    /// <inheritdoc />
    public override long Position
    {
        get => _stream.Position;
        set => throw new NotSupportedException();
    }

    /// <summary>Flushes the file to disk and gives it its name.</summary>
    /// <returns>The file's digest and length.</returns>
    public (string Digest, long Length) Commit()
    {
        string digest = Convert.ToHexStringLower(_hash.GetHashAndReset());
        return (digest, Publish(digest));
    }

    /// <summary>True when what was written so far has that digest.</summary>
    internal bool Matches(string digest) => Convert.ToHexStringLower(_hash.GetCurrentHash()) == digest;

    private long Publish(string digest)
    {
        _stream.Flush(flushToDisk: true);
        long length = _stream.Length;
        _stream.Dispose();
        _store.PublishFile(_temporary, digest);
        _committed = true;
        return length;
    }

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _hash.AppendData(buffer);
        _stream.Write(buffer);
    }

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc />
    public override void Flush()
    {
    }

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stream.Dispose();
            _hash.Dispose();
            if (!_committed)
            {
                File.Delete(_temporary);
            }
        }

        base.Dispose(disposing);
    }
}
