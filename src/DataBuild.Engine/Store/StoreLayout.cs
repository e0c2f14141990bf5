using System.Buffers;

namespace DataBuild.Engine.Store;

/// <summary>Where things lie in a store.</summary>
/// <param name="Root">Folder of the store.</param>
internal sealed record StoreLayout(string Root)
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Stored files, named by the SHA-256 of their content.</summary>
    public string Files { get; } = Path.Combine(Root, "cas");

    /// <summary>Action records, named by their key.</summary>
    public string Records { get; } = Path.Combine(Root, "ac");

    /// <summary>Files that are being written, a folder for each user.</summary>
    public string Temporary { get; } = Path.Combine(Root, "tmp");

    /// <summary>A locked file for each user.</summary>
    public string Leases { get; } = Path.Combine(Root, "leases");

    /// <summary>Locked while a collection removes entries.</summary>
    public string CollectionLock { get; } = Path.Combine(Root, "collection.lock");

    /// <summary>Holds the version of the format.</summary>
    public string FormatFile { get; } = Path.Combine(Root, "format");

    /// <summary>Path of a stored file.</summary>
    public string FileOf(string digest) => Path.Combine(Files, digest[..2], digest);

    /// <summary>Path of a record.</summary>
    public string RecordOf(string key) => Path.Combine(Records, key[..2], key);

    /// <summary>True for what can be the name of an entry: 64 lower-case hexadecimal digits.</summary>
    public static bool IsDigest(string? text) => text is { Length: 64 } && !text.AsSpan().ContainsAnyExcept(HexDigits);

    /// <summary>Creates the folders.</summary>
    /// <exception cref="IOException">The store cannot be written.</exception>
    public void Create()
    {
        foreach (string folder in new[] { Files, Records, Temporary, Leases })
        {
            Directory.CreateDirectory(folder);
        }
    }

    /// <summary>Removes a file or folder, or finds that another user has done so.</summary>
    public static void Remove(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Another user of the store removed it at the same time.
        }
    }
}
