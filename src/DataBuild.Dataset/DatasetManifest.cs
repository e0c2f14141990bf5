using System.Security.Cryptography;
using System.Text.Json;

namespace DataBuild;

/// <summary>What <c>manifest.json</c> says of a finished dataset, as far as its readers need it.</summary>
public sealed class DatasetManifest
{
    private const int FormatVersion = 1;

    private DatasetManifest(string folder, JsonElement root)
    {
        Folder = folder;
        Name = root.GetProperty("name").GetString()!;
        Documents = root.GetProperty("documents").GetInt64();
        TextBytes = root.GetProperty("textBytes").GetInt64();
        Tokens = root.TryGetProperty("tokens", out JsonElement tokens) && tokens.ValueKind == JsonValueKind.Number ? tokens.GetInt64() : null;
        Columns = [.. root.GetProperty("columns").EnumerateArray().Select(c => new ColumnSchema(
            c.GetProperty("name").GetString()!, Enum.Parse<ColumnType>(c.GetProperty("type").GetString()!), c.GetProperty("description").GetString() ?? ""))];
        Files = [.. root.GetProperty("files").EnumerateArray().Select(f => new DatasetFile(
            f.GetProperty("path").GetString()!, f.GetProperty("bytes").GetInt64(), f.GetProperty("sha256").GetString()!,
            f.TryGetProperty("rows", out JsonElement rows) && rows.ValueKind == JsonValueKind.Number ? rows.GetInt64() : null))];
    }

    /// <summary>Folder of the dataset.</summary>
    public string Folder { get; }

    /// <summary>Name of the dataset.</summary>
    public string Name { get; }

    /// <summary>Documents in it.</summary>
    public long Documents { get; }

    /// <summary>Bytes of UTF-8 text in it.</summary>
    public long TextBytes { get; }

    /// <summary>Tokens in it; null where it was not tokenized.</summary>
    public long? Tokens { get; }

    /// <summary>Columns of its rows.</summary>
    public IReadOnlyList<ColumnSchema> Columns { get; }

    /// <summary>Its files, by path.</summary>
    public IReadOnlyList<DatasetFile> Files { get; }

    /// <summary>Reads the manifest of a dataset.</summary>
    /// <param name="folder">Folder of the dataset.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is no manifest, or one of a later version.</exception>
    public static DatasetManifest Load(string folder)
    {
        string path = Path.GetFullPath(Path.Combine(folder, "manifest.json"));
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"'{Path.GetFullPath(folder)}' is no dataset: it holds no manifest.json; build the dataset project first", path);
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
            int version = json.RootElement.GetProperty("formatVersion").GetInt32();
            return version == FormatVersion
                ? new DatasetManifest(Path.GetDirectoryName(path)!, json.RootElement)
                : throw new InvalidDataException($"'{path}' has manifest format {version}; expected {FormatVersion}: read it with the version of DataBuild that wrote it");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw new InvalidDataException($"'{path}' is no manifest of a dataset: {exception.Message}", exception);
        }
    }

    /// <summary>Compares every file with its digest.</summary>
    /// <returns>One line for each file that is missing or differs; none when the dataset is whole.</returns>
    public IEnumerable<string> FindDamage()
    {
        foreach (DatasetFile file in Files)
        {
            string path = Path.Combine(Folder, file.Path);
            if (!File.Exists(path))
            {
                yield return $"{path}: missing";
                continue;
            }

            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            string digest = Convert.ToHexStringLower(SHA256.HashData(stream));
            if (digest != file.Sha256)
            {
                yield return $"{path}: found SHA-256 {digest}, expected {file.Sha256}";
            }
        }
    }
}
