namespace DataBuild.Engine.Store;

/// <summary>A stored file does not match its digest. It has been removed; the action that made it must run again.</summary>
public sealed class StoreCorruptException(string digest, string path)
    : Exception($"stored file '{path}' does not match its digest {digest}; it has been removed and is made again")
{
    /// <summary>Digest that the file should have.</summary>
    public string Digest { get; } = digest;

    /// <summary>Where it was.</summary>
    public string Path { get; } = path;
}
