using DataBuild.Engine.Packaging;

namespace DataBuild.Engine.Published;

/// <summary>A finished dataset in its folder, as anyone may have copied it: the manifest and the files that it names.</summary>
public sealed class PublishedDataset
{
    private PublishedDataset(string folder, Manifest manifest)
    {
        Folder = folder;
        Manifest = manifest;
    }

    /// <summary>Folder of the dataset.</summary>
    public string Folder { get; }

    /// <summary>Its manifest.</summary>
    public Manifest Manifest { get; }

    /// <summary>Opens a folder.</summary>
    /// <exception cref="InvalidDataException">There is no manifest in it, or a file that the manifest names is missing.</exception>
    public static PublishedDataset Open(string folder)
    {
        string path = Path.Combine(folder, "manifest.json");
        Manifest manifest = Manifest.TryLoad(path)
            ?? throw new InvalidDataException(File.Exists(path) ? $"'{path}' is no manifest of a dataset" : $"there is no dataset in '{folder}': it has no manifest.json");
        return manifest.Files.FirstOrDefault(f => !File.Exists(Path.Combine(folder, f.Path))) is { } missing
            ? throw new InvalidDataException($"the manifest names '{missing.Path}', which is missing in '{folder}'")
            : new PublishedDataset(folder, manifest);
    }

    /// <summary>The rows in order.</summary>
    /// <param name="columns">Columns to read; null for all. Those that the dataset lacks have no values.</param>
    public IEnumerable<PublishedRow> Rows(IReadOnlyList<string>? columns = null)
    {
        IReadOnlyList<string> names = columns ?? [.. Manifest.Columns.Select(c => c.Name)];
        ColumnSchema[] types = [.. Manifest.Columns.Select(c => new ColumnSchema(c.Name, c.Type, c.Description))];
        long number = 0;
        foreach (ManifestFile file in Manifest.Files.Where(f => f.Path.StartsWith("data/", StringComparison.Ordinal)))
        {
            string path = Path.Combine(Folder, file.Path);
            foreach (string?[] values in PublishedFile.Read(path, types, names))
            {
                yield return new PublishedRow(number++, names, values);
            }
        }
    }

    /// <summary>What became of each document of the inputs, in corpus order; empty where the dataset was built without verdicts.</summary>
    public IEnumerable<DocumentVerdict> Verdicts()
    {
        string path = Path.Combine(Folder, VerdictTable.FileName);
        if (!File.Exists(path))
        {
            yield break;
        }

        foreach (string?[] values in PublishedFile.Read(path, VerdictTable.Columns, [.. VerdictTable.Columns.Select(c => c.Name)]))
        {
            yield return new DocumentVerdict(values[0] ?? "", values[1] ?? "", values[2] ?? "", values[3], values[4]);
        }
    }
}
