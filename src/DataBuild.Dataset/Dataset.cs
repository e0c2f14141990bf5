namespace DataBuild;

/// <summary>Opens finished datasets.</summary>
public static class Dataset
{
    /// <summary>Opens a dataset.</summary>
    /// <typeparam name="TRow">What is read of a row; see <see cref="Dataset{TRow}"/>.</typeparam>
    /// <param name="folder">Its folder: the one that holds <c>manifest.json</c>.</param>
    /// <exception cref="FileNotFoundException">There is no dataset.</exception>
    /// <exception cref="InvalidDataException">Its manifest cannot be read, or it has not the columns of <typeparamref name="TRow"/>.</exception>
    public static Dataset<TRow> Open<TRow>(string folder) where TRow : struct, IFigures<TRow>
    {
        DatasetManifest manifest = DatasetManifest.Load(folder);
        foreach (ColumnSchema column in TRow.Columns)
        {
            ColumnSchema found = manifest.Columns.FirstOrDefault(c => c.Name == column.Name);
            if (found.Name is null)
            {
                throw new InvalidDataException(
                    $"the dataset '{manifest.Name}' in '{manifest.Folder}' has no column '{column.Name}'; it has {string.Join(", ", manifest.Columns.Select(c => c.Name))}: build the dataset again, or correct {typeof(TRow).Name}");
            }

            if (found.Type != column.Type)
            {
                throw new InvalidDataException(
                    $"the column '{column.Name}' of the dataset '{manifest.Name}' in '{manifest.Folder}' is of {found.Type}; expected {column.Type}: build the dataset again, or correct {typeof(TRow).Name}");
            }
        }

        return new Dataset<TRow>(manifest);
    }

    /// <summary>
    /// Opens the dataset of a project where its build left it. Looked for, in this order: a folder of the dataset's name beside the assembly of
    /// <typeparamref name="TRow"/> (there <c>dotnet publish</c> copies it), then the folder that the file <c>NAME.dataset</c> beside it names (written by the build).
    /// </summary>
    /// <typeparam name="TRow">What is read of a row; see <see cref="Dataset{TRow}"/>.</typeparam>
    /// <param name="name">Name of the dataset.</param>
    /// <exception cref="FileNotFoundException">There is no dataset; the message names the places.</exception>
    /// <exception cref="InvalidDataException">See <see cref="Open{TRow}(string)"/>.</exception>
    public static Dataset<TRow> OpenBuilt<TRow>(string name) where TRow : struct, IFigures<TRow>
    {
        string assembly = typeof(TRow).Assembly.Location;
        string beside = assembly.Length > 0 ? Path.GetDirectoryName(assembly)! : AppContext.BaseDirectory;
        string published = Path.Combine(beside, name);
        string pointer = Path.Combine(beside, name + ".dataset");
        string? built = File.Exists(pointer) ? File.ReadAllText(pointer).Trim() : null;
        foreach (string folder in new[] { published, built }.OfType<string>())
        {
            if (File.Exists(Path.Combine(folder, "manifest.json")))
            {
                return Open<TRow>(folder);
            }
        }

        throw new FileNotFoundException(
            $"the dataset '{name}' was found neither in '{published}' nor {(built is null ? $"through '{pointer}'" : $"in '{built}'")}; build the dataset project, or name the folder: Open(\"folder\")");
    }
}
