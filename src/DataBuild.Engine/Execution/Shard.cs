using DataBuild.Engine.Columns;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution;

/// <summary>The state of one shard while stages add columns to it.</summary>
public sealed class Shard
{
    /// <summary>Creates the shard of an input.</summary>
    public Shard(int index, CrawlItem input)
    {
        Index = index;
        Input = input;
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

    /// <summary>Where each column is; a name that several stages write means the latest.</summary>
    public Dictionary<string, ColumnLocation> Columns { get; } = new(StringComparer.Ordinal);

    /// <summary>The latest column that says which documents all stages so far kept.</summary>
    public ColumnLocation Alive => Columns[AliveColumn];

    /// <summary>Name of that column.</summary>
    public const string AliveColumn = "alive";

    /// <summary>The files that measuring a stage gave, by the stage's name; of stages whose figures are kept by text.</summary>
    internal Dictionary<string, IReadOnlyList<StoredFile>> Measured { get; } = new(StringComparer.Ordinal);

    /// <summary>Takes in the columns of a stored file.</summary>
    public void Add(StoredFile file)
    {
        for (int i = 0; i < file.Columns.Count; i++)
        {
            Columns[file.Columns[i].Name] = new ColumnLocation(file, i);
        }
    }

    /// <summary>Digest of a column for an action key; <c>none</c> where the shard has no such column.</summary>
    public string DigestOf(string column) => Columns.TryGetValue(column, out ColumnLocation location) ? location.Column.Digest : "none";

    /// <summary>The named columns that the shard has.</summary>
    public IEnumerable<KeyValuePair<string, ColumnLocation>> Find(IEnumerable<string> names) =>
        names.Distinct(StringComparer.Ordinal).Where(Columns.ContainsKey).Select(n => KeyValuePair.Create(n, Columns[n]));
}
