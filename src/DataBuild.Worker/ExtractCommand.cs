using System.CommandLine;
using System.Globalization;
using System.Text;
using DataBuild.Engine.Planning;
using DataBuild.Formats;
using DataBuild.Stages.Extract;

namespace DataBuild.Worker;

/// <summary><c>databuild extract INPUT</c>: prints the main content of a page, from an HTML file or out of a WARC file, as the stage <c>Extract</c> finds it.</summary>
internal static class ExtractCommand
{
    // Options of the stage that have one of their own here.
    private static readonly (string Alias, string Option)[] Flags = [("--links", "Links"), ("--images", "Images"), ("--comments", "Comments"), ("--main-html", "MainHtml")];

    private static readonly (string Alias, string Option)[] Values =
    [
        ("--format", "Format"), ("--mode", "Mode"), ("--labeller", "Labeller"), ("--labeller-model", "LabellerModel"), ("--labeller-tokenizer", "LabellerTokenizer"),
        ("--endpoint", "Endpoint"), ("--endpoint-model", "EndpointModel"), ("--endpoint-answer", "EndpointAnswer"),
    ];

    public static Command Create()
    {
        StageDescriptor stage = StageRegistry.BuiltIn().Find("Extract")!.Descriptor;
        Argument<FileInfo> input = new("input") { Description = "An HTML file, or a crawl file (WARC, ARC)" };
        Option<string?> url = new("--url") { Description = "Address of the page in the crawl file; default: every page" };
        Option<bool> explain = new("--explain") { Description = "Show each block, its label and its score instead" };
        Option<string[]> others = new("--option", "-o") { Description = "Any option of the stage Extract, as NAME=VALUE" };
        Command command = new("extract", "Prints the main content of a page") { input, url, explain, others };
        (Option<bool> Given, string Name)[] flags = [.. Flags.Select(f => (new Option<bool>(f.Alias) { Description = SummaryOf(stage, f.Option) }, f.Option))];
        (Option<string?> Given, string Name)[] values = [.. Values.Select(v => (new Option<string?>(v.Alias) { Description = SummaryOf(stage, v.Option) }, v.Option))];
        foreach (Option option in flags.Select(f => (Option)f.Given).Concat(values.Select(v => v.Given)))
        {
            command.Options.Add(option);
        }

        command.SetAction(result =>
        {
            Dictionary<string, string> metadata = new(StringComparer.OrdinalIgnoreCase);
            foreach (string pair in result.GetValue(others) ?? [])
            {
                int equals = pair.IndexOf('=', StringComparison.Ordinal);
                if (equals < 1)
                {
                    Console.Error.WriteLine($"--option {Visible(pair)}: expected NAME=VALUE, such as Tables=Html");
                    return 1;
                }

                metadata[pair[..equals]] = pair[(equals + 1)..];
            }

            foreach ((Option<bool> given, string name) in flags.Where(f => result.GetValue(f.Given)))
            {
                metadata[name] = "true";
            }

            foreach ((Option<string?> given, string name) in values)
            {
                if (result.GetValue(given) is { } value)
                {
                    metadata[name] = value;
                }
            }

            return Run(result.GetRequiredValue(input).FullName, result.GetValue(url), stage, metadata, result.GetValue(explain));
        });
        return command;
    }

    private static string SummaryOf(StageDescriptor stage, string option)
    {
        OptionDescriptor described = stage.Options.First(o => o.Name == option);
        return described.Choices.Count == 0 ? described.Summary : $"{described.Summary} One of: {string.Join(", ", described.Choices)}";
    }

    private static int Run(string path, string? url, StageDescriptor descriptor, Dictionary<string, string> metadata, bool explain)
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        OptionBinder binder = new(descriptor.Name, metadata, Environment.CurrentDirectory);
        ExtractStage? stage = (ExtractStage?)descriptor.Bind(binder);
        foreach (OptionError error in binder.Errors)
        {
            Console.Error.WriteLine($"error {error.Code}: {error.Message}");
        }

        if (stage is null)
        {
            return 1;
        }

        DirectoryInfo scratch = Directory.CreateTempSubdirectory("databuild-extract-");
        try
        {
            stage.Initialize(new StageContext(Environment.CurrentDirectory, scratch.FullName, report: note => Console.Error.WriteLine($"{note.Code}: {note.Message}")));
            return Print(path, url, stage, explain);
        }
        catch (CrawlFormatException exception)
        {
            Console.Error.WriteLine($"{exception.File}: error {exception.Code}: {exception.Message}");
            return 1;
        }
        catch (StageException exception)
        {
            Console.Error.WriteLine($"{exception.File ?? path}: error {exception.Code}: {exception.Message}");
            return 1;
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private static int Print(string path, string? url, ExtractStage stage, bool explain)
    {
        int pages = 0;
        using CrawlReader reader = CrawlReader.Open(path);
        while (reader.TryRead(out RawDocument? document))
        {
            using (document)
            {
                if (url is not null && document.Url != url)
                {
                    continue;
                }

                pages++;
                if (document.DropReason is { } reason)
                {
                    Console.Error.WriteLine($"{Visible(document.Url)}: cannot be used: {reason}");
                }
                else if (document.IsText)
                {
                    Console.Out.WriteLine(document.Text);
                }
                else
                {
                    Print(stage, document, explain);
                }
            }
        }

        if (pages == 0)
        {
            Console.Error.WriteLine(url is null ? $"{path}: there is no page in it" : $"{path}: there is no page with the address {Visible(url)}");
            return 1;
        }

        return 0;
    }

    private static void Print(ExtractStage stage, RawDocument raw, bool explain)
    {
        Document page = Document.Create("", raw.Url, raw.Id);
        page.SetPayload(raw.Payload, raw.MediaType, raw.Charset);
        if (explain)
        {
            foreach (ExplainedBlock block in stage.Explain(page))
            {
                Console.Out.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(block.Kept ? '+' : '-')} {block.Score,7:F3}  {block.Words,5} words  links {block.LinkDensity,4:F2}  {block.Path}  {Visible(Cut(block.Text))}"));
            }

            return;
        }

        ExtractFigures figures = stage.Measure(page);
        if (figures.Reason is { } reason)
        {
            Console.Error.WriteLine($"{Visible(raw.Url)}: cannot be used: {reason}");
            return;
        }

        if (figures.LabelledBy == "fallback")
        {
            Console.Error.WriteLine($"{Visible(raw.Url)}: the labeller's answer could not be used: labelled by the built-in model");
        }

        Console.Out.WriteLine(stage.MainHtml ? figures.MainHtml : figures.Text.ToString());
    }

    private static string Cut(string text) => text.Length <= 100 ? text : string.Concat(text.AsSpan(0, 100), "…");

    // Escape sequences of a hostile page must not reach the terminal.
    private static string Visible(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));
}
