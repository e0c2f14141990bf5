namespace DataBuild;

/// <summary>
/// An option that names a file (model, word list, tokenizer): the file's digest, not its path, enters the action key. Where the option lists
/// <see cref="OptionAttribute.Names"/>, a value among them is a name and no path.
/// </summary>
/// <param name="Value">As written in the project file.</param>
/// <param name="Path">Full path; null when the value is a name.</param>
public sealed record InputFile(string Value, string? Path)
{
    /// <summary>True when the value names a file.</summary>
    public bool IsFile => Path is not null;

    /// <summary>The path, or the name where it is none.</summary>
    public string PathOrName => Path ?? Value;

    /// <summary>A file by its path, for use outside a build.</summary>
    public static InputFile FromPath(string path) => new(path, System.IO.Path.GetFullPath(path));

    /// <summary>A name that needs no file, for use outside a build.</summary>
    public static InputFile FromName(string name) => new(name, null);

    /// <inheritdoc />
    public override string ToString() => Value;
}
