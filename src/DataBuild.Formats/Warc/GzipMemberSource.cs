using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace DataBuild.Formats.Warc;

/// <summary>
/// Gzip members (RFC 1952) with exact boundaries. The runtime's inflater reads ahead and does not say how much it used, so the
/// end of a member is found by its own trailer: the CRC-32 and size of what was decoded, searched in the last bytes handed over.
/// </summary>
internal sealed class GzipMemberSource : MemberSource
{
    private const int MaxHeaderField = 64 * 1024;
    private readonly Feed _feed;
    private readonly Crc32 _crc = new();
    private DeflateStream? _inflater;
    private uint _size;

    public GzipMemberSource(ByteWindow window, Action<CrawlDefect> report)
        : base(window, report) => _feed = new Feed(window);

    protected override ReadOnlySpan<byte> Magic => [0x1F, 0x8B, 0x08];

    public override int Read(Span<byte> destination)
    {
        if (State != MemberState.Open || destination.IsEmpty)
        {
            return 0;
        }

        int read;
        try
        {
            read = _inflater!.Read(destination);
        }
        catch (InvalidDataException)
        {
            Close();
            Damaged(CrawlDiagnostics.MemberDamaged, $"found invalid deflate data after {_size} decoded bytes, within {_feed.ChunkEnd - MemberOffset} bytes of the gzip member's start");
            return 0;
        }

        if (read > 0)
        {
            _crc.Append(destination[..read]);
            _size += (uint)read;
            return read;
        }

        Close();
        FindTrailer();
        return 0;
    }

    public override bool NextMember()
    {
        while (true)
        {
            if (Window.Ensure(Magic.Length) == 0)
            {
                return false;
            }

            if (!Window.Available.StartsWith(Magic))
            {
                SkipGarbage();
                continue;
            }

            MemberOffset = Window.Position;
            if (TrySkipHeader())
            {
                Open();
                return true;
            }

            if (Window.Position >= Window.Length)
            {
                Report(new CrawlDefect(CrawlDiagnostics.MemberTruncated, MemberOffset, "found the end of the file inside a gzip header, expected a whole member", RecordLost: true));
                return false;
            }

            Window.Seek(MemberOffset);
            SkipBadHeader();
        }
    }

    public override void Dispose()
    {
        Close();
        base.Dispose();
    }

    protected override bool StartsRecord(long offset)
    {
        if (!TrySkipHeader())
        {
            return false;
        }

        Span<byte> probe = stackalloc byte[RecordStart.Probe];
        int count = 0;
        using var inflater = new DeflateStream(new Feed(Window), CompressionMode.Decompress);
        try
        {
            for (int read; count < probe.Length && (read = inflater.Read(probe[count..])) > 0; count += read)
            {
            }
        }
        catch (InvalidDataException)
        {
            // Damage behind the first bytes is found again, and reported, when the member is read.
        }

        return RecordStart.IsWarcOrArc(probe[..count]);
    }

    private void SkipBadHeader()
    {
        Window.Advance(1);
        long next = FindMember(Window.Position);
        Report(new CrawlDefect(CrawlDiagnostics.MemberDamaged, MemberOffset, $"found a gzip header with invalid flags or fields, expected a member; skipped {next - MemberOffset} bytes", RecordLost: true));
        Window.Seek(next);
    }

    private void Open()
    {
        Close();
        _crc.Reset();
        _size = 0;
        _feed.Restart();
        _inflater = new DeflateStream(_feed, CompressionMode.Decompress, leaveOpen: true);
        State = MemberState.Open;
    }

    private void Close()
    {
        _inflater?.Dispose();
        _inflater = null;
    }

    private void FindTrailer()
    {
        uint crc = _crc.GetCurrentHashAsUInt32();
        long from = _feed.SearchFrom;
        Window.Seek(from);
        int length = (int)(_feed.ChunkEnd - from) + GzipFrame.TrailerLength;
        length = Math.Min(Window.Ensure(length), length);
        int end = GzipFrame.FindTrailer(Window.Available[..length], crc, _size);
        if (end >= 0)
        {
            Window.Advance(end);
            State = MemberState.Ended;
        }
        else if (_feed.Exhausted)
        {
            Damaged(CrawlDiagnostics.MemberTruncated, $"found the end of the file after {_size} decoded bytes of a gzip member, expected its end mark and trailer");
        }
        else
        {
            Damaged(CrawlDiagnostics.MemberChecksum, $"found {_size} decoded bytes with CRC-32 {crc:x8}, expected those the gzip trailer states");
        }
    }

    /// <summary>Moves behind a member's header; false where it is cut or not a header.</summary>
    private bool TrySkipHeader()
    {
        if (Window.Ensure(10) < 10)
        {
            Window.Advance(Window.Available.Length);
            return false;
        }

        byte flags = Window.Available[3];
        if (!Window.Available.StartsWith(Magic) || (flags & 0xE0) != 0)
        {
            return false;
        }

        Window.Advance(10);
        if ((flags & 4) != 0)
        {
            if (Window.Ensure(2) < 2)
            {
                return false;
            }

            int extra = BinaryPrimitives.ReadUInt16LittleEndian(Window.Available) + 2;
            if (Window.Ensure(extra) < extra)
            {
                Window.Advance(Window.Available.Length);
                return false;
            }

            Window.Advance(extra);
        }

        if (((flags & 8) != 0 && !TrySkipString()) || ((flags & 16) != 0 && !TrySkipString()))
        {
            return false;
        }

        if ((flags & 2) != 0)
        {
            if (Window.Ensure(2) < 2)
            {
                return false;
            }

            Window.Advance(2);
        }

        return true;
    }

    private bool TrySkipString()
    {
        int available = Math.Min(Window.Ensure(MaxHeaderField), MaxHeaderField);
        int end = Window.Available[..available].IndexOf((byte)0);
        if (end < 0)
        {
            return false;
        }

        Window.Advance(end + 1);
        return true;
    }

    /// <summary>Hands the inflater pieces of the window and remembers where the last two lay.</summary>
    private sealed class Feed(ByteWindow window) : Stream
    {
        private long _chunkStart = window.Position;
        private long _previousStart = window.Position;

        public long SearchFrom => _previousStart;

        public long ChunkEnd { get; private set; } = window.Position;

        public bool Exhausted { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Restart()
        {
            _chunkStart = _previousStart = ChunkEnd = window.Position;
            Exhausted = false;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            _previousStart = _chunkStart;
            _chunkStart = window.Position;
            int read = window.Read(buffer);
            ChunkEnd = window.Position;
            Exhausted |= read == 0;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
