using System.Text;

namespace DataBuild.Formats;

/// <summary>One document of a crawl input as it was stored: its bytes and what the input says of it. It owns a pooled buffer: dispose it when the bytes are no longer needed. It may be handed to another thread.</summary>
public sealed class RawDocument : IDisposable
{
    private readonly PooledBytes _payload;

    internal RawDocument(PooledBytes payload) => _payload = payload;

    /// <summary>WARC-Record-ID without <c>urn:uuid:</c>, the id field of a row, or 32 hexadecimal digits of a SHA-256 over address and content.</summary>
    public required string Id { get; init; }

    /// <summary>Address; empty where the input states none.</summary>
    public string Url { get; init; } = "";

    /// <summary>Date as stated, ISO 8601; null where missing.</summary>
    public string? Date { get; init; }

    /// <summary>Record type: <c>response</c>, <c>resource</c>, <c>conversion</c>, <c>revisit</c>; <c>row</c> of a table or JSON lines; <c>file</c>.</summary>
    public required string RecordType { get; init; }

    /// <summary>HTTP status; 0 where there is none.</summary>
    public int HttpStatus { get; init; }

    /// <summary>Media type in lower case without parameters; null where unknown.</summary>
    public string? MediaType { get; init; }

    /// <summary>Charset that HTTP states; null where it states none.</summary>
    public string? Charset { get; init; }

    /// <summary>Whether the payload is the document's text already, in valid UTF-8 without byte order mark.</summary>
    public bool IsText { get; init; }

    /// <summary>Reason of WARC-Truncated; null where the record is whole.</summary>
    public string? Truncated { get; init; }

    /// <summary>Offset in the file of the record or of the compressed member it starts in; of a row, its decoded offset or number.</summary>
    public long Offset { get; init; }

    /// <summary>Why the document cannot be used (one of <see cref="DropReasons"/>); null where it can. A dropped document may have no payload.</summary>
    public string? DropReason { get; init; }

    /// <summary>Label of a row, as the field for it states; null where there is none.</summary>
    public string? Label { get; init; }

    /// <summary>Fields of a row that are none of the known ones, as one JSON object; null where not asked for.</summary>
    public string? ExtraFields { get; init; }

    /// <summary>The content, transfer and content codings undone. Valid until the document is disposed.</summary>
    public ReadOnlyMemory<byte> Payload => _payload.Memory;

    /// <summary>The array that holds the payload from index 0, for consumers that need one.</summary>
    public byte[] PayloadArray => _payload.Array;

    /// <summary>Bytes of the payload.</summary>
    public int PayloadLength => _payload.Length;

    /// <summary>The text of a text input; null where <see cref="IsText"/> is false.</summary>
    public string? Text => IsText ? Encoding.UTF8.GetString(_payload.Span) : null;

    /// <summary>Gives the buffer back.</summary>
    public void Dispose() => _payload.Dispose();
}
