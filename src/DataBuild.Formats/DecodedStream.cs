using DataBuild.Formats.Warc;

namespace DataBuild.Formats;

/// <summary>The decoded content of a plain, gzip or Zstandard file. Damage is reported and ends the content: nothing behind it can be placed.</summary>
internal sealed class DecodedStream : Stream
{
    private readonly MemberSource _source;
    private readonly ByteWindow _window;
    private readonly Action<CrawlDefect> _report;
    private bool _ended;
    private long _read;

    public DecodedStream(Stream file, string path, Action<CrawlDefect> report)
    {
        _report = report;
        _window = new ByteWindow(file);
        _window.Ensure(RecordStart.Probe);
        _source = CrawlFile.CompressionOf(_window.Available) switch
        {
            Compression.Gzip => new GzipMemberSource(_window, report),
            Compression.Zstd => new ZstdFrameSource(_window, report, path),
            _ => new PlainSource(_window, report),
        };
    }

    /// <summary>Whether the content broke off because of damage.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Bytes of the file taken so far.</summary>
    public long FilePosition => _source.Position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        while (!_ended && !buffer.IsEmpty)
        {
            int read = _source.Read(buffer);
            if (read > 0)
            {
                _read += read;
                return read;
            }

            if (_source.State == MemberState.Damaged)
            {
                IsDamaged = _ended = true;
                _report(_source.Damage);
            }
            else
            {
                _ended = !_source.NextMember();
            }
        }

        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _source.Dispose();
        }

        base.Dispose(disposing);
    }
}
