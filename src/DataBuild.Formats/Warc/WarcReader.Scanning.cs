using System.Buffers;

namespace DataBuild.Formats.Warc;

/// <content>The decoded bytes in hand, and the search for the next record after damage.</content>
public sealed partial class WarcReader
{
    /// <summary>Moves to the next place where a record may start: behind a line end, or at the start of a member. False at the end of the file.</summary>
    private bool SkipToRecord(out long skipped)
    {
        skipped = 0;
        _skipMetDamage = false;
        while (true)
        {
            int at = FindStart(Unread, out int keep);
            if (at >= 0)
            {
                skipped += at;
                _position += at;
                return true;
            }

            skipped += Unread.Length - keep;
            _position = Limit - keep;
            if (_boundary >= 0)
            {
                skipped += keep;
                return true;
            }

            if (Fill())
            {
                continue;
            }

            skipped += Unread.Length;
            _position = _end;
            if (_source.State == MemberState.Damaged)
            {
                _skipMetDamage = true;
                ReportDamage();
                return true;
            }

            return _source.NextMember();
        }
    }

    /// <summary>Index of a record start behind a line end; -1 where there is none, with the count of last bytes that may be the beginning of one.</summary>
    private int FindStart(ReadOnlySpan<byte> bytes, out int keep)
    {
        for (int from = 0; ;)
        {
            int at = _isArc ? bytes[from..].IndexOf((byte)'\n') : bytes[from..].IndexOf("\nWARC/"u8);
            if (at < 0)
            {
                keep = _isArc ? 0 : Math.Min(bytes.Length, 6);
                return -1;
            }

            at += from + 1;
            ReadOnlySpan<byte> start = bytes[at..];
            if (_isArc)
            {
                int lineEnd = start.IndexOf((byte)'\n');
                if (lineEnd < 0 && start.Length < MaxArcLine)
                {
                    keep = start.Length + 1;
                    return -1;
                }

                if (lineEnd >= 0 && lineEnd < MaxArcLine && ArcHeader.TryParse(start[..lineEnd], out _))
                {
                    keep = 0;
                    return at;
                }
            }
            else if (start.Length == 5)
            {
                keep = 6;
                return -1;
            }
            else if (char.IsAsciiDigit((char)start[5]))
            {
                keep = 0;
                return at;
            }

            from = at;
        }
    }

    /// <summary>Appends decoded bytes of the current member to the buffer; false at its end or where it is damaged.</summary>
    private bool Fill()
    {
        if (_boundary >= 0 || _source.State != MemberState.Open)
        {
            return false;
        }

        if (_position == _end)
        {
            _position = _end = 0;
        }
        else if (_position > 0 && _end == _buffer.Length)
        {
            _buffer.AsSpan(_position, _end - _position).CopyTo(_buffer);
            _end -= _position;
            _position = 0;
        }

        if (_end == _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        int read = _source.Read(_buffer.AsSpan(_end));
        _end += read;
        BytesDecoded += read;
        return read > 0;
    }

    /// <summary>As <see cref="Fill"/>, and goes on into the next member where that does not begin with a record: some writers cut members anywhere.</summary>
    private bool FillSpanning()
    {
        if (Fill())
        {
            return true;
        }

        while (_boundary < 0 && _source.State == MemberState.Ended)
        {
            int held = _end - _position;
            if (!_source.HasMembers || !_source.NextMember())
            {
                return false;
            }

            while (_end - _position - held < RecordStart.Probe && Fill())
            {
            }

            int from = _position + held;
            ReadOnlySpan<byte> start = _buffer.AsSpan(from, _end - from);
            if (RecordStart.IsWarc(start) || (_isArc && RecordStart.IsArc(start)))
            {
                _boundary = from;
                return false;
            }

            if (_end > from)
            {
                return true;
            }
        }

        return false;
    }

    private void CheckAnyRecord()
    {
        if (_sawRecord)
        {
            return;
        }

        throw _firstBytes is null && DefectCount == 0
            ? new CrawlFormatException(CrawlDiagnostics.InputEmpty, _path, 0, "no records", "WARC or ARC records")
            : new CrawlFormatException(CrawlDiagnostics.InputFormat, _path, 0, _firstBytes is null ? $"{DefectCount} damaged members and no record" : $"{Printable.Bytes(_firstBytes)} and no record", "WARC or ARC records");
    }
}
