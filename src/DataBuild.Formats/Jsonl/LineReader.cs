using System.Text;

namespace DataBuild.Formats.Jsonl;

/// <summary>Splits a stream into lines with bounded memory; a byte order mark at the start is skipped.</summary>
internal sealed class LineReader(Stream stream, int maxLine) : IDisposable
{
    private const int Step = 64 * 1024;
    private readonly PooledBytes _buffer = new(2 * Step);
    private int _start;
    private long _base;
    private bool _ended;
    private bool _started;

    public int MaxLine => maxLine;

    /// <summary>Lines read so far, empty ones included.</summary>
    public long Lines { get; private set; }

    /// <summary>Reads the next line, without its line feed; the bytes are valid until the next call. A line over the limit is skipped and comes back empty.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line, out long offset, out bool tooLong)
    {
        line = default;
        tooLong = false;
        if (!_started)
        {
            _started = true;
            while (_buffer.Length < 3 && Fill())
            {
            }

            _start = _buffer.Span.StartsWith(Encoding.UTF8.Preamble) ? 3 : 0;
        }

        int searched = _start;
        offset = _base + _start;
        while (true)
        {
            int end = _buffer.Span[searched..].IndexOf((byte)'\n');
            if (end >= 0 || (_ended && _start < _buffer.Length))
            {
                int lineEnd = end >= 0 ? searched + end : _buffer.Length;
                tooLong |= lineEnd - _start > maxLine;
                line = tooLong ? default : _buffer.Span[_start..lineEnd];
                _start = end >= 0 ? lineEnd + 1 : lineEnd;
                Lines++;
                return true;
            }

            if (_ended)
            {
                Lines += tooLong ? 1 : 0;
                return tooLong;
            }

            if (tooLong || _buffer.Length - _start > maxLine)
            {
                tooLong = true;
                _base += _buffer.Length;
                _buffer.Truncate(0);
                _start = 0;
            }
            else if (_start > 0)
            {
                _base += _start;
                _buffer.RemoveStart(_start);
                _start = 0;
            }

            searched = _buffer.Length;
            Fill();
        }
    }

    public void Dispose() => _buffer.Dispose();

    private bool Fill()
    {
        int read = stream.Read(_buffer.Free(Step));
        _buffer.Advance(read);
        _ended = read == 0;
        return !_ended;
    }
}
