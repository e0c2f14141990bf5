using System.Buffers.Binary;

namespace DataBuild.Formats.Warc;

/// <summary>Zstandard frames (RFC 8878), with the dictionary frame of the IIPC proposal for WARC in Zstandard where there is one.</summary>
internal sealed class ZstdFrameSource : MemberSource
{
    /// <summary>Largest dictionary accepted, compressed or not; zstd trains dictionaries of some 110 KB.</summary>
    private const int MaxDictionary = 16 << 20;

    private const uint FrameMagic = 0xFD2FB528;
    private const uint SkippableMagic = 0x184D2A50;
    private const uint DictionaryMagic = 0x184D2A5D;
    private readonly string _path;
    private readonly ZstdDecoder _decoder = new();
    private bool _hasDictionary;
    private long _decoded;

    public ZstdFrameSource(ByteWindow window, Action<CrawlDefect> report, string path)
        : base(window, report)
    {
        _path = path;
        ReadDictionary();
    }

    protected override ReadOnlySpan<byte> Magic => [0x28, 0xB5, 0x2F, 0xFD];

    public override int Read(Span<byte> destination)
    {
        while (State == MemberState.Open && !destination.IsEmpty)
        {
            int available = Window.Ensure(1);
            if (available == 0)
            {
                Damaged(CrawlDiagnostics.MemberTruncated, "found the end of the file inside a Zstandard frame, expected its last block");
                return 0;
            }

            ZstdStatus status = _decoder.Decode(Window.Available, destination, out int used, out int written);
            if (status == ZstdStatus.Invalid)
            {
                Damaged(CrawlDiagnostics.MemberDamaged, $"found an invalid Zstandard frame ({_decoder.Error}) after {Window.Position - MemberOffset} bytes and {_decoded} decoded ones");
                return 0;
            }

            Window.Advance(used);
            _decoded += written;
            if (status == ZstdStatus.FrameEnd)
            {
                State = MemberState.Ended;
            }

            if (written > 0 || status == ZstdStatus.FrameEnd)
            {
                return written;
            }
        }

        return 0;
    }

    public override bool NextMember()
    {
        while (Window.Ensure(18) > 0)
        {
            uint magic = Window.Available.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(Window.Available) : 0;
            if (magic == FrameMagic)
            {
                MemberOffset = Window.Position;
                CheckDictionary();
                _decoder.Reset();
                _decoded = 0;
                State = MemberState.Open;
                return true;
            }

            if ((magic & 0xFFFFFFF0) == SkippableMagic && Window.Available.Length >= 8)
            {
                long end = Window.Position + 8 + BinaryPrimitives.ReadUInt32LittleEndian(Window.Available[4..]);
                if (end <= Window.Length)
                {
                    Window.Seek(end);
                    continue;
                }
            }

            SkipGarbage();
        }

        return false;
    }

    public override void Dispose()
    {
        _decoder.Dispose();
        base.Dispose();
    }

    protected override bool StartsRecord(long offset)
    {
        Span<byte> probe = stackalloc byte[RecordStart.Probe];
        int count = 0;
        _decoder.Reset();
        ZstdStatus status = ZstdStatus.More;
        while (status == ZstdStatus.More && count < probe.Length && Window.Ensure(1) > 0
            && (status = _decoder.Decode(Window.Available, probe[count..], out int used, out int written)) != ZstdStatus.Invalid)
        {
            Window.Advance(used);
            count += written;
        }

        return RecordStart.IsWarcOrArc(probe[..count]);
    }

    private void ReadDictionary()
    {
        if (Window.Ensure(8) < 8 || BinaryPrimitives.ReadUInt32LittleEndian(Window.Available) != DictionaryMagic)
        {
            return;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(Window.Available[4..]);
        if (length > MaxDictionary || Window.Position + 8 + length > Window.Length)
        {
            throw new CrawlFormatException(CrawlDiagnostics.ZstdDictionary, _path, Window.Position, $"a dictionary frame of {length} bytes", $"at most {MaxDictionary} bytes, within the file");
        }

        Window.Advance(8);
        Window.Ensure((int)length);
        byte[] dictionary = Window.Available[..(int)length].ToArray();
        if (length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(dictionary) == FrameMagic)
        {
            dictionary = DecodeDictionary(dictionary);
        }

        if (!_decoder.TryLoadDictionary(dictionary))
        {
            throw new CrawlFormatException(CrawlDiagnostics.ZstdDictionary, _path, 0, $"a dictionary that does not load ({_decoder.Error})", "a Zstandard dictionary");
        }

        _hasDictionary = true;
        Window.Advance((int)length);
    }

    private byte[] DecodeDictionary(byte[] frame)
    {
        using var decoder = new ZstdDecoder();
        byte[] output = new byte[64 * 1024];
        int count = 0;
        int position = 0;
        while (true)
        {
            ZstdStatus status = decoder.Decode(frame.AsSpan(position), output.AsSpan(count), out int used, out int written);
            if (status == ZstdStatus.Invalid || (status == ZstdStatus.More && used == 0 && written == 0) || count + written > MaxDictionary)
            {
                throw new CrawlFormatException(CrawlDiagnostics.ZstdDictionary, _path, 0, $"a compressed dictionary that does not decode ({(status == ZstdStatus.Invalid ? decoder.Error : "cut or too large")})", $"a Zstandard dictionary of at most {MaxDictionary} bytes");
            }

            position += used;
            count += written;
            if (status == ZstdStatus.FrameEnd)
            {
                return output[..count];
            }

            if (count == output.Length)
            {
                Array.Resize(ref output, output.Length * 2);
            }
        }
    }

    /// <summary>A frame that names a dictionary in a file without one: no record of the file can be read, so this is said once.</summary>
    private void CheckDictionary()
    {
        if (_hasDictionary || Window.Available.Length < 10)
        {
            return;
        }

        byte descriptor = Window.Available[4];
        int idLength = (descriptor & 3) switch { 0 => 0, 1 => 1, 2 => 2, _ => 4 };
        if (idLength == 0)
        {
            return;
        }

        ReadOnlySpan<byte> id = Window.Available.Slice(5 + ((descriptor & 0x20) != 0 ? 0 : 1), idLength);
        uint dictionary = 0;
        for (int i = id.Length - 1; i >= 0; i--)
        {
            dictionary = (dictionary << 8) | id[i];
        }

        if (dictionary != 0)
        {
            throw new CrawlFormatException(CrawlDiagnostics.ZstdDictionary, _path, MemberOffset, $"a frame that needs dictionary {dictionary}", "a dictionary frame at the start of the file");
        }
    }
}
