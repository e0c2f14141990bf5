using DataBuild.Engine.Columns;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution;

/// <summary>The state of one shard while stages add columns to it.</summary>
public sealed class Shard
{
    private readonly List<StoredFile> _files = [];
    private ColumnLayout _layout;

    /// <summary>Creates the shard of an input.</summary>
    /// <param name="index">Place in the corpus.</param>
    /// <param name="input">The input.</param>
    /// <param name="empty">The layout without columns that the shards of a build have in common.</param>
    internal Shard(int index, CrawlItem input, ColumnLayout empty)
    {
        Index = index;
        Input = input;
        _layout = empty;
    }

    /// <summary>Place in the corpus.</summary>
    public int Index { get; }

    /// <summary>The input.</summary>
    public CrawlItem Input { get; }

    /// <summary>Include path with forward slashes: the shard's name.</summary>
    public string Name => Input.Name;

    /// <summary>SHA-256 of the input's bytes.</summary>
    public string InputDigest { get; set; } = "";

    /// <summary>True when the read columns are there.</summary>
    internal bool IsRead { get; set; }

    /// <summary>The first stage that has not decided on the shard's documents, as its place in the plan.</summary>
    internal int Next { get; set; }

    /// <summary>Rows of each batch.</summary>
    public IReadOnlyList<int> BatchRows { get; set; } = [];

    /// <summary>Rows of the shard.</summary>
    public long Rows => BatchRows.Sum(r => (long)r);

    /// <summary>Names of its columns.</summary>
    public IEnumerable<string> ColumnNames => _layout.Names;

    /// <summary>The latest column that says which documents all stages so far kept.</summary>
    public ColumnLocation Alive => Locate(AliveColumn);

    /// <summary>Name of that column.</summary>
    public const string AliveColumn = "alive";

    /// <summary>The files that measuring a stage gave, by the stage's name; of stages whose figures are kept by text.</summary>
    internal Dictionary<string, IReadOnlyList<StoredFile>> Measured { get; } = new(StringComparer.Ordinal);

    /// <summary>Takes in the columns of a stored file: they stand for those of the same names before them.</summary>
    public void Add(StoredFile file) => Add(file, null);

    /// <summary>Takes in some columns of a stored file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="ordinals">Their places in the file; null for all.</param>
    internal void Add(StoredFile file, IReadOnlyList<int>? ordinals)
    {
        _layout = _layout.With(file.Columns.Schema, ordinals);
        _files.Add(file);
    }

    /// <summary>Where a column is; a name that several stages write means the latest.</summary>
    /// <returns>False when the shard has no such column.</returns>
    public bool TryLocate(string column, out ColumnLocation location)
    {
        bool isThere = _layout.TryFind(column, out (int File, int Ordinal) place);
        location = isThere ? new ColumnLocation(_files[place.File], place.Ordinal) : default;
        return isThere;
    }

    /// <summary>Where a column is that the shard has.</summary>
    /// <exception cref="KeyNotFoundException">It has none of that name.</exception>
    public ColumnLocation Locate(string column) =>
        TryLocate(column, out ColumnLocation location) ? location : throw new KeyNotFoundException($"the shard '{Name}' has no column '{column}'");

    /// <summary>Digest of a column for an action key; <c>none</c> where the shard has no such column.</summary>
    public string DigestOf(string column) => TryLocate(column, out ColumnLocation location) ? location.Column.Digest : "none";

    /// <summary>The named columns that the shard has.</summary>
    public IEnumerable<KeyValuePair<string, ColumnLocation>> Find(IEnumerable<string> names)
    {
        foreach (string name in names.Distinct(StringComparer.Ordinal))
        {
            if (TryLocate(name, out ColumnLocation location))
            {
                yield return KeyValuePair.Create(name, location);
            }
        }
    }
}
