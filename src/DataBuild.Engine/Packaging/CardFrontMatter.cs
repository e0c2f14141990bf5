using System.Globalization;
using System.Text;

namespace DataBuild.Engine.Packaging;

/// <summary>
/// The YAML block at the head of the dataset card. Keys and their values are those of Hugging Face's dataset card specification and of
/// <c>datasets.DatasetInfo</c>.
/// </summary>
internal static class CardFrontMatter
{
    // Identifiers of the hub for licences (docs: Repositories, Licenses). Most are SPDX identifiers in lower case.
    private static readonly HashSet<string> HubLicenses = new(StringComparer.Ordinal)
    {
        "apache-2.0", "mit", "afl-3.0", "artistic-2.0", "bsl-1.0", "bsd-2-clause", "bsd-3-clause", "bsd-3-clause-clear", "cc0-1.0", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0",
        "cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nd-4.0", "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0",
        "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "cdla-sharing-1.0", "cdla-permissive-1.0", "cdla-permissive-2.0", "wtfpl", "ecl-2.0", "epl-1.0", "epl-2.0", "etalab-2.0", "eupl-1.1",
        "eupl-1.2", "agpl-3.0", "gpl-2.0", "gpl-3.0", "lgpl-2.1", "lgpl-3.0", "isc", "lppl-1.3c", "ms-pl", "mpl-2.0", "osl-3.0", "postgresql", "ofl-1.1", "ncsa", "unlicense", "zlib",
    };

    // The others: the hub has one name for a family where SPDX has one for every version.
    private static readonly Dictionary<string, string> HubFamilies = new(StringComparer.Ordinal)
    {
        ["odc-by-1.0"] = "odc-by",
        ["odbl-1.0"] = "odbl",
        ["pddl-1.0"] = "pddl",
        ["c-uda-1.0"] = "c-uda",
        ["agpl-3.0-only"] = "agpl-3.0",
        ["agpl-3.0-or-later"] = "agpl-3.0",
        ["gpl-2.0-only"] = "gpl-2.0",
        ["gpl-2.0-or-later"] = "gpl-2.0",
        ["gpl-3.0-only"] = "gpl-3.0",
        ["gpl-3.0-or-later"] = "gpl-3.0",
        ["lgpl-2.1-only"] = "lgpl-2.1",
        ["lgpl-2.1-or-later"] = "lgpl-2.1",
        ["lgpl-3.0-only"] = "lgpl-3.0",
        ["lgpl-3.0-or-later"] = "lgpl-3.0",
        ["gfdl-1.1-only"] = "gfdl",
        ["gfdl-1.1-or-later"] = "gfdl",
        ["gfdl-1.2-only"] = "gfdl",
        ["gfdl-1.2-or-later"] = "gfdl",
        ["gfdl-1.3-only"] = "gfdl",
        ["gfdl-1.3-or-later"] = "gfdl",
    };

    public static string Render(Manifest manifest, string format)
    {
        StringBuilder yaml = new("---\n");
        yaml.Append("pretty_name: ").Append(Quote(manifest.Name)).Append('\n');
        AppendLicense(yaml, DatasetLicenses.Of(manifest));
        string[] languages = [.. manifest.Languages.OrderByDescending(l => l.Value).ThenBy(l => l.Key, StringComparer.Ordinal).Select(l => l.Key).Where(IsLanguageCode)];
        if (languages.Length > 0)
        {
            yaml.Append("language:\n");
            yaml.AppendJoin("", languages.Select(l => $"- {Quote(l)}\n"));
        }

        yaml.Append("task_categories:\n- text-generation\n");
        yaml.Append("size_categories:\n- ").Append(SizeCategory(manifest.Documents)).Append('\n');
        yaml.Append("configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/train-*.").Append(format).Append('\n');
        yaml.Append("dataset_info:\n  features:\n");
        foreach (ManifestColumn column in manifest.Columns)
        {
            yaml.Append("  - name: ").Append(Quote(column.Name)).Append('\n').Append(Feature(column.Type));
        }

        long downloadSize = manifest.Files.Where(f => f.Path.StartsWith("data/", StringComparison.Ordinal)).Sum(f => f.Bytes);
        yaml.Append("  splits:\n  - name: train\n");
        yaml.Append(CultureInfo.InvariantCulture, $"    num_bytes: {manifest.ValueBytes}\n    num_examples: {manifest.Documents}\n");
        yaml.Append(CultureInfo.InvariantCulture, $"  download_size: {downloadSize}\n  dataset_size: {manifest.ValueBytes}\n");
        return yaml.Append("---\n").ToString();
    }

    /// <summary>The name of a column type as <c>datasets</c> and the card write it.</summary>
    public static string TypeName(ColumnType type) => type switch
    {
        ColumnType.Boolean => "bool",
        ColumnType.Int32 => "int32",
        ColumnType.Int64 => "int64",
        ColumnType.UInt64 => "uint64",
        ColumnType.Single => "float32",
        ColumnType.Double => "float64",
        ColumnType.String => "string",
        ColumnType.Binary => "binary",
        ColumnType.Int32List => "list<int32>",
        ColumnType.UInt64List => "list<uint64>",
        ColumnType.SingleList => "list<float32>",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "unknown column type"),
    };

    private static void AppendLicense(StringBuilder yaml, IReadOnlyList<string> licenses)
    {
        if (licenses.Count == 0)
        {
            return;
        }

        string[] known = [.. licenses.Select(HubName).OfType<string>().Distinct(StringComparer.Ordinal)];
        if (licenses.All(l => HubName(l) is not null))
        {
            yaml.Append("license:\n").AppendJoin("", known.Select(l => $"- {l}\n"));
            return;
        }

        yaml.Append("license: other\nlicense_name: ").Append(Quote(string.Join(" AND ", licenses))).Append('\n');
        if (licenses is [{ } only] && DatasetLicenses.PageOf(only) is { } page)
        {
            yaml.Append("license_link: ").Append(page).Append('\n');
        }
    }

    private static string? HubName(string license)
    {
        string lower = license.ToLowerInvariant();
        return HubLicenses.Contains(lower) ? lower : HubFamilies.GetValueOrDefault(lower);
    }

    private static bool IsLanguageCode(string code) => code.Length is 2 or 3 && code.All(char.IsAsciiLetterLower);

    // A bare 'no' would be a truth value; so would some others. Names with other than these characters need quotes anyway.
    private static string Quote(string text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            && text.ToLowerInvariant() is not ("no" or "yes" or "on" or "off" or "true" or "false" or "null" or "y" or "n")
            ? text
            : '"' + string.Concat(text.Select(Escape)) + '"';

    private static string Escape(char c) => c switch
    {
        '\\' => @"\\",
        '"' => "\\\"",
        _ when char.IsControl(c) => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
        _ => c.ToString(),
    };

    private static string Feature(ColumnType type) => type switch
    {
        ColumnType.Int32List or ColumnType.UInt64List or ColumnType.SingleList => $"    list: {TypeName(type)[5..^1]}\n",
        _ => $"    dtype: {TypeName(type)}\n",
    };

    // The categories of the hub.
    private static string SizeCategory(long documents) => documents switch
    {
        < 1_000 => "n<1K",
        < 10_000 => "1K<n<10K",
        < 100_000 => "10K<n<100K",
        < 1_000_000 => "100K<n<1M",
        < 10_000_000 => "1M<n<10M",
        < 100_000_000 => "10M<n<100M",
        < 1_000_000_000 => "100M<n<1B",
        < 10_000_000_000 => "1B<n<10B",
        < 100_000_000_000 => "10B<n<100B",
        < 1_000_000_000_000 => "100B<n<1T",
        _ => "n>1T",
    };
}
