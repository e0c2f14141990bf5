namespace DataBuild.Engine.Store;

/// <summary>Writes a file of the store while its digest is computed. Without <see cref="Commit"/> nothing remains of it.</summary>
public sealed class StoreFileStream : DigestingFileStream
{
    private readonly ContentStore _store;
    private readonly string _temporary;
    private bool _committed;

    internal StoreFileStream(ContentStore store, string temporary)
        : base(temporary)
    {
        _store = store;
        _temporary = temporary;
    }

    /// <summary>Flushes the file to disk and gives it its name.</summary>
    /// <returns>The file's digest and length.</returns>
    public (string Digest, long Length) Commit()
    {
        (string digest, long length) = Finish();
        _store.PublishFile(_temporary, digest);
        _committed = true;
        return (digest, length);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (_committed || !disposing)
        {
            base.Dispose(disposing);
            return;
        }

        try
        {
            base.Dispose(disposing);
        }
        catch (IOException)
        {
            // The rest of a file that nobody wants could not be written: the disk is full, which whoever wanted it has been told.
        }

        File.Delete(_temporary);
    }
}
