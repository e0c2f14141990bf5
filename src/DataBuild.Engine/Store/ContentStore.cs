using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using DataBuild.Engine.Inputs;
using DataBuild.Engine.Store.Remote;

namespace DataBuild.Engine.Store;

/// <summary>
/// Results by content: files named by their SHA-256 (<c>cas/</c>) and action records named by their key (<c>ac/</c>). A file appears complete or not at all:
/// it is written under a temporary name, flushed, then renamed. No rename needs to be flushed: one that is lost is a miss. Any number of builds, on any
/// number of machines, may use one store.
/// </summary>
public sealed class ContentStore : IDisposable
{
    /// <summary>Version of the layout; a store of a later one is refused.</summary>
    public const int FormatVersion = 2;

    private readonly StoreLayout _layout;
    private readonly StoreLease _lease;
    private readonly string _inputs;
    private readonly RemoteCache? _remote;
    private readonly StoreChecks _checks;
    private readonly ConcurrentDictionary<string, long> _remoteFiles = new(StringComparer.Ordinal);
    private volatile bool _fetchAtOnce;

    /// <summary>Opens a store, creating its folders.</summary>
    /// <param name="root">Folder of the store.</param>
    /// <param name="remote">A cache behind the store, which takes it over; null for none.</param>
    /// <param name="checks">What this process knows of the files of the store, to be kept up; null for nothing. That of another store is left alone.</param>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="StoreException">The store was made by a later version.</exception>
    public ContentStore(string root, RemoteCache? remote = null, StoreChecks? checks = null)
    {
        Root = Path.GetFullPath(root);
        _checks = checks is not null && (checks.Root ??= Root) == Root ? checks : new StoreChecks();
        _remote = remote;
        _layout = new StoreLayout(Root);
        _inputs = DownloadedInputs.FolderIn(Root) + Path.DirectorySeparatorChar;
        _layout.Create();
        _lease = StoreLease.Take(_layout);
        try
        {
            CheckFormat();
            StoreLease.RemoveAbandoned(_layout, _lease);
        }
        catch
        {
            _lease.Dispose();
            throw;
        }
    }

    /// <summary>Folder of the store.</summary>
    public string Root { get; }

    /// <summary>Stored files and records that this process found damaged, and removed.</summary>
    public int CorruptEntries => _checks.CorruptEntries;

    /// <summary>When the stay of this process in the store began, by the clock of the store's file system: what was used since then is safe from collection.</summary>
    internal DateTime InUseSince => _lease.Start;

    /// <summary>Folder for files that are being written; it goes with the end of the stay, or with the next stay after a crash.</summary>
    internal string TemporaryFolder => _lease.TemporaryFolder;

    /// <summary>Path of a stored file.</summary>
    public string PathOf(string digest) => _layout.FileOf(digest);

    /// <summary>Starts a new file.</summary>
    public StoreFileStream CreateFile() => new(this, NewTemporaryPath());

    /// <summary>An empty temporary folder below the store.</summary>
    public string CreateScratchDirectory() => Directory.CreateDirectory(NewTemporaryPath()).FullName;

    /// <summary>Path of a stored file whose content has been compared with its digest (once a process).</summary>
    /// <exception cref="StoreCorruptException">It is missing or damaged; what was there has been removed.</exception>
    public string OpenVerified(string digest)
    {
        string path = PathOf(digest);
        if (_checks.IsVerified(digest) && File.Exists(path))
        {
            return path;
        }

        string found;
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 20, FileOptions.SequentialScan);
            string actual = Convert.ToHexStringLower(SHA256.HashData(stream));
            if (actual == digest)
            {
                _checks.Verified(digest);
                return path;
            }

            found = $"has SHA-256 {actual}";
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            if (_remoteFiles.TryGetValue(digest, out long length) && TryFetch(digest, length))
            {
                return path;
            }

            throw new StoreCorruptException(digest, path, "is missing");
        }
        catch (UnauthorizedAccessException)
        {
            found = Directory.Exists(path) ? "is a folder" : "cannot be read";
        }

        throw Refuse(digest, found);
    }

    /// <summary>Removes a stored file that cannot be used.</summary>
    /// <param name="digest">Its digest.</param>
    /// <param name="found">What was found, as the end of a sentence.</param>
    /// <returns>The exception to throw.</returns>
    internal StoreCorruptException Refuse(string digest, string found)
    {
        string path = PathOf(digest);
        _checks.Damaged(digest);
        StoreLayout.Remove(path);
        return new StoreCorruptException(digest, path, found);
    }

    /// <summary>The record of an action, when it is there, undamaged, and all files that it names can be had.</summary>
    public ActionRecord? TryGetRecord(string key) => TryGetLocalRecord(key) ?? TryGetRemoteRecord(key);

    /// <summary>Stores the record of an action, replacing one of the same key.</summary>
    public void PutRecord(string key, ActionRecord record)
    {
        byte[] bytes = record.Serialize(key);
        Publish(bytes, _layout.RecordOf(key));
        _remote?.Store(key, bytes, [.. record.AllFiles().Select(f => new RemoteFile(f.Digest, f.Length, PathOf(f.Digest)))]);
    }

    /// <summary>Ends the stay in the store; waits until the remote cache has what was made.</summary>
    public void Dispose()
    {
        _remote?.Dispose();
        _lease.Dispose();
    }

    /// <summary>True when a file that no record of this build names can be had: it is here, or the remote cache may have it.</summary>
    internal bool Has(StoredFile file) => HasFile(file);

    /// <summary>Marks a fetched input as used; does nothing for other files.</summary>
    internal void MarkInputUsed(string path)
    {
        if (path.StartsWith(_inputs, StringComparison.Ordinal))
        {
            DownloadedInputs.MarkUsed(path, _lease.Start);
        }
    }

    internal void PublishFile(string temporary, string digest)
    {
        string path = PathOf(digest);

        // Nothing of this stay may look older than the stay itself, also when the clock was set back meanwhile.
        if (File.GetLastWriteTimeUtc(temporary) < _lease.Start)
        {
            File.SetLastWriteTimeUtc(temporary, _lease.Start);
        }

        Replace(temporary, path);
        _checks.Verified(digest);
    }

    private ActionRecord? TryGetLocalRecord(string key)
    {
        string path = _layout.RecordOf(key);
        byte[] bytes;
        try
        {
            // Marked as used before it is looked at: a collection that takes it later sees the mark, one that took it earlier leaves nothing to look at.
            bool marked = TryMarkUsed(path);
            bytes = File.ReadAllBytes(path);
            if (!marked)
            {
                Publish(bytes, path);
            }
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            bytes = [];
        }

        ActionRecord? record = ActionRecord.Deserialize(key, bytes);
        if (record is null)
        {
            _checks.Damaged();
            StoreLayout.Remove(path);
            return null;
        }

        return record.AllFiles().All(HasFile) ? record : null;
    }

    private ActionRecord? TryGetRemoteRecord(string key)
    {
        if (_remote is not { IsReadable: true } || _remote.TryGetRecord(key) is not { } bytes || ActionRecord.Deserialize(key, bytes) is not { } record)
        {
            return null;
        }

        foreach (StoredFile file in record.AllFiles())
        {
            _remoteFiles[file.Digest] = file.Length;
        }

        if (!record.AllFiles().All(HasFile))
        {
            return null;
        }

        Publish(bytes, _layout.RecordOf(key));
        return record;
    }

    // Files behind a record come from the remote cache when they are opened: most never are. Once one could not be had they come at once,
    // so that what is missing is known before the record is used.
    private bool HasFile(StoredFile file)
    {
        FileInfo info = new(PathOf(file.Digest));
        if (info.Exists)
        {
            if (info.Length == file.Length)
            {
                return true;
            }

            _checks.Damaged();
            StoreLayout.Remove(info.FullName);
        }
        else if (Directory.Exists(info.FullName))
        {
            _checks.Damaged();
            StoreLayout.Remove(info.FullName);
        }

        if (_remote is not { IsReadable: true })
        {
            return false;
        }

        _remoteFiles[file.Digest] = file.Length;
        return !_fetchAtOnce || TryFetch(file.Digest, file.Length);
    }

    private bool TryFetch(string digest, long length)
    {
        if (_remote is { IsReadable: true })
        {
            using StoreFileStream file = CreateFile();
            if (_remote.TryFetch(digest, length, file))
            {
                file.Commit();
                return true;
            }
        }

        _fetchAtOnce = true;
        return false;
    }

    private bool TryMarkUsed(string path)
    {
        DateTime now = DateTime.UtcNow;
        try
        {
            File.SetLastWriteTimeUtc(path, now > _lease.Start ? now : _lease.Start);
            return true;
        }
        catch (UnauthorizedAccessException) when (File.Exists(path))
        {
            // The time of another user's file cannot be set: it is replaced by a copy of one's own.
            return false;
        }
    }

    private void Publish(byte[] bytes, string path)
    {
        string temporary = NewTemporaryPath();
        try
        {
            using FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }
        catch (IOException exception) when (DiskFullException.IsDiskFull(exception))
        {
            throw new DiskFullException(temporary, bytes.Length, exception);
        }

        if (File.GetLastWriteTimeUtc(temporary) < _lease.Start)
        {
            File.SetLastWriteTimeUtc(temporary, _lease.Start);
        }

        Replace(temporary, path);
    }

    private static void Replace(string temporary, string path)
    {
        CrashPoint.Reached();
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        File.Move(temporary, path, overwrite: true);
        CrashPoint.Reached();
    }

    private void CheckFormat()
    {
        string text = File.Exists(_layout.FormatFile) ? File.ReadAllText(_layout.FormatFile).Trim() : "";
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int version) && version == FormatVersion)
        {
            return;
        }

        if (version > FormatVersion)
        {
            throw new StoreException("DB3080", $"the store '{Root}' has format {version}; this version of DataBuild reads up to {FormatVersion}: use the later DataBuild, or another DataBuildStorePath", Root);
        }

        // Keys hold the version of the format: records of an earlier one are never asked for, and go with a collection.
        Publish(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{FormatVersion}\n")), _layout.FormatFile);
    }

    private string NewTemporaryPath() => Path.Combine(TemporaryFolder, Guid.NewGuid().ToString("N"));
}
