using System.Globalization;
using System.Text;

namespace DataBuild.Engine.Packaging;

/// <summary>Writes the dataset card: a README.md with the YAML front matter that Hugging Face <c>datasets</c> reads.</summary>
public static class DatasetCard
{
    private const int LanguagesShown = 20;

    /// <summary>The card of a dataset.</summary>
    /// <param name="manifest">Manifest, without the files that are made from it.</param>
    /// <param name="format">Output format.</param>
    /// <param name="statement">The curator's own statement, Markdown; null where there is none.</param>
    public static string Render(Manifest manifest, string format, string? statement)
    {
        StringBuilder card = new(CardFrontMatter.Render(manifest, format));
        card.Append("\n# ").Append(manifest.Name).Append("\n\n");
        if (manifest.Description?.Text is { } text)
        {
            card.Append(text.Trim()).Append("\n\n");
        }

        card.Append(CultureInfo.InvariantCulture, $"{manifest.Documents:N0} documents, {manifest.TextBytes:N0} bytes of UTF-8 text");
        if (manifest.Tokens is { } tokens)
        {
            card.Append(CultureInfo.InvariantCulture, $", {tokens:N0} tokens (`tokens/`)");
        }

        card.Append(". Built by DataBuild ").Append(manifest.DataBuild).Append("; `manifest.json` states every input, option and digest.\n");
        if (manifest.Sample is { } sample)
        {
            string most = sample.MaxDocuments is { } count ? string.Create(CultureInfo.InvariantCulture, $", {count:N0} documents at most before any stage") : "";
            card.Append(CultureInfo.InvariantCulture, $"\n**This is a sample**: {sample.Rate:P2} of the documents{most}, chosen by a digest of their ids with seed {sample.Seed}.\n");
        }

        AppendUse(card, manifest, format);
        AppendColumns(card, manifest);
        AppendStatement(card, manifest, statement);
        AppendLicenses(card, manifest);
        AppendSources(card, manifest);
        AppendStages(card, manifest);
        AppendFiles(card, manifest);
        return card.ToString();
    }

    private static void AppendUse(StringBuilder card, Manifest manifest, string format)
    {
        string reader = format == "parquet" ? "read_parquet" : "read_json";
        card.Append($"""

            ## Use

            In this folder:

            ```python
            from datasets import load_dataset
            rows = load_dataset(".", split="train")
            ```

            ```sql
            SELECT {string.Join(", ", manifest.Columns.Take(3).Select(c => c.Name))} FROM {reader}('data/train-*.{format}') LIMIT 10;
            ```

            """.ReplaceLineEndings("\n"));
    }

    private static void AppendColumns(StringBuilder card, Manifest manifest)
    {
        card.Append("\n## Columns\n\n| column | type | meaning |\n|---|---|---|\n");
        foreach (ManifestColumn column in manifest.Columns)
        {
            card.Append(CultureInfo.InvariantCulture, $"| `{column.Name}` | {CardFrontMatter.TypeName(column.Type)} | {Cell(column.Description)} |\n");
        }
    }

    private static void AppendStatement(StringBuilder card, Manifest manifest, string? statement)
    {
        long read = manifest.Inputs.Sum(i => i.Documents);
        card.Append("\n## Data statement\n\n");
        if (statement is not null)
        {
            card.Append(statement).Append("\n\n");
        }

        card.Append(CultureInfo.InvariantCulture, $"- **Selection.** {manifest.Documents:N0} of {read:N0} documents of {manifest.Inputs.Count:N0} input{(manifest.Inputs.Count == 1 ? "" : "s")} passed {manifest.Stages.Count} stages; \"How it was made\" counts what each of them dropped, and why.\n");
        if (manifest.FirstDate is not null)
        {
            card.Append(CultureInfo.InvariantCulture, $"- **Time.** The documents were fetched from {manifest.FirstDate} to {manifest.LastDate}, by their own dates.\n");
        }

        if (manifest.Languages.Count > 0)
        {
            KeyValuePair<string, long>[] byCount = [.. manifest.Languages.OrderByDescending(l => l.Value).ThenBy(l => l.Key, StringComparer.Ordinal)];
            string more = byCount.Length > LanguagesShown ? string.Create(CultureInfo.InvariantCulture, $" and {byCount.Length - LanguagesShown} more") : "";
            card.Append("- **Languages**, as identified by machine: ")
                .AppendJoin(", ", byCount.Take(LanguagesShown).Select(l => string.Create(CultureInfo.InvariantCulture, $"`{l.Key}` {l.Value:N0}")))
                .Append(more).Append(".\n");
        }

        ManifestStage[] redacting = [.. manifest.Stages.Where(s => s.Stage.Contains("Pii", StringComparison.OrdinalIgnoreCase))];
        card.Append("- **Personal information.** ").Append(redacting.Length == 0
            ? "No stage of this dataset looked for it; texts from the web hold names and addresses."
            : $"Addresses and numbers were replaced by rule ({string.Join(", ", redacting.Select(s => $"`{s.Name}`"))}); names remain, and rules miss some.").Append('\n');
        long defects = manifest.Inputs.Sum(i => i.Defects.Values.Sum());
        if (defects > 0)
        {
            card.Append(CultureInfo.InvariantCulture, $"- **Damage.** {defects:N0} damaged records of the inputs were skipped.\n");
        }
    }

    private static void AppendLicenses(StringBuilder card, Manifest manifest)
    {
        card.Append("\n## Licences\n\n");
        if (manifest.Description?.License is { } license)
        {
            card.Append(CultureInfo.InvariantCulture, $"The dataset as a whole: `{license}`. ");
        }

        card.Append("What its sources declare:\n\n| licence of the source | inputs | documents | text bytes |\n|---|---:|---:|---:|\n");
        foreach (IGrouping<string, ManifestInput> group in manifest.Inputs.GroupBy(i => i.License ?? DatasetLicenses.NotDeclared, StringComparer.Ordinal)
            .OrderByDescending(g => g.Sum(i => i.TextBytes)).ThenBy(g => g.Key, StringComparer.Ordinal))
        {
            card.Append(CultureInfo.InvariantCulture, $"| {Cell(group.Key)} | {group.Count():N0} | {group.Sum(i => i.Kept):N0} | {group.Sum(i => i.TextBytes):N0} |\n");
        }
    }

    private static void AppendSources(StringBuilder card, Manifest manifest)
    {
        bool attributed = manifest.Inputs.Any(i => i.Attribution is not null);
        card.Append("\n## Sources\n\n| input | documents | kept | text bytes | SHA-256 |").Append(attributed ? " attribution |" : "").Append("\n|---|---:|---:|---:|---|").Append(attributed ? "---|" : "").Append('\n');
        foreach (ManifestInput input in manifest.Inputs)
        {
            card.Append(CultureInfo.InvariantCulture, $"| `{Cell(input.Path)}` | {input.Documents:N0} | {input.Kept:N0} | {input.TextBytes:N0} | `{input.Sha256[..16]}…` |");
            card.Append(attributed ? $" {Cell(input.Attribution ?? "")} |\n" : "\n");
        }
    }

    private static void AppendStages(StringBuilder card, Manifest manifest)
    {
        card.Append("\n## How it was made\n\n| stage | in | kept | dropped |\n|---|---:|---:|---|\n");
        foreach (ManifestStage stage in manifest.Stages)
        {
            string dropped = string.Join(", ", stage.Counts.Dropped.OrderByDescending(d => d.Value).ThenBy(d => d.Key, StringComparer.Ordinal)
                .Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Key} {d.Value:N0}")));
            card.Append(CultureInfo.InvariantCulture, $"| {Cell(stage.Name)} | {stage.Counts.In:N0} | {stage.Counts.Kept:N0} | {Cell(dropped)} |\n");
        }
    }

    private static void AppendFiles(StringBuilder card, Manifest manifest)
    {
        card.Append("\n## Files\n\n`sha256sum -c SHA256SUMS` checks them all.\n\n| file | rows | bytes | SHA-256 |\n|---|---:|---:|---|\n");
        foreach (ManifestFile file in manifest.Files)
        {
            string rows = file.Rows?.ToString("N0", CultureInfo.InvariantCulture) ?? "";
            card.Append(CultureInfo.InvariantCulture, $"| `{file.Path}` | {rows} | {file.Bytes:N0} | `{file.Sha256}` |\n");
        }
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
