namespace DataBuild.Generators.Plan;

/// <summary>Types of the columns that exist at a place of a plan, by absolute name: members of <c>DataBuild.ColumnType</c>.</summary>
internal sealed class PlanColumns
{
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal)
    {
        // What reading makes; a test compares this with the engine.
        ["id"] = "String",
        ["url"] = "String",
        ["date"] = "String",
        ["read.offset"] = "Int64",
        ["read.status"] = "Int32",
        ["read.mediaType"] = "String",
        ["read.reason"] = "String",
        ["label"] = "String",
        ["text"] = "String",
    };

    /// <summary>All of them.</summary>
    public IReadOnlyDictionary<string, string> All => _types;

    /// <summary>Takes in the columns of a stage.</summary>
    public void Add(StageSchema stage, string instanceName)
    {
        foreach (ColumnModel column in stage.Columns)
        {
            _types[column.Name.StartsWith(".", StringComparison.Ordinal) ? instanceName + column.Name : column.Name] = column.Type;
        }
    }
}
