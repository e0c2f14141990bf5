using System.Text.Json.Serialization;

namespace DataBuild.Engine.Store;

/// <summary>A stored file: a column file, or one that a merge made.</summary>
[JsonConverter(typeof(StoredFileConverter))]
public sealed class StoredFile
{
    private readonly ContentDigest _content;

    /// <summary>Describes a file.</summary>
    /// <param name="digest">SHA-256 of its bytes: 64 lower-case hexadecimal digits.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="columns">Columns in order; none for a file that is no column file.</param>
    /// <exception cref="FormatException">The digest is none: digests become paths.</exception>
    public StoredFile(string digest, long length, IReadOnlyList<StoredColumn> columns) =>
        (_content, Length, Columns) = (ContentDigest.Parse(digest), length, new StoredColumns(columns));

    /// <summary>SHA-256 of its bytes.</summary>
    public string Digest => _content.ToString();

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>Columns in order.</summary>
    public StoredColumns Columns { get; }
}
