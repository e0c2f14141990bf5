namespace DataBuild.Stages;

/// <summary>
/// Results in a folder, a file each, named by the key of what they depend on. Files are written whole under another name and then renamed: another build, and another machine that has
/// the folder, finds all of a result or nothing.
/// </summary>
/// <param name="folder">The folder; made when the first file is written.</param>
internal sealed class KeyedFiles(string folder)
{
    /// <summary>The file of a key; null where there is none.</summary>
    /// <param name="key">Hexadecimal digits, two at least.</param>
    public byte[]? Find(string key)
    {
        try
        {
            return File.ReadAllBytes(PathOf(key));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Writes the file of a key, in place of one that is there.</summary>
    public void Add(string key, Action<Stream> write)
    {
        string path = PathOf(key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        using (FileStream file = new(temporary, FileMode.CreateNew))
        {
            write(file);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private string PathOf(string key) => Path.Combine(folder, key[..2], key + ".json");
}
