using System.Collections.Concurrent;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Packaging;

/// <summary>The folder that a dataset is written into; it knows the digest of every file that was written through it. Several threads may write files of their own.</summary>
internal sealed class OutputFolder(string root)
{
    private readonly ConcurrentDictionary<string, (string Digest, long Length)> _files = new(StringComparer.Ordinal);

    /// <summary>Files that are complete, relative paths with forward slashes in ordinal order.</summary>
    public IEnumerable<string> Files => _files.Keys.Order(StringComparer.Ordinal);

    /// <summary>Path of a file.</summary>
    public string PathOf(string name) => Path.Combine(root, name);

    /// <summary>Starts a file; it is complete when the stream is disposed.</summary>
    public Stream Create(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        return new OutputFile(this, name);
    }

    /// <summary>Writes a file whole.</summary>
    public void Write(string name, ReadOnlySpan<byte> content)
    {
        using Stream stream = Create(name);
        stream.Write(content);
    }

    /// <summary>Folder that a dataset is written to before it is published.</summary>
    public static string PartialOf(string output) => $"{output}.partial";

    /// <summary>Folder of the dataset before, while the two are swapped.</summary>
    public static string OldOf(string output) => $"{output}.partial.old";

    /// <summary>Puts a complete dataset in its place and removes the one before it.</summary>
    public static void Swap(string partial, string output)
    {
        string old = OldOf(output);
        CrashPoint.Reached();
        if (FolderExchange.TryExchange(partial, output))
        {
            // The one before has the other name now.
            CrashPoint.Reached();
            Directory.Delete(partial, recursive: true);
            return;
        }

        if (Directory.Exists(output))
        {
            Directory.Move(output, old);
        }

        CrashPoint.Reached();
        Directory.Move(partial, output);
        CrashPoint.Reached();
        if (Directory.Exists(old))
        {
            Directory.Delete(old, recursive: true);
        }
    }

    /// <summary>Gives a complete file another name.</summary>
    public void Rename(string name, string newName)
    {
        File.Move(PathOf(name), PathOf(newName));
        if (_files.TryRemove(name, out (string Digest, long Length) file))
        {
            _files[newName] = file;
        }
    }

    /// <summary>The manifest's entry for a complete file.</summary>
    public ManifestFile Entry(string name, long? rows = null)
    {
        (string digest, long length) = _files[name];
        return new ManifestFile(name, digest, length, rows);
    }

    private sealed class OutputFile(OutputFolder folder, string name) : DigestingFileStream(folder.PathOf(name))
    {
        private bool _finished;

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_finished)
            {
                _finished = true;
                folder._files[name] = Finish();
            }

            base.Dispose(disposing);
        }
    }
}
