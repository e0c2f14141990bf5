using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using DataBuild.Engine.Packaging;
using DataBuild.Engine.Published;
using DataBuild.Engine.Reporting;

namespace DataBuild.Worker;

/// <summary><c>databuild stats</c>: counts, lengths, tokens, languages and domains of a finished dataset.</summary>
internal static class StatsCommand
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Command Create()
    {
        Argument<string> dataset = DatasetArgument.Create();
        Option<string?> configuration = DatasetArgument.Configuration();
        Option<int> top = new("--top") { Description = "Domains and languages shown", DefaultValueFactory = _ => 10 };
        Option<bool> json = new("--json") { Description = "All of it as JSON" };
        Command command = new("stats", "Counts, lengths, tokens, languages and domains of a finished dataset") { dataset, configuration, top, json };
        command.SetAction(result => DatasetArgument.Guard(() =>
        {
            PublishedDataset published = DatasetArgument.Open(result.GetRequiredValue(dataset), result.GetValue(configuration));
            DatasetStatistics statistics = DatasetStatistics.Of(published);
            if (result.GetValue(json))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(statistics, Json));
            }
            else
            {
                Print(published.Manifest, statistics, result.GetValue(top));
            }

            return 0;
        }));
        return command;
    }

    private static void Print(Manifest manifest, DatasetStatistics statistics, int top)
    {
        Line($"{manifest.Name}: {statistics.Documents:N0} documents, {statistics.TextBytes:N0} bytes of text{(statistics.Tokens is { } t ? string.Create(CultureInfo.InvariantCulture, $", {t:N0} tokens") : "")}");
        Line($"");
        Line($"{"",-12}{"min",10}{"5 %",10}{"25 %",10}{"median",10}{"75 %",10}{"95 %",10}{"max",10}");
        Quantiles("characters", statistics.LengthQuantiles);
        Quantiles("tokens", statistics.TokenQuantiles);
        Line($"");
        Line($"{"stage",-24}{"in",12}{"kept",12}{"dropped",10}");
        foreach (ManifestStage stage in manifest.Stages)
        {
            double share = stage.Counts.In == 0 ? 0 : 100.0 * (stage.Counts.In - stage.Counts.Kept) / stage.Counts.In;
            Line($"{stage.Name,-24}{stage.Counts.In,12:N0}{stage.Counts.Kept,12:N0}{share,8:F1} %");
        }

        Names("language", statistics.Languages, top, statistics.Documents);
        Names("domain", statistics.Domains, top, statistics.Documents);
    }

    private static void Quantiles(string name, IReadOnlyList<int> values)
    {
        if (values.Count > 0)
        {
            Line($"{name,-12}{string.Concat(values.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v,10:N0}")))}");
        }
    }

    private static void Names(string kind, IReadOnlyList<NamedCount> counts, int top, long documents)
    {
        if (counts.Count == 0)
        {
            return;
        }

        Line($"");
        Line($"{kind}");
        foreach (NamedCount count in counts.Take(top))
        {
            Line($"  {TerminalText.Line(count.Name, 40),-42}{count.Count,10:N0}{100.0 * count.Count / documents,8:F1} %");
        }

        if (counts.Count > top)
        {
            Line($"  and {counts.Count - top:N0} more");
        }
    }

    private static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
