namespace DataBuild.Engine.Store;

/// <summary>The store or a cache setting cannot be used.</summary>
public sealed class StoreException(string code, string message, string? file = null) : Exception(message)
{
    /// <summary>Diagnostic code.</summary>
    public string Code { get; } = code;

    /// <summary>The file or folder it is about.</summary>
    public string? File { get; } = file;
}
