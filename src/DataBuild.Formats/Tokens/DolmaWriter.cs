using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace DataBuild.Formats.Tokens;

/// <summary>
/// Writes the token files of dolma and OLMo (allenai/dolma, tokenizer/memmap_writer.py): a <c>.npy</c> that is no NumPy file
/// but raw ids without a header, and a <c>.csv.gz</c> with a row a document: start and end in tokens, id, source, line.
/// The width stands in no file: whoever reads must know it.
/// </summary>
public sealed class DolmaWriter : IDisposable
{
    private readonly TokenStream _tokens;
    private readonly StreamWriter _rows;

    /// <summary>Starts a file.</summary>
    /// <param name="data">Stream of the <c>.npy</c> file; not closed.</param>
    /// <param name="rows">Stream of the <c>.csv.gz</c> file; not closed.</param>
    /// <param name="width">Bytes a token.</param>
    public DolmaWriter(Stream data, Stream rows, TokenWidth width)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(rows);
        _tokens = new TokenStream(data, width);
        _rows = new StreamWriter(new GZipStream(rows, CompressionLevel.Optimal, leaveOpen: true), new UTF8Encoding(false)) { NewLine = "\n" };
    }

    /// <summary>Tokens written.</summary>
    public long TokenCount => _tokens.Count;

    /// <summary>Appends a document, with such begin and end ids as it is to have.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="id">The document's id; one that begins like a formula of a spreadsheet gets an apostrophe before it, and so does the source.</param>
    /// <param name="source">File that the document came from.</param>
    /// <param name="line">Its line in that file, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative or does not fit the width.</exception>
    public void AddDocument(ReadOnlySpan<int> ids, string id, string source, long line)
    {
        long start = _tokens.Count;
        _tokens.Write(ids);
        _rows.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{start},{_tokens.Count},{Quoted(id)},{Quoted(source)},{line}"));
    }

    /// <summary>Writes out what is buffered.</summary>
    public void Complete()
    {
        _tokens.Flush();
        _rows.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokens.Dispose();
        _rows.Dispose();
    }

    // Ids come from strangers, and a spreadsheet runs a field that begins like a formula: an apostrophe before it makes it text (OWASP, CSV injection).
    private static string Quoted(string field)
    {
        string text = field.Length > 0 && field[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? "'" + field : field;
        return text.AsSpan().IndexOfAny("\",\r\n") < 0 ? text : "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }
}
