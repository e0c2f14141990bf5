namespace DataBuild.Formats.Warc;

internal enum MemberState
{
    /// <summary>Before the first member, or after one that was read to its end.</summary>
    Ended,

    /// <summary>More bytes may follow.</summary>
    Open,

    /// <summary>The rest of the member cannot be read; the defect is in <see cref="MemberSource.Damage"/>.</summary>
    Damaged,
}

/// <summary>The decoded bytes of a crawl file, member by member: gzip members, Zstandard frames, or the whole of a plain file.</summary>
internal abstract class MemberSource(ByteWindow window, Action<CrawlDefect> report) : IDisposable
{
    /// <summary>How far damage may make the reader go back in all, as a multiple of the file's length: keeps hostile files linear.</summary>
    private const long RescanFactor = 4;

    private long _rescanned;

    public MemberState State { get; protected set; }

    /// <summary>File offset of the current member's first byte.</summary>
    public long MemberOffset { get; protected set; }

    public CrawlDefect Damage { get; protected set; }

    /// <summary>Whether members delimit records, as they do in compressed files.</summary>
    public virtual bool HasMembers => true;

    /// <summary>File offset of the next undecoded byte.</summary>
    public long Position => Window.Position;

    protected ByteWindow Window { get; } = window;

    protected Action<CrawlDefect> Report { get; } = report;

    /// <summary>Decodes into the buffer. 0 means that <see cref="State"/> is no longer open.</summary>
    public abstract int Read(Span<byte> destination);

    /// <summary>Opens the next member; false at the end of the file. Bytes that belong to no member are skipped and reported.</summary>
    public abstract bool NextMember();

    /// <summary>Skips bytes without decoding them; false where that is not possible.</summary>
    public virtual bool TrySkip(long count) => false;

    /// <summary>Reads bytes further on without moving; -1 where that is not possible, else how many there are.</summary>
    public virtual int PeekAhead(long distance, Span<byte> destination) => -1;

    /// <summary>After damage: moves to the next place where a member with the start of a record can be decoded.</summary>
    public void Resync()
    {
        long from = MemberOffset + 1;
        long back = Window.Position - from;
        if (back > 0 && (_rescanned += back) > Math.Max(Window.Length, 1 << 20) * RescanFactor)
        {
            from = Window.Position;
        }

        Window.Seek(from);
        Window.Seek(FindMember(from));
        State = MemberState.Ended;
    }

    public virtual void Dispose() => Window.Dispose();

    /// <summary>Offset of the first member at or after an offset that decodes to the start of a record; the file's length where there is none.</summary>
    protected long FindMember(long from)
    {
        ReadOnlySpan<byte> magic = Magic;
        Window.Seek(from);
        while (Window.Ensure(64 * 1024) >= magic.Length)
        {
            int at = Window.Available.IndexOf(magic);
            if (at < 0)
            {
                Window.Advance(Window.Available.Length - magic.Length + 1);
                continue;
            }

            long candidate = Window.Position + at;
            Window.Seek(candidate);
            if (StartsRecord(candidate))
            {
                return candidate;
            }

            Window.Seek(candidate + 1);
        }

        return Math.Max(Window.Length, Window.Position);
    }

    /// <summary>The bytes every member starts with.</summary>
    protected abstract ReadOnlySpan<byte> Magic { get; }

    /// <summary>Whether the member at the offset decodes and begins as a record does. Leaves the window anywhere.</summary>
    protected abstract bool StartsRecord(long offset);

    /// <summary>Reports bytes that belong to no member and moves behind them.</summary>
    protected void SkipGarbage()
    {
        long from = Window.Position;
        string start = Printable.Bytes(Window.Available[..Math.Min(16, Window.Available.Length)]);
        long next = FindMember(from);
        Window.Seek(next);
        Report(new CrawlDefect(CrawlDiagnostics.Garbage, from, $"found {next - from} bytes that belong to no compressed member (starting {start}), expected a member or the end of the file", RecordLost: false));
    }

    protected void Damaged(string code, string message)
    {
        Damage = new CrawlDefect(code, MemberOffset, message, RecordLost: true);
        State = MemberState.Damaged;
    }
}

/// <summary>An uncompressed crawl file: one member from the first byte to the last.</summary>
internal sealed class PlainSource(ByteWindow window, Action<CrawlDefect> report) : MemberSource(window, report)
{
    private bool _opened;

    public override bool HasMembers => false;

    protected override ReadOnlySpan<byte> Magic => "WARC/"u8;

    public override int Read(Span<byte> destination)
    {
        int read = Window.Read(destination);
        if (read == 0)
        {
            State = MemberState.Ended;
        }

        return read;
    }

    public override bool NextMember()
    {
        if (_opened)
        {
            return false;
        }

        _opened = true;
        State = MemberState.Open;
        return true;
    }

    public override bool TrySkip(long count)
    {
        Window.Seek(Window.Position + count);
        return true;
    }

    public override int PeekAhead(long distance, Span<byte> destination)
    {
        long position = Window.Position;
        long target = position + distance;
        if (target >= Window.Length)
        {
            return 0;
        }

        Window.Seek(target);
        int count = Math.Min(destination.Length, Window.Ensure(destination.Length));
        Window.Available[..count].CopyTo(destination);
        Window.Seek(position);
        return count;
    }

    protected override bool StartsRecord(long offset) => true;
}
