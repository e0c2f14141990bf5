using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DataBuild.Engine.Store;

/// <summary>
/// SHA-256 digests of files, remembered by path, length, and times of modification and change. As in Git's racy-clean rule, a file changed no earlier than
/// the moment of hashing (to the resolution of two seconds) is not remembered: it could change again without another time stamp.
/// </summary>
public sealed class FileDigests
{
    // The first line, before the SHA-256 of all others: a digest that is wrong would be believed, and stand in keys and manifests.
    private const string Head = "databuild-digests 1 ";

    private static readonly TimeSpan RacyWindow = TimeSpan.FromSeconds(2);

    private readonly string? _cachePath;
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Entry> _used = new(StringComparer.Ordinal);
    private bool _changed;

    /// <summary>Opens the digests remembered in a file; a missing or damaged file is an empty one.</summary>
    /// <param name="cachePath">Where they are remembered; null to forget them.</param>
    public FileDigests(string? cachePath)
    {
        _cachePath = cachePath;
        if (cachePath is null || !File.Exists(cachePath))
        {
            return;
        }

        string[] text = File.ReadAllText(cachePath).Split('\n', 2);
        if (text.Length != 2 || text[0] != HeadOf(text[1]))
        {
            // One without a head is of an earlier version.
            IsDamaged = text[0].StartsWith(Head, StringComparison.Ordinal);
            return;
        }

        foreach (string line in text[1].Split('\n'))
        {
            string[] fields = line.Split('\t');
            if (fields.Length == 5 && StoreLayout.IsDigest(fields[0])
                && long.TryParse(fields[1], CultureInfo.InvariantCulture, out long length)
                && long.TryParse(fields[2], CultureInfo.InvariantCulture, out long modified)
                && long.TryParse(fields[3], CultureInfo.InvariantCulture, out long changed))
            {
                _entries[fields[4]] = new Entry(fields[0], new FileStamp(length, modified, changed));
            }
        }
    }

    /// <summary>True where the file with the remembered digests was not what had been written: it is an empty one, and is written anew.</summary>
    public bool IsDamaged { get; }

    /// <summary>True while every file that a digest was asked for has the length and the time that it had then.</summary>
    public bool AreCurrent => _used.All(used => File.Exists(used.Key) && FileStamp.Of(used.Key) == used.Value.Stamp);

    /// <summary>True when the digest of the file as it is now is remembered: telling it takes no reading.</summary>
    public bool IsKnown(string path) => _entries.TryGetValue(path, out Entry entry) && entry.Stamp == FileStamp.Of(path);

    /// <summary>Takes over the digest of a file that another process has read, unless the file is no longer what it read.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="digest">Lower-case hexadecimal SHA-256.</param>
    /// <param name="stamp">What the file was when it was read; not one that could change unseen, as by <see cref="Remembered"/>.</param>
    public void Add(string path, string digest, FileStamp stamp)
    {
        if (StoreLayout.IsDigest(digest) && FileStamp.Of(path) == stamp)
        {
            _entries[path] = new Entry(digest, stamp);
            _changed = true;
        }
    }

    /// <summary>The digest of a file and its stamp, where it was asked for and may be remembered; null otherwise.</summary>
    public (string Digest, FileStamp Stamp)? Remembered(string path) => _entries.TryGetValue(path, out Entry entry) ? (entry.Digest, entry.Stamp) : null;

    /// <summary>Lower-case hexadecimal SHA-256 of a file's content.</summary>
    /// <exception cref="IOException">The file cannot be read, is a pipe or a device, or changed while it was read.</exception>
    public string Of(string path)
    {
        if (!FileStamp.IsRegularFile(path))
        {
            throw new IOException($"'{path}' is a folder, a pipe, a socket or a device; expected a regular file");
        }

        FileStamp before = FileStamp.Of(path);
        if (_entries.TryGetValue(path, out Entry entry) && entry.Stamp == before)
        {
            _used[path] = entry;
            return entry.Digest;
        }

        DateTime start = DateTime.UtcNow;
        string digest;
        using (FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 20, FileOptions.SequentialScan))
        {
            digest = Convert.ToHexStringLower(SHA256.HashData(stream));
        }

        if (FileStamp.Of(path) != before)
        {
            throw new IOException($"'{path}' changed while it was read; build again when it is complete");
        }

        Entry read = new(digest, before);
        _used[path] = read;
        if (Math.Max(before.Modified, before.Changed) < (start - RacyWindow).Ticks)
        {
            _entries[path] = read;
            _changed = true;
        }

        return digest;
    }

    /// <summary>Remembers the digests for the next build.</summary>
    /// <param name="temporaryFolder">Where the file is written before it gets its name: on the same volume, and emptied after a crash.</param>
    public void Save(string temporaryFolder)
    {
        if (_cachePath is null || !(_changed || IsDamaged))
        {
            return;
        }

        StringBuilder text = new();
        foreach ((string path, Entry entry) in _entries.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            if (!path.AsSpan().ContainsAny('\t', '\n', '\r'))
            {
                text.Append(CultureInfo.InvariantCulture, $"{entry.Digest}\t{entry.Stamp.Length}\t{entry.Stamp.Modified}\t{entry.Stamp.Changed}\t{path}\n");
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(_cachePath)!);
        string temporary = Path.Combine(temporaryFolder, Guid.NewGuid().ToString("N"));
        string lines = text.ToString();
        using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            stream.Write(Encoding.UTF8.GetBytes($"{HeadOf(lines)}\n{lines}"));
            stream.Flush(flushToDisk: true);
        }

        CrashPoint.Reached();
        File.Move(temporary, _cachePath, overwrite: true);
    }

    private static string HeadOf(string lines) => Head + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines)));

    private readonly record struct Entry(string Digest, FileStamp Stamp);
}
