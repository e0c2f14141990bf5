using System.Security.Cryptography;

namespace DataBuild.Engine.Store;

/// <summary>Writes a new file from its beginning to its end while its SHA-256 is computed, so that nobody has to read it again for that.</summary>
public class DigestingFileStream : Stream
{
    private readonly FileStream _stream;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Creates the file.</summary>
    /// <exception cref="IOException">It exists, or cannot be written.</exception>
    public DigestingFileStream(string path) => _stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);

    /// <summary>Path of the file.</summary>
    protected string Path => _stream.Name;

    /// <inheritdoc />
    public override bool CanRead => false;

    /// <summary>True: writers of Arrow and Parquet ask for a position to note where parts begin. They never move, and this stream cannot.</summary>
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

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _hash.AppendData(buffer);
        try
        {
            _stream.Write(buffer);
        }
        catch (IOException exception) when (DiskFullException.IsDiskFull(exception))
        {
            throw new DiskFullException(Path, _stream.Position + buffer.Length, exception);
        }
    }

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Does nothing: what is buffered is written when the file is complete.</summary>
    public override void Flush()
    {
    }

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>True when what was written so far has that digest.</summary>
    internal bool Matches(string digest) => Convert.ToHexStringLower(_hash.GetCurrentHash()) == digest;

    /// <summary>Flushes the file to disk and closes it.</summary>
    /// <returns>Lower-case hexadecimal SHA-256, and the length in bytes.</returns>
    protected (string Digest, long Length) Finish()
    {
        long length = _stream.Position;
        try
        {
            _stream.Flush(flushToDisk: true);
        }
        catch (IOException exception) when (DiskFullException.IsDiskFull(exception))
        {
            throw new DiskFullException(Path, length, exception);
        }

        _stream.Dispose();
        return (Convert.ToHexStringLower(_hash.GetHashAndReset()), length);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stream.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }
}
