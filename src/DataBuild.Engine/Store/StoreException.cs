namespace DataBuild.Engine.Store;

/// <summary>The store or a cache setting cannot be used.</summary>
public sealed class StoreException(string code, string message, string? file = null) : DiagnosticException(code, message, file);
