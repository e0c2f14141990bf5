namespace DataBuild.Formats;

/// <summary>Codes of what can be wrong with a crawl input. DB2001 to DB2019 stop the input; DB2020 and up concern one record and are counted.</summary>
public static class CrawlDiagnostics
{
    /// <summary>The input file does not exist.</summary>
    public const string InputMissing = "DB2001";

    /// <summary>The input is a directory, a device or a pipe, not a regular file.</summary>
    public const string InputNotAFile = "DB2002";

    /// <summary>The input has no bytes, or no records.</summary>
    public const string InputEmpty = "DB2003";

    /// <summary>The content is not of the format that the file's name claims, or of none that is known.</summary>
    public const string InputFormat = "DB2004";

    /// <summary>The operating system refused to open or read the input.</summary>
    public const string InputUnreadable = "DB2005";

    /// <summary>Zstandard frames need a dictionary that the file does not carry.</summary>
    public const string ZstdDictionary = "DB2006";

    /// <summary>A table input lacks the text column, or has it with a type that is not text.</summary>
    public const string TextColumn = "DB2007";

    /// <summary>A compressed member or frame holds invalid data.</summary>
    public const string MemberDamaged = "DB2020";

    /// <summary>A compressed member or frame ends before its end mark: the file was cut.</summary>
    public const string MemberTruncated = "DB2021";

    /// <summary>A member's content does not have the checksum and size that its trailer states.</summary>
    public const string MemberChecksum = "DB2022";

    /// <summary>Bytes between or after members that belong to none.</summary>
    public const string Garbage = "DB2023";

    /// <summary>A record does not start with a version line.</summary>
    public const string VersionLine = "DB2024";

    /// <summary>A record's header block is longer than the limit.</summary>
    public const string HeaderTooLong = "DB2025";

    /// <summary>A record's header has a line that is not a field, or lacks a mandatory field.</summary>
    public const string HeaderMalformed = "DB2026";

    /// <summary>Content-Length is missing, no number, negative, too large, or given twice with different values.</summary>
    public const string ContentLengthInvalid = "DB2027";

    /// <summary>Content-Length disagrees with where the record ends.</summary>
    public const string ContentLengthMismatch = "DB2028";

    /// <summary>The file ends inside a record.</summary>
    public const string RecordTruncated = "DB2029";

    /// <summary>A record is not followed by two line ends; it was kept.</summary>
    public const string RecordTerminator = "DB2030";

    /// <summary>An HTTP message has no readable status line.</summary>
    public const string HttpHead = "DB2040";

    /// <summary>The HTTP header says chunked and the body is not; it was kept as it is.</summary>
    public const string NotChunked = "DB2041";

    /// <summary>A chunked body is cut or has an invalid chunk size; what came before was kept.</summary>
    public const string ChunkDamaged = "DB2042";

    /// <summary>The HTTP header names a content coding that the body does not have; it was kept as it is.</summary>
    public const string NotEncoded = "DB2043";

    /// <summary>An encoded body is damaged or its coding is unknown.</summary>
    public const string EncodingDamaged = "DB2044";

    /// <summary>A payload is larger than the limit after decoding.</summary>
    public const string PayloadTooLarge = "DB2045";

    /// <summary>A line is not a JSON object.</summary>
    public const string JsonLine = "DB2060";

    /// <summary>A line is longer than the limit.</summary>
    public const string LineTooLong = "DB2061";

    /// <summary>A row has no text, or it is not a string.</summary>
    public const string TextMissing = "DB2062";
}
