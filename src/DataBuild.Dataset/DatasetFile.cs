namespace DataBuild;

/// <summary>A file of a finished dataset, as its manifest lists it.</summary>
/// <param name="Path">Path below the dataset's folder, with forward slashes.</param>
/// <param name="Bytes">Length.</param>
/// <param name="Sha256">Digest of its bytes, lower-case hexadecimal.</param>
/// <param name="Rows">Documents in it; null for files that hold none.</param>
public sealed record DatasetFile(string Path, long Bytes, string Sha256, long? Rows);
