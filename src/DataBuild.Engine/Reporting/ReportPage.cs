using System.Globalization;
using System.Net;
using System.Text;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Packaging;

namespace DataBuild.Engine.Reporting;

/// <summary>
/// Renders <c>report.html</c>: one file without script or outside reference. Texts of documents are escaped, and their control characters shown as pictures.
/// </summary>
public static class ReportPage
{
    private const string Style = """
        :root{--ink:#1b1f24;--soft:#5b6570;--line:#e3e6ea;--bg:#fff;--panel:#f7f8fa;--kept:#2b7a78;--drop:#d9822b;--reuse:#9fb8c6;color-scheme:light}
        @media (prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#a3adb8;--line:#343a41;--bg:#16191d;--panel:#1f2329;--kept:#4fb3ac;--drop:#e79a4b;--reuse:#56707f;color-scheme:dark}}
        *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        main{max-width:1180px;margin:0 auto;padding:24px 20px 60px}h1{font-size:28px;margin:0 0 2px}h2{font-size:18px;margin:34px 0 10px}
        .lead{color:var(--soft);margin:0 0 18px}.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:10px}
        .tile{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:12px 14px}.tile b{display:block;font-size:22px;line-height:1.25}.tile span{color:var(--soft);font-size:13px}
        .grid{columns:340px;column-gap:16px}.grid .panel{break-inside:avoid;margin:0 0 16px}.panel{border:1px solid var(--line);border-radius:8px;padding:14px 16px;min-width:0}
        .panel h3{font-size:15px;margin:0 0 8px}svg{display:block;width:100%;height:auto}svg text{fill:var(--ink);font:12px system-ui,sans-serif}svg .soft{fill:var(--soft)}
        .kept{fill:var(--kept)}.drop{fill:var(--drop)}.reuse{fill:var(--reuse)}.axis{stroke:var(--line)}
        .bars{display:grid;grid-template-columns:minmax(90px,auto) 1fr auto;gap:4px 10px;align-items:center;font-size:14px}.bars div{min-width:0;overflow-wrap:anywhere}.bars i{display:block;height:14px;border-radius:3px;background:var(--kept)}
        .bars i.d{background:var(--drop)}.bars.funnel{gap:7px 12px}.funnel .stack{display:flex}.funnel i{height:22px;border-radius:0}.bars .n{color:var(--soft);text-align:right;font-variant-numeric:tabular-nums}
        .scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:14px}th,td{text-align:left;padding:5px 10px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}th{color:var(--soft);font-weight:600}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
        details{border:1px solid var(--line);border-radius:8px;margin:0 0 8px;padding:8px 12px}summary{cursor:pointer;overflow-wrap:anywhere}pre{white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.45 ui-monospace,Menlo,Consolas,monospace;margin:8px 0 2px}
        .tag{display:inline-block;border-radius:10px;padding:0 8px;font-size:12px;color:#fff;background:var(--kept);margin-right:6px}.tag.d{background:var(--drop)}.key{color:var(--soft);font-size:13px;margin:6px 0 0}.key i{display:inline-block;width:10px;height:10px;border-radius:2px;margin:0 4px 0 10px;background:var(--kept)}.key i.d{background:var(--drop)}.key i.r{background:var(--reuse)}
        """;

    /// <summary>The page.</summary>
    public static string Render(BuildReport report, Manifest manifest)
    {
        StringBuilder page = new();
        page.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
        page.Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">");
        page.Append("<title>").Append(Escape(report.Name)).Append(" · DataBuild report</title><style>").Append(Style).Append("</style></head><body><main>\n");
        page.Append("<h1>").Append(Escape(report.Name)).Append("</h1>\n");
        long read = report.Stages[0].Counts.In;
        page.Append(CultureInfo.InvariantCulture, $"<p class=\"lead\">{Number(manifest.Documents)} of {Number(read)} documents kept ({Share(manifest.Documents, read)}), from {manifest.Inputs.Count} input{Plural(manifest.Inputs.Count)}.</p>\n");
        Tiles(page, report, manifest, read);
        Funnel(page, report);
        page.Append("<div class=\"grid\" style=\"margin-top:16px\">\n");
        Reasons(page, report);
        foreach (Histogram histogram in report.Histograms)
        {
            Distribution(page, histogram);
        }

        Names(page, "Languages kept", report.Languages);
        Names(page, "Domains kept", report.Domains);
        Timing(page, report);
        page.Append("</div>\n");
        Inputs(page, manifest);
        StageTable(page, report);
        Samples(page, report);
        page.Append("</main></body></html>\n");
        return page.ToString();
    }

    private static void Tiles(StringBuilder page, BuildReport report, Manifest manifest, long read)
    {
        page.Append("<div class=\"tiles\">");
        Tile(Number(read), "documents read");
        Tile(Number(manifest.Documents), "documents kept");
        Tile(Bytes(manifest.TextBytes), "UTF-8 text");
        if (manifest.Tokens is { } tokens)
        {
            Tile(Number(tokens), "tokens");
        }

        long damaged = manifest.Inputs.Sum(i => i.Defects.Values.Sum());
        Tile(Number(damaged), "damaged records");
        int shards = report.Stages.Sum(s => s.Shards);
        int reused = report.Stages.Sum(s => s.Reused);
        Tile(shards == 0 ? "–" : Share(reused, shards), "of actions reused");
        page.Append("</div>\n");

        void Tile(string value, string label) => page.Append("<div class=\"tile\"><b>").Append(value).Append("</b><span>").Append(label).Append("</span></div>");
    }

    private static void Funnel(StringBuilder page, BuildReport report)
    {
        page.Append("<h2>Documents through the stages</h2>\n<div class=\"panel\"><div class=\"bars funnel\">");
        double max = Math.Max(1, report.Stages[0].Counts.In);
        foreach (StageSummary stage in report.Stages)
        {
            long lost = stage.Counts.In - stage.Counts.Kept;
            page.Append(CultureInfo.InvariantCulture, $"<div>{Escape(stage.Stage)}</div><div class=\"stack\"><i style=\"width:{100 * stage.Counts.Kept / max:F2}%\"></i><i class=\"d\" style=\"width:{100 * lost / max:F2}%\"></i></div>");
            page.Append(CultureInfo.InvariantCulture, $"<div class=\"n\">{Number(stage.Counts.Kept)}{(lost > 0 ? $" (−{Number(lost)})" : "")}</div>");
        }

        page.Append("</div><p class=\"key\"><i></i>kept<i class=\"d\"></i>dropped here</p></div>\n");
    }

    private static void Reasons(StringBuilder page, BuildReport report)
    {
        var reasons = report.Stages
            .SelectMany(s => s.Counts.Dropped.Select(d => (Name: $"{s.Stage}: {d.Key}", Count: d.Value)))
            .OrderByDescending(r => r.Count).ThenBy(r => r.Name, StringComparer.Ordinal).ToArray();
        page.Append("<div class=\"panel\"><h3>Why documents were dropped</h3>");
        Bars(page, reasons.Take(14), "d");
        if (reasons.Length > 14)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"key\">and {reasons.Length - 14} more reasons, {Number(reasons.Skip(14).Sum(r => r.Count))} documents; all are in the table below</p>");
        }

        page.Append(reasons.Length == 0 ? "<p class=\"key\">No document was dropped.</p></div>\n" : "</div>\n");
    }

    private static void Names(StringBuilder page, string title, IReadOnlyList<NamedCount> names)
    {
        if (names.Count > 0)
        {
            page.Append("<div class=\"panel\"><h3>").Append(title).Append("</h3>");
            Bars(page, names.Take(14).Select(n => (n.Name, n.Count)), "");
            page.Append("</div>\n");
        }
    }

    private static void Bars(StringBuilder page, IEnumerable<(string Name, long Count)> rows, string kind)
    {
        (string Name, long Count)[] all = [.. rows];
        long max = all.Length == 0 ? 1 : Math.Max(1, all.Max(r => r.Count));
        page.Append("<div class=\"bars\">");
        foreach ((string name, long count) in all)
        {
            page.Append(CultureInfo.InvariantCulture, $"<div>{Escape(name)}</div><div><i class=\"{kind}\" style=\"width:{Math.Max(0.5, 100.0 * count / max):F1}%\"></i></div><div class=\"n\">{Number(count)}</div>");
        }

        page.Append("</div>");
    }

    private static void Distribution(StringBuilder page, Histogram histogram)
    {
        const int Height = 150;
        const int Width = 460;
        int bins = histogram.Kept.Count;
        long max = Math.Max(1, Enumerable.Range(0, bins).Max(i => histogram.Kept[i] + histogram.Dropped[i]));
        double step = (double)Width / bins;
        page.Append("<div class=\"panel\"><h3>").Append(Escape(histogram.Title)).Append(histogram.Unit.Length > 0 ? $" ({Escape(histogram.Unit)})" : "").Append("</h3>");
        page.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width + 20} {Height + 40}\" role=\"img\" aria-label=\"{Escape(histogram.Title)}\">");
        for (int i = 0; i < bins; i++)
        {
            double kept = (double)histogram.Kept[i] / max * Height;
            double dropped = (double)histogram.Dropped[i] / max * Height;
            double x = 10 + (i * step);
            string title = string.Create(CultureInfo.InvariantCulture, $"<title>{Edge(histogram.Edges[i])} to {Edge(histogram.Edges[i + 1])}: {histogram.Kept[i]} kept, {histogram.Dropped[i]} dropped</title>");
            page.Append(CultureInfo.InvariantCulture, $"<rect class=\"kept\" x=\"{x:F1}\" y=\"{10 + Height - kept:F1}\" width=\"{step - 1.5:F1}\" height=\"{kept:F1}\">{title}</rect>");
            page.Append(CultureInfo.InvariantCulture, $"<rect class=\"drop\" x=\"{x:F1}\" y=\"{10 + Height - kept - dropped:F1}\" width=\"{step - 1.5:F1}\" height=\"{dropped:F1}\">{title}</rect>");
        }

        page.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"10\" x2=\"{Width + 10}\" y1=\"{Height + 10}\" y2=\"{Height + 10}\"/>");
        for (int i = 0; i <= 4; i++)
        {
            int edge = i * bins / 4;
            string anchor = i == 0 ? "start" : i == 4 ? "end" : "middle";
            page.Append(CultureInfo.InvariantCulture, $"<text class=\"soft\" x=\"{10 + (edge * step):F1}\" y=\"{Height + 28}\" text-anchor=\"{anchor}\">{Edge(histogram.Edges[edge])}</text>");
        }

        page.Append("</svg><p class=\"key\"><i></i>kept<i class=\"d\"></i>dropped</p></div>\n");
    }

    private static void Timing(StringBuilder page, BuildReport report)
    {
        page.Append("<div class=\"panel\"><h3>Work of this build, seconds over all threads</h3>");
        double max = Math.Max(0.001, report.Stages.Max(s => s.Seconds));
        page.Append("<div class=\"bars\">");
        foreach (StageSummary stage in report.Stages)
        {
            string reuse = stage.Shards == 0 ? "" : stage.Reused == stage.Shards && !stage.Merged ? "all reused" : stage.Reused == 0 ? "" : $"{stage.Reused}/{stage.Shards} reused";
            page.Append(CultureInfo.InvariantCulture, $"<div>{Escape(stage.Stage)}</div><div><i style=\"width:{Math.Max(0.5, 100 * stage.Seconds / max):F1}%\"></i></div><div class=\"n\">{stage.Seconds:F2} s {reuse}</div>");
        }

        page.Append("</div></div>\n");
    }

    private static void Inputs(StringBuilder page, Manifest manifest)
    {
        page.Append("<h2>Inputs</h2>\n<div class=\"scroll\"><table><tr><th>input</th><th class=\"n\">bytes</th><th class=\"n\">records</th><th class=\"n\">documents</th><th class=\"n\">kept</th><th>damage</th></tr>");
        foreach (ManifestInput input in manifest.Inputs)
        {
            string defects = string.Join(", ", input.Defects.Select(d => $"{Escape(d.Key)} × {Number(d.Value)}"));
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Escape(input.Path)}</td><td class=\"n\">{Bytes(input.Bytes)}</td><td class=\"n\">{Number(input.Records.Values.Sum())}</td><td class=\"n\">{Number(input.Documents)}</td><td class=\"n\">{Number(input.Kept)}</td><td>{defects}</td></tr>");
        }

        page.Append("</table></div>\n");
    }

    private static void StageTable(StringBuilder page, BuildReport report)
    {
        page.Append("<h2>Stages</h2>\n<div class=\"scroll\"><table><tr><th>stage</th><th class=\"n\">in</th><th class=\"n\">kept</th><th class=\"n\">dropped</th><th>by reason</th></tr>");
        foreach (StageSummary stage in report.Stages)
        {
            string reasons = string.Join(", ", stage.Counts.Dropped.OrderByDescending(d => d.Value).ThenBy(d => d.Key, StringComparer.Ordinal).Select(d => $"{Escape(d.Key)} {Number(d.Value)}"));
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Escape(stage.Stage)}</td><td class=\"n\">{Number(stage.Counts.In)}</td><td class=\"n\">{Number(stage.Counts.Kept)}</td><td class=\"n\">{Number(stage.Counts.In - stage.Counts.Kept)}</td><td>{reasons}</td></tr>");
        }

        page.Append("</table></div>\n");
    }

    private static void Samples(StringBuilder page, BuildReport report)
    {
        page.Append("<h2>Examples</h2>\n");
        foreach (DocumentSample sample in report.Samples)
        {
            string tag = sample.Stage is null ? "<span class=\"tag\">kept</span>" : $"<span class=\"tag d\">{Escape(sample.Stage)}: {Escape(sample.Reason ?? "")}</span>";
            page.Append("<details><summary>").Append(tag).Append(Escape(sample.Url.Length > 0 ? sample.Url : sample.Id)).Append("</summary>");
            page.Append("<p class=\"key\">").Append(Escape(sample.Source)).Append(" · ").Append(Escape(sample.Id)).Append("</p><pre dir=\"auto\">").Append(Escape(sample.Text)).Append("</pre></details>\n");
        }
    }

    private static string Escape(string text)
    {
        StringBuilder clean = new(text.Length);
        foreach (char c in text)
        {
            // Control characters appear as Unicode control pictures, direction marks as their code: neither can change how the page reads.
            _ = c switch
            {
                '\n' or '\t' => clean.Append(c),
                < ' ' => clean.Append((char)(0x2400 + c)),
                '\u007F' => clean.Append('\u2421'),
                >= '\u0080' and < '\u00A0' => clean.Append('\uFFFD'),
                (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u200E' or '\u200F' => clean.Append(CultureInfo.InvariantCulture, $"⟨U+{(int)c:X4}⟩"),
                _ => clean.Append(c),
            };
        }

        return WebUtility.HtmlEncode(clean.ToString());
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture).Replace(',', '\u202F');

    private static string Share(long part, long whole) => whole == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:F1} %");

    private static string Plural(int count) => count == 1 ? "" : "s";

    private static string Edge(double value) => Math.Abs(value) >= 10 ? Number((long)Math.Round(value)) : value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Bytes(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):F1} GiB"),
        >= 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):F1} MiB"),
        >= 1 << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 10):F1} KiB"),
        _ => $"{bytes} B",
    };
}
