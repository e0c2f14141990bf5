using DataBuild.Engine.Columns;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution.Slurm;

/// <summary>A shard as one process hands it to another: what is known of it, and where its columns are.</summary>
internal sealed class ShardState
{
    public required int Index { get; init; }

    public required CrawlItem Input { get; init; }

    /// <summary>Digest of the input and what the file was then; null where it is to be read first.</summary>
    public FileDigest? Digest { get; init; }

    public bool IsRead { get; init; }

    public int Next { get; init; }

    public IReadOnlyList<int> BatchRows { get; init; } = [];

    public IReadOnlyList<StoredFile> Files { get; init; } = [];

    /// <summary>For each file the ordinals of its columns that no later file replaces.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Columns { get; init; } = [];

    /// <summary>Takes down a shard.</summary>
    public static ShardState Of(Shard shard, FileDigests digests)
    {
        IGrouping<StoredFile, ColumnLocation>[] files = [.. shard.ColumnNames.Select(shard.Locate).GroupBy(c => c.File)];
        return new ShardState
        {
            Index = shard.Index,
            Input = shard.Input,
            Digest = digests.Remembered(shard.Input.Path) is { } known ? new FileDigest(shard.Input.Path, known.Digest, known.Stamp) : null,
            IsRead = shard.IsRead,
            Next = shard.Next,
            BatchRows = shard.BatchRows,
            Files = [.. files.Select(f => f.Key)],
            Columns = [.. files.Select(f => f.Select(c => c.Ordinal).ToArray())],
        };
    }

    /// <summary>The shard again.</summary>
    /// <param name="empty">The layout without columns that the shards of a build have in common.</param>
    public Shard ToShard(ColumnLayout empty)
    {
        Shard shard = new(Index, Input, empty) { InputDigest = Digest?.Digest ?? "", IsRead = IsRead, Next = Next, BatchRows = BatchRows };
        for (int file = 0; file < Files.Count; file++)
        {
            shard.Add(Files[file], Columns[file]);
        }

        return shard;
    }
}

/// <summary>The digest of a file, and what the file was when it was read.</summary>
internal sealed record FileDigest(string Path, string Digest, FileStamp Stamp);
