namespace DataBuild.Formats;

/// <summary>Why a document of a crawl input cannot be used.</summary>
public static class DropReasons
{
    /// <summary>The HTTP status is not one of success with content.</summary>
    public const string HttpStatus = "http_status";

    /// <summary>The crawler cut the record (WARC-Truncated).</summary>
    public const string Truncated = "truncated";

    /// <summary>The media type is none that is read.</summary>
    public const string MediaType = "media_type";

    /// <summary>The payload is larger than the limit, as stored or after decoding.</summary>
    public const string PayloadTooLarge = "payload_too_large";

    /// <summary>The content coding is unknown or the body is damaged.</summary>
    public const string ContentEncoding = "undecodable_content_encoding";

    /// <summary>The HTTP message has no status line.</summary>
    public const string HttpMessage = "malformed_http";

    /// <summary>The record repeats an earlier capture and has no content of its own.</summary>
    public const string Revisit = "revisit";

    /// <summary>The record is one segment of several.</summary>
    public const string Segmented = "segmented";

    /// <summary>There is no content.</summary>
    public const string Empty = "empty";
}
