namespace DataBuild.Formats.Warc;

/// <content>Where records begin and end.</content>
public sealed partial class WarcReader
{
    private const int TerminatorProbe = 16;
    private const int MaxArcLine = 16 * 1024;

    /// <summary>Moves to the first byte of a record; false at the end of the file.</summary>
    private bool TryReachRecord()
    {
        while (true)
        {
            if (_boundary >= 0)
            {
                _position = _boundary;
                _boundary = -1;
            }

            int text = Unread.IndexOfAnyExcept((byte)'\r', (byte)'\n');
            _position = text < 0 ? _end : _position + text;
            if (_position == _end)
            {
                if (Fill())
                {
                    continue;
                }

                if (_source.State == MemberState.Damaged)
                {
                    ReportDamage();
                    continue;
                }

                if (!_source.NextMember())
                {
                    CheckAnyRecord();
                    return false;
                }

                continue;
            }

            while (Unread.Length < 6 && FillSpanning())
            {
            }

            if (RecordStart.IsWarc(Unread) || IsArcHere())
            {
                _sawRecord = true;
                return true;
            }

            if (Unread.Length < 6 && _boundary < 0 && _source.State == MemberState.Damaged)
            {
                ReportDamage();
                continue;
            }

            ReportNoVersion();
        }
    }

    private bool IsArcHere()
    {
        if (!_isArc && _sawRecord)
        {
            return false;
        }

        while (Unread.Length < MaxArcLine && Unread.IndexOf((byte)'\n') < 0 && FillSpanning())
        {
        }

        return RecordStart.IsArc(Unread);
    }

    private bool TryReadHeader()
    {
        if (!RecordStart.IsWarc(Unread))
        {
            _isArc = true;
            int lineEnd = Unread.IndexOf((byte)'\n');
            _ = ArcHeader.TryParse(Unread[..lineEnd], out ArcHeader arc);
            _record.ParseArc(Unread[..lineEnd].TrimEnd((byte)'\r'), arc);
            _position += lineEnd + 1;
            return TryLocateEnd();
        }

        int length = FindHeaderEnd();
        if (length < 0)
        {
            return false;
        }

        string? problem = _record.ParseWarc(Unread[..length]);
        _position += length;
        _headerBlemish = _record.Value("WARC-Type"u8).IsEmpty ? "no WARC-Type, expected one" : problem;

        if (_record.ParseContentLength() is { } wrong)
        {
            SkipToRecord(out _);
            ReportLost(CrawlDiagnostics.ContentLengthInvalid, $"found {wrong}");
            return false;
        }

        return TryLocateEnd();
    }

    /// <summary>Length of the header block with its empty line; -1 where there is no end, which is reported.</summary>
    private int FindHeaderEnd()
    {
        int line = 0;
        int searched = 0;
        while (true)
        {
            int newLine = Unread[searched..].IndexOf((byte)'\n');
            if (newLine >= 0)
            {
                int end = searched + newLine;
                if (end == line || (end == line + 1 && Unread[line] == (byte)'\r'))
                {
                    return end + 1;
                }

                line = searched = end + 1;
            }
            else
            {
                searched = Unread.Length;
            }

            if (searched > MaxHeaderBytes)
            {
                _position += searched;
                SkipToRecord(out _);
                ReportLost(CrawlDiagnostics.HeaderTooLong, $"found a header block of more than {MaxHeaderBytes} bytes, expected at most that");
                return -1;
            }

            if (newLine < 0 && !FillSpanning())
            {
                int length = Unread.Length;
                if (_boundary < 0 && _source.State == MemberState.Damaged)
                {
                    ReportDamage();
                    return -1;
                }

                Report(CrawlDiagnostics.RecordTruncated, $"found the end of the {Container} after {length} bytes of a record header, expected an empty line");
                _position = Limit;
                return -1;
            }
        }
    }

    private string Container => _boundary >= 0 || _source.HasMembers ? "member" : "file";

    /// <summary>In a plain file the byte behind the block can be looked at before the block is read, so a lie costs no reading.</summary>
    private bool TryLocateEnd()
    {
        if (_source.HasMembers)
        {
            return true;
        }

        long length = _record.ContentLength;
        long blockStart = OffsetOf(_position);
        long fileLength = _window.Length;
        Span<byte> probe = stackalloc byte[RecordStart.Probe];
        if (length <= fileLength - blockStart)
        {
            int count;
            if (length + TerminatorProbe <= Unread.Length)
            {
                ReadOnlySpan<byte> next = Unread[(int)length..];
                count = Math.Min(next.Length, probe.Length);
                next[..count].CopyTo(probe);
            }
            else
            {
                int held = (int)Math.Max(0, Unread.Length - length);
                Unread[(Unread.Length - held)..].CopyTo(probe);
                count = held + _source.PeekAhead(Math.Max(0, length - Unread.Length), probe[held..]);
            }

            if (MatchTerminator(probe[..count], out _) >= 0)
            {
                return true;
            }
        }

        bool found = SkipToRecord(out long skipped);
        bool cut = !found && length > fileLength - blockStart;
        Report(
            cut ? CrawlDiagnostics.RecordTruncated : CrawlDiagnostics.ContentLengthMismatch,
            found
                ? $"found Content-Length {length}, but the next record starts {skipped} bytes after the header"
                : $"found Content-Length {length}, but {(cut ? "the file ends" : "no record follows there, nor any")} {fileLength - blockStart} bytes after the header");
        return false;
    }

    /// <summary>How many bytes end a record, given those behind its block; -1 where the record cannot end here.</summary>
    private int MatchTerminator(ReadOnlySpan<byte> next, out bool blemish)
    {
        blemish = false;
        int ends = next.IndexOfAnyExcept((byte)'\r', (byte)'\n');
        ReadOnlySpan<byte> after = ends < 0 ? default : next[ends..];
        ends = ends < 0 ? next.Length : ends;
        if (_isArc)
        {
            return ends > 0 || after.IsEmpty || RecordStart.IsArc(after) ? Math.Min(ends, 1) : -1;
        }

        if (next.StartsWith("\r\n\r\n"u8))
        {
            return 4;
        }

        blemish = true;
        return after.IsEmpty || RecordStart.IsWarc(after) ? ends : -1;
    }

    private void SkipBlock()
    {
        while (_remaining > 0)
        {
            int held = (int)Math.Min(_remaining, Unread.Length);
            _position += held;
            _remaining -= held;
            if (_remaining == 0)
            {
                return;
            }

            if (_boundary < 0 && _source.TrySkip(_remaining))
            {
                BytesDecoded += _remaining;
                _remaining = 0;
            }
            else if (!FillSpanning())
            {
                return;
            }
        }
    }

    private bool CheckTerminator()
    {
        while (Unread.Length < TerminatorProbe && Fill())
        {
        }

        ReadOnlySpan<byte> next = Unread;
        if (next.Length < TerminatorProbe && _boundary < 0 && _source.State == MemberState.Damaged)
        {
            ReportDamage();
            return false;
        }

        int length = MatchTerminator(next, out bool blemish);
        string ending = blemish ? Printable.Bytes(next[..Math.Max(length, 0)]) : "";
        if (length < 0)
        {
            string found = Printable.Bytes(next[..Math.Min(next.Length, 16)]);
            SkipToRecord(out long skipped);
            ReportLost(CrawlDiagnostics.ContentLengthMismatch, $"found {found} after the {_record.ContentLength} bytes that Content-Length states, expected two line ends; skipped {skipped} bytes to the next record");
            return false;
        }

        _position += length;
        if (_position == Limit && _boundary < 0 && !Fill() && _source.State == MemberState.Damaged)
        {
            ReportDamage();
            return false;
        }

        if (_source.HasMembers && !_isArc && !SkipTail())
        {
            return false;
        }

        if (_headerBlemish is not null)
        {
            Report(CrawlDiagnostics.HeaderMalformed, $"found {_headerBlemish}", lost: false);
        }

        if (blemish)
        {
            Report(CrawlDiagnostics.RecordTerminator, $"found {ending} after the block, expected two line ends", lost: false);
        }

        return true;
    }

    /// <summary>Skips bytes between a record and the next or the member's end; false where the member proves damaged there.</summary>
    private bool SkipTail()
    {
        int text = Unread.IndexOfAnyExcept((byte)'\r', (byte)'\n');
        if (text < 0 || RecordStart.IsWarc(Unread[text..]) || (Unread.Length - text < 5 && "WARC/"u8.StartsWith(Unread[text..]) && _source.State == MemberState.Open))
        {
            return true;
        }

        string found = Printable.Bytes(Unread[text..Math.Min(Unread.Length, text + 16)]);
        SkipToRecord(out long skipped);
        if (_skipMetDamage)
        {
            return false;
        }

        Report(CrawlDiagnostics.Garbage, $"found {skipped} bytes ({found}...) behind the record in its member, expected a record or the member's end", lost: false);
        return true;
    }

    private bool ReportCutBlock()
    {
        if (_boundary < 0 && _source.State == MemberState.Damaged)
        {
            ReportDamage();
            return false;
        }

        long read = _record.ContentLength - _remaining;
        bool next = _boundary >= 0;
        Report(
            next ? CrawlDiagnostics.ContentLengthMismatch : CrawlDiagnostics.RecordTruncated,
            $"found {(next ? "the next record" : "the end of the file")} after {read} bytes of the block, expected {_record.ContentLength}");
        return false;
    }

    private void ReportDamage()
    {
        _sawRecord |= RecordStart.IsWarc(Unread);
        Report(_source.Damage);
        _source.Resync();
        _position = _end = 0;
        _boundary = -1;
    }

    private void ReportNoVersion()
    {
        _record.Offset = OffsetOf(_position);
        byte[] found = Unread[..Math.Min(Unread.Length, 32)].ToArray();
        _firstBytes ??= found;
        SkipToRecord(out long skipped);
        ReportLost(CrawlDiagnostics.VersionLine, $"found {Printable.Bytes(found)}, expected a record's version line 'WARC/1.0' or 'WARC/1.1'; skipped {skipped} bytes");
    }
}
