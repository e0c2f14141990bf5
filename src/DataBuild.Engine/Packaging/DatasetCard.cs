using System.Globalization;
using System.Text;

namespace DataBuild.Engine.Packaging;

/// <summary>Writes the dataset card: a README.md with the YAML front matter that Hugging Face <c>datasets</c> reads.</summary>
public static class DatasetCard
{
    /// <summary>The card of a dataset.</summary>
    /// <param name="manifest">Manifest.</param>
    /// <param name="format">Output format.</param>
    public static string Render(Manifest manifest, string format)
    {
        StringBuilder card = new();
        card.Append("---\n");
        card.Append("pretty_name: ").Append(Quote(manifest.Name)).Append('\n');
        card.Append("task_categories:\n- text-generation\n");
        card.Append("size_categories:\n- ").Append(SizeCategory(manifest.Documents)).Append('\n');
        card.Append("configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/train-*.").Append(format).Append('\n');
        card.Append("dataset_info:\n  features:\n");
        foreach (ManifestColumn column in manifest.Columns)
        {
            card.Append("  - name: ").Append(Quote(column.Name)).Append('\n').Append(Feature(column.Type));
        }

        card.Append("  splits:\n  - name: train\n");
        card.Append(CultureInfo.InvariantCulture, $"    num_bytes: {manifest.TextBytes}\n    num_examples: {manifest.Documents}\n");
        card.Append("---\n\n");
        card.Append("# ").Append(manifest.Name).Append("\n\n");
        card.Append(CultureInfo.InvariantCulture, $"{manifest.Documents:N0} documents, {manifest.TextBytes:N0} bytes of UTF-8 text");
        if (manifest.Tokens is { } tokens)
        {
            card.Append(CultureInfo.InvariantCulture, $", {tokens:N0} tokens (`tokens/`)");
        }

        card.Append(". Built by DataBuild ").Append(manifest.DataBuild).Append("; `manifest.json` states every input, option and digest.\n\n");

        card.Append("## Columns\n\n| column | type | meaning |\n|---|---|---|\n");
        foreach (ManifestColumn column in manifest.Columns)
        {
            card.Append(CultureInfo.InvariantCulture, $"| `{column.Name}` | {TypeName(column.Type)} | {column.Description} |\n");
        }

        card.Append("\n## Sources\n\n| input | documents | kept | SHA-256 |\n|---|---:|---:|---|\n");
        foreach (ManifestInput input in manifest.Inputs)
        {
            card.Append(CultureInfo.InvariantCulture, $"| `{input.Path.Replace("|", "\\|", StringComparison.Ordinal)}` | {input.Documents:N0} | {input.Kept:N0} | `{input.Sha256[..16]}…` |\n");
        }

        card.Append("\n## How it was made\n\n| stage | in | kept | dropped |\n|---|---:|---:|---|\n");
        foreach (ManifestStage stage in manifest.Stages)
        {
            string dropped = string.Join(", ", stage.Counts.Dropped.OrderByDescending(d => d.Value).ThenBy(d => d.Key, StringComparer.Ordinal)
                .Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Key} {d.Value:N0}")));
            card.Append(CultureInfo.InvariantCulture, $"| {stage.Name} | {stage.Counts.In:N0} | {stage.Counts.Kept:N0} | {dropped} |\n");
        }

        card.Append("\n## Files\n\n| file | rows | bytes | SHA-256 |\n|---|---:|---:|---|\n");
        foreach (ManifestFile file in manifest.Files)
        {
            string rows = file.Rows?.ToString("N0", CultureInfo.InvariantCulture) ?? "";
            card.Append(CultureInfo.InvariantCulture, $"| `{file.Path}` | {rows} | {file.Bytes:N0} | `{file.Sha256}` |\n");
        }

        return card.ToString();
    }

    private static string Quote(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
        ? text
        : '"' + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + '"';

    private static string Feature(ColumnType type) => type switch
    {
        ColumnType.Int32List or ColumnType.UInt64List or ColumnType.SingleList => $"    list: {TypeName(type)[5..^1]}\n",
        _ => $"    dtype: {TypeName(type)}\n",
    };

    private static string TypeName(ColumnType type) => type switch
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

    // The categories of the Hugging Face hub.
    private static string SizeCategory(long documents) => documents switch
    {
        < 1_000 => "n<1K",
        < 10_000 => "1K<n<10K",
        < 100_000 => "10K<n<100K",
        < 1_000_000 => "100K<n<1M",
        < 10_000_000 => "1M<n<10M",
        < 100_000_000 => "10M<n<100M",
        < 1_000_000_000 => "100M<n<1B",
        _ => "n>1B",
    };
}
