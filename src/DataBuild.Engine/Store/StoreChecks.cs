using System.Collections.Concurrent;

namespace DataBuild.Engine.Store;

/// <summary>
/// What a process has found out about the files of a store: which have the content that their names say, and how many entries were damaged. Who opens the store
/// again in the same process takes it along, so that no file is compared twice and no damage goes unsaid.
/// </summary>
public sealed class StoreChecks
{
    private readonly ConcurrentDictionary<ContentDigest, bool> _verified = [];
    private int _corrupt;

    /// <summary>Entries that were found damaged, and removed.</summary>
    public int CorruptEntries => _corrupt;

    /// <summary>Folder of the store that was looked at; null before it was opened.</summary>
    public string? Root { get; internal set; }

    internal bool IsVerified(string digest) => _verified.ContainsKey(ContentDigest.Parse(digest));

    internal void Verified(string digest) => _verified[ContentDigest.Parse(digest)] = true;

    internal void Damaged() => Interlocked.Increment(ref _corrupt);

    internal void Damaged(string digest)
    {
        _verified.TryRemove(ContentDigest.Parse(digest), out _);
        Damaged();
    }
}
