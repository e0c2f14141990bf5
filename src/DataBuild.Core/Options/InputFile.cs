namespace DataBuild;

/// <summary>
/// An option that names a file (model, word list, tokenizer): the file's digest, not its path, enters the action key. Where the option lists
/// <see cref="OptionAttribute.Names"/>, a value among them is a name and no path. A value <c>@name</c> or <c>@name/file</c> is a file that an earlier stage of that name makes.
/// </summary>
/// <param name="Value">As written in the project file.</param>
/// <param name="Path">Full path; null when the value is a name.</param>
public sealed record InputFile(string Value, string? Path)
{
    private string? _provided;

    /// <summary>Name of the stage that makes the file; null for a file that is there before the build.</summary>
    public string? MadeBy { get; init; }

    /// <summary>Name of the file among those that the stage makes; empty for the first.</summary>
    public string MadeName { get; init; } = "";

    /// <summary>True when the value names a file.</summary>
    public bool IsFile => Path is not null || MadeBy is not null;

    /// <summary>The path, or the name where it is none.</summary>
    public string PathOrName => Path ?? _provided ?? Value;

    /// <summary>A file by its path, for use outside a build.</summary>
    public static InputFile FromPath(string path) => new(path, System.IO.Path.GetFullPath(path));

    /// <summary>A name that needs no file, for use outside a build.</summary>
    public static InputFile FromName(string name) => new(name, null);

    /// <summary>A file that an earlier stage makes.</summary>
    /// <param name="value"><c>@name</c> or <c>@name/file</c>.</param>
    public static InputFile FromStage(string value)
    {
        int slash = value.IndexOf('/', StringComparison.Ordinal);
        return slash < 0
            ? new InputFile(value, null) { MadeBy = value[1..] }
            : new InputFile(value, null) { MadeBy = value[1..slash], MadeName = value[(slash + 1)..] };
    }

    /// <summary>Says where the file that a stage made lies; called by the engine before the stage that reads it is initialized.</summary>
    public void Provide(string path) => _provided = path;

    /// <inheritdoc />
    public override string ToString() => Value;
}
