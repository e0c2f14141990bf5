using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using DataBuild.Engine.Published;

namespace DataBuild.Worker;

/// <summary><c>databuild head</c>: prints the first documents of a finished dataset.</summary>
internal static class HeadCommand
{
    private const int ValueCharacters = 400;

    public static Command Create()
    {
        Argument<string> dataset = DatasetArgument.Create();
        Option<string?> configuration = DatasetArgument.Configuration();
        Option<int> count = new("--count", "-n") { Description = "Documents", DefaultValueFactory = _ => 5 };
        Option<int> skip = new("--skip") { Description = "Documents to pass over first" };
        Option<string?> columns = new("--columns") { Description = "Columns, separated by commas; default: all" };
        Option<bool> json = new("--json") { Description = "JSON lines, values whole" };
        Command command = new("head", "Prints the first documents of a finished dataset") { dataset, configuration, count, skip, columns, json };
        command.SetAction(result => DatasetArgument.Guard(() => Run(
            DatasetArgument.Open(result.GetRequiredValue(dataset), result.GetValue(configuration)),
            result.GetValue(count), result.GetValue(skip), result.GetValue(columns), result.GetValue(json))));
        return command;
    }

    private static int Run(PublishedDataset dataset, int count, int skip, string? columns, bool json)
    {
        string[] known = [.. dataset.Manifest.Columns.Select(c => c.Name)];
        string[] wanted = columns?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? known;
        if (wanted.FirstOrDefault(c => !known.Contains(c)) is { } unknown)
        {
            string suggestion = Suggestion.For(unknown, known) is { } best ? $"; did you mean '{best}'?" : "";
            throw new InvalidDataException($"the dataset has no column '{unknown}'{suggestion}; it has {string.Join(", ", known)}");
        }

        foreach (PublishedRow row in dataset.Rows(wanted).Skip(skip).Take(count))
        {
            if (json)
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(Enumerable.Range(0, wanted.Length).ToDictionary(i => wanted[i], i => row.Values[i])));
                continue;
            }

            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"── {row.Number}"));
            for (int i = 0; i < wanted.Length; i++)
            {
                if (row.Values[i] is { } value)
                {
                    Console.Out.WriteLine($"{wanted[i]}: {TerminalText.Line(value, ValueCharacters)}");
                }
            }
        }

        return 0;
    }
}
