namespace DataBuild.Engine.Store;

/// <summary>A stored file is missing or does not match its digest. What was there has been removed; the action that made it must run again.</summary>
/// <param name="digest">Digest that the file should have.</param>
/// <param name="path">Where it was.</param>
/// <param name="found">What was found, as the end of a sentence.</param>
public sealed class StoreCorruptException(string digest, string path, string found)
    : DiagnosticException("DB3002", $"stored file '{path}' {found}, expected content of SHA-256 {digest}; it is made again", path)
{
    /// <summary>Digest that the file should have.</summary>
    public string Digest { get; } = digest;

    /// <summary>What was found, as the end of a sentence.</summary>
    public string Found { get; } = found;
}
