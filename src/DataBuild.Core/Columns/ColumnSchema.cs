namespace DataBuild;

/// <summary>Name, type and meaning of one column.</summary>
/// <param name="Name">
/// Column name. A name that starts with '.' is relative to the stage's name (<c>.words</c> of the stage <c>gopher</c> is <c>gopher.words</c>);
/// any other name is absolute (<c>text</c>).
/// </param>
/// <param name="Type">Type of its values.</param>
/// <param name="Description">One line for the documentation and the dataset card.</param>
public readonly record struct ColumnSchema(string Name, ColumnType Type, string Description = "")
{
    /// <summary>The schema with its name made absolute for a stage of the given name.</summary>
    public ColumnSchema ForStage(string stageName) =>
        Name.StartsWith('.') ? this with { Name = stageName + Name } : this;
}
