using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace DataBuild.Formats.Warc;

/// <summary>
/// Reads WARC 1.0 and 1.1 (tolerating 0.17 and 0.18, ISO 28500) and ARC records in file order, from plain files, gzip members and Zstandard
/// frames, told apart by content. Memory is bounded whatever the file holds. A damaged record is reported and counted, and
/// reading goes on at the next one. Where several records share one compressed member, a wrong checksum of the member is
/// found behind its last record and costs that one alone.
/// </summary>
public sealed partial class WarcReader : IDisposable
{
    /// <summary>Longest header block accepted: real ones stay under 64 KB, and a longer one would have to be held in memory whole.</summary>
    public const int MaxHeaderBytes = 1 << 20;

    private const int BufferSize = 64 * 1024;
    private readonly MemberSource _source;
    private readonly ByteWindow _window;
    private readonly string _path;
    private readonly Action<CrawlDefect>? _onDefect;
    private readonly WarcRecord _record = new();
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _position;
    private int _end;
    private int _boundary = -1;
    private long _remaining;
    private bool _inRecord;
    private bool _recordWhole;
    private bool _sawRecord;
    private bool _isArc;
    private bool _skipMetDamage;
    private string? _headerBlemish;
    private byte[]? _firstBytes;

    /// <summary>Reads a seekable stream from its current position; the reader owns and disposes it.</summary>
    /// <param name="stream">The crawl file.</param>
    /// <param name="path">Its name for messages; a name ending in <c>.gz</c> lets garbage precede the first member.</param>
    /// <param name="onDefect">Called for every defect, in file order.</param>
    /// <exception cref="CrawlFormatException">The file is empty, or its Zstandard dictionary cannot be used.</exception>
    public WarcReader(Stream stream, string path, Action<CrawlDefect>? onDefect = null)
    {
        _path = path;
        _onDefect = onDefect;
        _window = new ByteWindow(stream);
        try
        {
            _source = OpenSource();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Records whose header was read.</summary>
    public long RecordsRead { get; private set; }

    /// <summary>Defects that cost a record.</summary>
    public long RecordsLost { get; private set; }

    /// <summary>All defects, those of records that were kept included.</summary>
    public long DefectCount { get; private set; }

    /// <summary>Bytes decoded so far.</summary>
    public long BytesDecoded { get; private set; }

    /// <summary>Position in the file: compressed bytes taken so far.</summary>
    public long Position => _source.Position;

    /// <summary>Opens a file.</summary>
    /// <exception cref="CrawlFormatException">It is missing, a directory, unreadable or empty.</exception>
    public static WarcReader Open(string path, Action<CrawlDefect>? onDefect = null) => new(CrawlFile.Open(path), path, onDefect);

    /// <summary>Moves to the next record. The one before is finished first, as by <see cref="FinishRecord"/>.</summary>
    /// <exception cref="CrawlFormatException">The file's end was reached and nothing in it was a record.</exception>
    public bool TryRead([NotNullWhen(true)] out WarcRecord? record)
    {
        if (_inRecord)
        {
            FinishRecord();
        }

        record = null;
        while (TryReachRecord())
        {
            _record.Offset = OffsetOf(_position);
            if (TryReadHeader())
            {
                RecordsRead++;
                _remaining = _record.ContentLength;
                _inRecord = true;
                record = _record;
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads the next bytes of the record's block. 0 at its end, or where it breaks off: <see cref="FinishRecord"/> tells.</summary>
    public int ReadBlock(Span<byte> destination)
    {
        if (!_inRecord || _remaining == 0 || destination.IsEmpty)
        {
            return 0;
        }

        int available = Limit - _position;
        if (available == 0)
        {
            if (_boundary < 0 && destination.Length >= BufferSize && _source.State == MemberState.Open)
            {
                int direct = _source.Read(destination[..(int)Math.Min(destination.Length, _remaining)]);
                BytesDecoded += direct;
                _remaining -= direct;
                if (direct > 0)
                {
                    return direct;
                }
            }

            if (!FillSpanning())
            {
                return 0;
            }

            available = Limit - _position;
        }

        int count = (int)Math.Min(Math.Min(available, destination.Length), _remaining);
        _buffer.AsSpan(_position, count).CopyTo(destination);
        _position += count;
        _remaining -= count;
        return count;
    }

    /// <summary>Skips what is left of the record's block and checks its end. False means that the record is damaged: it has been reported, and what was read of it is not to be used.</summary>
    public bool FinishRecord()
    {
        if (!_inRecord)
        {
            return _recordWhole;
        }

        SkipBlock();
        _inRecord = false;
        _recordWhole = _remaining == 0 ? CheckTerminator() : ReportCutBlock();
        return _recordWhole;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        if (_source is null)
        {
            _window.Dispose();
        }
        else
        {
            _source.Dispose();
        }

        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _position = _end = 0;
    }

    private int Limit => _boundary >= 0 ? _boundary : _end;

    private ReadOnlySpan<byte> Unread => _buffer.AsSpan(_position, Limit - _position);

    private MemberSource OpenSource()
    {
        if (_window.Ensure(RecordStart.Probe) == 0)
        {
            throw new CrawlFormatException(CrawlDiagnostics.InputEmpty, _path, 0, "an empty file", "WARC or ARC records");
        }

        ReadOnlySpan<byte> start = _window.Available;
        switch (CrawlFile.CompressionOf(start))
        {
            case Compression.Gzip:
                return new GzipMemberSource(_window, Report);
            case Compression.Zstd:
                return new ZstdFrameSource(_window, Report, _path);
            default:
                return !RecordStart.IsWarcOrArc(start) && _path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
                    ? new GzipMemberSource(_window, Report)
                    : new PlainSource(_window, Report);
        }
    }

    private long OffsetOf(int index) => _source.HasMembers ? _source.MemberOffset : _source.Position - (_end - index);

    private void Report(CrawlDefect defect)
    {
        DefectCount++;
        RecordsLost += defect.RecordLost ? 1 : 0;
        _onDefect?.Invoke(defect);
    }

    private void Report(string code, string message, bool lost = true) => Report(new CrawlDefect(code, _record.Offset, message, lost));

    /// <summary>Reports a lost record, unless its loss is that of a damaged member that was just reported.</summary>
    private void ReportLost(string code, string message)
    {
        if (!_skipMetDamage)
        {
            Report(code, message);
        }
    }
}
