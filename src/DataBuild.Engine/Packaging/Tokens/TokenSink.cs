namespace DataBuild.Engine.Packaging.Tokens;

/// <summary>Writes sequences in one format, into one folder.</summary>
internal abstract class TokenSink : IDisposable
{
    /// <summary>Folder of token files in a dataset.</summary>
    public const string Folder = "tokens/";

    /// <summary>Tokens written, filled places included.</summary>
    public long Tokens { get; private set; }

    /// <summary>Appends a sequence.</summary>
    /// <param name="ids">Its tokens.</param>
    /// <param name="boundaries">Where the parts of documents begin in it, then its length.</param>
    /// <param name="id">Id of the document that its first part comes from.</param>
    /// <param name="source">Input that this document was read from.</param>
    /// <param name="row">The document's row in that input.</param>
    public void Add(ReadOnlySpan<int> ids, ReadOnlySpan<int> boundaries, ReadOnlySpan<byte> id, string source, long row)
    {
        Tokens += ids.Length;
        Write(ids, boundaries, id, source, row);
    }

    /// <summary>Completes the files.</summary>
    public abstract void Complete();

    public abstract void Dispose();

    protected abstract void Write(ReadOnlySpan<int> ids, ReadOnlySpan<int> boundaries, ReadOnlySpan<byte> id, string source, long row);

    protected static Stream Create(OutputFolder folder, string name) => folder.Create(Folder + name);
}
