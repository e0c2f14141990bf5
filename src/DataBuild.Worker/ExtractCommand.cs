using System.CommandLine;
using System.Globalization;
using System.Text;
using DataBuild.Formats;
using DataBuild.Stages.Extract;

namespace DataBuild.Worker;

/// <summary><c>databuild extract INPUT</c>: prints the main content of a page, from an HTML file or out of a WARC file.</summary>
internal static class ExtractCommand
{
    public static Command Create()
    {
        Argument<FileInfo> input = new("input") { Description = "An HTML file, or a crawl file (WARC, ARC)" };
        Option<string?> url = new("--url") { Description = "Address of the page in the crawl file; default: every page" };
        Option<ExtractFormat> format = new("--format") { Description = "Form of the text", DefaultValueFactory = _ => ExtractFormat.Markdown };
        Option<ExtractMode> mode = new("--mode") { Description = "How the main content is found", DefaultValueFactory = _ => ExtractOptions.Default.Mode };
        Option<bool> links = new("--links") { Description = "Keep the targets of links" };
        Option<bool> images = new("--images") { Description = "Keep images with their alternative texts" };
        Option<bool> comments = new("--comments") { Description = "Keep readers' comments" };
        Option<bool> mainHtml = new("--main-html") { Description = "Print the HTML of the main content instead of its text" };
        Option<bool> explain = new("--explain") { Description = "Show each block, its label and its score instead" };
        Command command = new("extract", "Prints the main content of a page") { input, url, format, mode, links, images, comments, mainHtml, explain };
        command.SetAction(result => Run(
            result.GetRequiredValue(input).FullName,
            result.GetValue(url),
            ExtractOptions.Default with
            {
                Format = result.GetValue(format),
                Mode = result.GetValue(mode),
                Links = result.GetValue(links),
                Images = result.GetValue(images),
                Comments = result.GetValue(comments),
                MainHtml = result.GetValue(mainHtml),
            },
            result.GetValue(explain)));
        return command;
    }

    private static int Run(string path, string? url, ExtractOptions options, bool explain)
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        HtmlExtractor extractor = new();
        int pages = 0;
        try
        {
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
                        continue;
                    }

                    if (document.IsText)
                    {
                        Console.Out.WriteLine(document.Text);
                        continue;
                    }

                    Print(extractor, document, options, explain);
                }
            }
        }
        catch (CrawlFormatException exception)
        {
            Console.Error.WriteLine($"{exception.Path}: error {exception.Code}: {exception.Message}");
            return 1;
        }

        if (pages == 0)
        {
            Console.Error.WriteLine(url is null ? $"{path}: there is no page in it" : $"{path}: there is no page with the address {Visible(url)}");
            return 1;
        }

        return 0;
    }

    private static void Print(HtmlExtractor extractor, RawDocument document, ExtractOptions options, bool explain)
    {
        if (explain)
        {
            foreach (ExplainedBlock block in extractor.ExplainBlocks(document.Payload.Span, document.Charset, document.Url, options))
            {
                Console.Out.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(block.Kept ? '+' : '-')} {block.Score,7:F3}  {block.Words,5} words  links {block.LinkDensity,4:F2}  {block.Path}  {Visible(Cut(block.Text))}"));
            }

            return;
        }

        ExtractedPage page = extractor.Extract(document.Payload.Span, document.Charset, document.Url, options);
        if (page.DropReason is { } reason)
        {
            Console.Error.WriteLine($"{Visible(document.Url)}: cannot be used: {reason}");
            return;
        }

        Console.Out.WriteLine(options.MainHtml ? page.MainHtml : page.Text);
    }

    private static string Cut(string text) => text.Length <= 100 ? text : string.Concat(text.AsSpan(0, 100), "…");

    // Escape sequences of a hostile page must not reach the terminal.
    private static string Visible(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));
}
