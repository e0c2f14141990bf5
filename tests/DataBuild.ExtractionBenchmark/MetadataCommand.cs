using System.Globalization;
using System.Text;
using DataBuild.Stages.Extract;

namespace DataBuild.ExtractionBenchmark;

/// <summary>Prints how often title, author and date are what the ground truth of wcxb says.</summary>
internal static class MetadataCommand
{
    public static void Run(string[] args)
    {
        bool show = args.Contains("show");
        HtmlExtractor extractor = new();
        bool validation = args.Contains("validation");
        bool training = args.Contains("training");
        Field title = new("title", show);
        Field author = new("author", show);
        Field date = new("date", show);
        Field dateNear = new("date within a day", false);
        foreach (TruthPage page in PageSet.Read("wcxb"))
        {
            if (page.IsValidation ? training : validation)
            {
                continue;
            }

            ExtractedPage got = extractor.Extract(page.Html, page.Charset, page.Url, new ExtractOptions { Mode = ExtractMode.Heuristic });
            title.Add(page.Url, got.Title, page.Truth.Title, Same(got.Title, page.Truth.Title));
            author.Add(page.Url, got.Author, page.Truth.Author, SameNames(got.Author, page.Truth.Author));
            date.Add(page.Url, got.DatePublished, page.Truth.Date, got.DatePublished == page.Truth.Date);
            dateNear.Add(page.Url, got.DatePublished, page.Truth.Date, DaysApart(got.DatePublished, page.Truth.Date) <= 1);
        }

        foreach (Field field in (Field[])[title, author, date, dateNear])
        {
            Console.WriteLine(field);
        }
    }

    // Equal but for case, white space and punctuation.
    private static bool Same(string? a, string? b) => a is not null && b is not null && Plain(a) == Plain(b);

    // Lists of names are divided by commas, semicolons or "and".
    private static bool SameNames(string? a, string? b) =>
        Same(a, b) || (a is not null && b is not null && Names(a).SequenceEqual(Names(b)));

    private static IEnumerable<string> Names(string list) =>
        list.Replace(" and ", ",", StringComparison.Ordinal).Replace(" & ", ",", StringComparison.Ordinal).Split([',', ';']).Select(Plain).Where(n => n.Length > 0);

    private static string Plain(string text) =>
        string.Concat(text.Normalize(NormalizationForm.FormKD).ToLowerInvariant().Where(char.IsLetterOrDigit));

    private static double DaysApart(string? a, string? b) =>
        DateTime.TryParse(a, CultureInfo.InvariantCulture, out DateTime x) && DateTime.TryParse(b, CultureInfo.InvariantCulture, out DateTime y)
            ? Math.Abs((x - y).TotalDays)
            : double.PositiveInfinity;

    private sealed class Field(string name, bool show)
    {
        private int _stated;
        private int _found;
        private int _right;
        private int _extra;

        public void Add(string url, string? got, string? want, bool same)
        {
            // Pages whose truth states nothing are no proof that nothing is there; they are counted apart.
            if (string.IsNullOrEmpty(want))
            {
                _extra += got is null ? 0 : 1;
                return;
            }

            _stated++;
            _found += got is null ? 0 : 1;
            _right += same ? 1 : 0;
            if (show && !same)
            {
                Console.WriteLine($"{name}\t{url}\n\tgot  {got}\n\twant {want}");
            }
        }

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: of {_stated} pages that state it {_found} found, {_right} right (precision {(double)_right / Math.Max(1, _found):F3}, recall {(double)_right / Math.Max(1, _stated):F3}); {_extra} more where the truth has none");
    }
}
