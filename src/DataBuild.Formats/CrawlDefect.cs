namespace DataBuild.Formats;

/// <summary>Something wrong inside an otherwise readable crawl file; reading went on after it.</summary>
/// <param name="Code">One of <see cref="CrawlDiagnostics"/>.</param>
/// <param name="Offset">Byte offset in the file: of the record, or of the compressed member that holds it.</param>
/// <param name="Message">What was found and what was expected.</param>
/// <param name="RecordLost">Whether a record (or what may have been one) could not be used; false for a blemish of a record that was kept.</param>
public readonly record struct CrawlDefect(string Code, long Offset, string Message, bool RecordLost);
