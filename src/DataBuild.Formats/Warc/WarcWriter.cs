using System.Globalization;
using System.IO.Compression;
using System.Text;
using ZstdSharp;

namespace DataBuild.Formats.Warc;

/// <summary>How a <see cref="WarcWriter"/> stores records.</summary>
public enum WarcCompression
{
    /// <summary>As they are.</summary>
    None,

    /// <summary>One gzip member per record.</summary>
    Gzip,

    /// <summary>One Zstandard frame per record, with content size and checksum, without dictionary.</summary>
    Zstd,
}

/// <summary>Writes WARC 1.1 records. Equal calls make equal bytes with one version of the runtime.</summary>
/// <param name="output">Where the records go.</param>
/// <param name="compression">How each record is stored.</param>
/// <param name="leaveOpen">Whether disposing leaves the stream open.</param>
public sealed class WarcWriter(Stream output, WarcCompression compression, bool leaveOpen = false) : IDisposable
{
    private const int ZstdLevel = 3;
    private readonly MemoryStream _record = new();
    private Compressor? _zstd;

    /// <summary>Bytes written so far: the offset of the next record.</summary>
    public long Position { get; private set; }

    /// <summary>The block of a response record: status line, headers, empty line, body.</summary>
    public static byte[] HttpResponse(int status, string reason, IEnumerable<(string Name, string Value)> headers, ReadOnlySpan<byte> body)
    {
        var head = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} {reason}\r\n"));
        foreach ((string name, string value) in headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        byte[] block = new byte[Encoding.Latin1.GetByteCount(head.Append("\r\n").ToString()) + body.Length];
        int length = Encoding.Latin1.GetBytes(head.ToString(), block);
        body.CopyTo(block.AsSpan(length));
        return block;
    }

    /// <summary>Writes one record.</summary>
    /// <param name="type">WARC-Type.</param>
    /// <param name="recordId">WARC-Record-ID without its angle brackets, such as <c>urn:uuid:...</c>.</param>
    /// <param name="date">WARC-Date, ISO 8601 in UTC.</param>
    /// <param name="targetUri">WARC-Target-URI; null for none.</param>
    /// <param name="contentType">Content-Type of the block; null for none.</param>
    /// <param name="block">The block.</param>
    /// <param name="fields">Further header fields.</param>
    /// <returns>Offset of the record in the output.</returns>
    public long Write(string type, string recordId, string date, string? targetUri, string? contentType, ReadOnlySpan<byte> block, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var header = new StringBuilder("WARC/1.1\r\n");
        Field(header, "WARC-Type", type);
        Field(header, "WARC-Record-ID", $"<{recordId}>");
        Field(header, "WARC-Date", date);
        if (targetUri is not null)
        {
            Field(header, "WARC-Target-URI", targetUri);
        }

        foreach ((string name, string value) in fields)
        {
            Field(header, name, value);
        }

        if (contentType is not null)
        {
            Field(header, "Content-Type", contentType);
        }

        Field(header, "Content-Length", block.Length.ToString(CultureInfo.InvariantCulture));
        long offset = Position;
        _record.SetLength(0);
        byte[] head = Encoding.UTF8.GetBytes(header.Append("\r\n").ToString());
        switch (compression)
        {
            case WarcCompression.Gzip:
                using (var member = new GzipMember(_record, CompressionLevel.Optimal))
                {
                    WriteRecord(member, head, block);
                }

                break;
            case WarcCompression.Zstd:
                using (var plain = new MemoryStream(head.Length + block.Length + 4))
                {
                    WriteRecord(plain, head, block);
                    _zstd ??= NewCompressor();
                    _record.Write(_zstd.Wrap(plain.GetBuffer().AsSpan(0, (int)plain.Length)));
                }

                break;
            default:
                WriteRecord(_record, head, block);
                break;
        }

        output.Write(_record.GetBuffer(), 0, (int)_record.Length);
        Position += _record.Length;
        return offset;
    }

    /// <summary>Flushes, and closes the stream unless it was to be left open.</summary>
    public void Dispose()
    {
        _zstd?.Dispose();
        _record.Dispose();
        output.Flush();
        if (!leaveOpen)
        {
            output.Dispose();
        }
    }

    private static Compressor NewCompressor()
    {
        var compressor = new Compressor(ZstdLevel);
        compressor.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        return compressor;
    }

    private static void WriteRecord(Stream to, byte[] header, ReadOnlySpan<byte> block)
    {
        to.Write(header);
        to.Write(block);
        to.Write("\r\n\r\n"u8);
    }

    private static void Field(StringBuilder header, string name, string value)
    {
        if (value.AsSpan().ContainsAny('\r', '\n') || name.AsSpan().ContainsAny(":\r\n"))
        {
            throw new ArgumentException($"A WARC header field cannot hold a line end: {name}.");
        }

        header.Append(name).Append(": ").Append(value).Append("\r\n");
    }
}
