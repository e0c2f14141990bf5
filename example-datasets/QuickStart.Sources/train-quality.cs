#:project ../../src/DataBuild.Stages/DataBuild.Stages.csproj
// Trains models/quality.onnx of QuickStart: 0 = listings, offers, chatter, navigation; 5 = explanatory prose.
//   dotnet run -c Release train-quality.cs -- PAGES FOLDER [OUTPUT]
// PAGES holds wcxb.json, segments.json and fulltext.json: real pages with their kind, their main text and unwanted segments.
// FOLDER holds Debian packages unpacked, as make-crawl.cs takes them. Texts only shape the weights; none is copied into the model.
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using DataBuild.Stages.Score;
using DataBuild.Stages.Score.Linear;

if (args.Length is < 2 or > 3)
{
    Console.Error.WriteLine("usage: dotnet run -c Release train-quality.cs -- PAGES FOLDER [OUTPUT]");
    return 2;
}

var here = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFilePath")!)!;
var output = args.Length == 3 ? args[2] : Path.Combine(here, "..", "QuickStart", "models", "quality.onnx");
var examples = TrainingTexts.Pages(args[0]).Concat(TrainingTexts.Manuals(args[1], Path.Combine(here, "sources.tsv")))
    .Where(e => e.Text.Length >= TrainingTexts.LeastLength)
    .ToList();
var train = examples.Where(e => !e.HeldOut).ToList();
var heldOut = examples.Where(e => e.HeldOut).ToList();
train = TrainingTexts.Augment(train);
Console.WriteLine($"training: {train.Count(e => e.Good)} good, {train.Count(e => !e.Good)} poor; held out: {heldOut.Count(e => e.Good)} good, {heldOut.Count(e => !e.Good)} poor");

(string, double)[] labels = [("poor", 0), ("good", 5)];
var trainer = new LinearTextClassifierTrainer { Featurizer = new() { Buckets = 1 << 17, WordNGrams = 2, MinCharacters = 0, MaxCharacters = 0 }, Epochs = 8, LearningRate = 0.1 };
var watch = System.Diagnostics.Stopwatch.StartNew();
var model = trainer.Train([.. train.Select(e => new LabeledText(e.Text, e.Good ? "good" : "poor"))], labels);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"trained in {watch.Elapsed.TotalSeconds:F1} s"));
Evaluation.Print(model, heldOut, "held out");
Evaluation.Print(model, [.. heldOut.SelectMany(TrainingTexts.Excerpts)], "excerpts of those");
if (Environment.GetEnvironmentVariable("EXPORT") is { Length: > 0 } export)
{
    // For a comparison with fastText: one line a text, tokens apart, digits as 0.
    File.WriteAllLines(Path.Combine(export, "train.txt"), train.Select(e => $"__label__{(e.Good ? "good" : "poor")} {Evaluation.Flat(e.Text)}"), new UTF8Encoding());
    File.WriteAllLines(Path.Combine(export, "test.txt"), heldOut.Select(e => $"__label__{(e.Good ? "good" : "poor")} {Evaluation.Flat(e.Text)}"), new UTF8Encoding());
}

// What is published has seen every text.
train = TrainingTexts.Augment(examples);
model = trainer.Train([.. train.Select(e => new LabeledText(e.Text, e.Good ? "good" : "poor"))], labels);
File.WriteAllBytes(output, model.ToOnnx());
Console.WriteLine($"{output}: {new FileInfo(output).Length:N0} bytes");
return 0;

/// <summary>A text, whether it is good, and whether it is kept from training; <paramref name="Kind"/> is for the report.</summary>
internal sealed record Example(string Text, bool Good, string Kind, bool HeldOut);

internal static partial class TrainingTexts
{
    /// <summary>Shorter texts say too little, in characters.</summary>
    public const int LeastLength = 150;

    /// <summary>Pages of the web: main texts by kind, and segments that are no main text.</summary>
    public static IEnumerable<Example> Pages(string folder)
    {
        foreach (var (address, page) in Read(Path.Combine(folder, "wcxb.json")))
        {
            var kind = page.GetProperty("kind").GetString()!;
            var good = kind is "article" or "documentation";
            var poor = kind is "forum" or "product" or "listing" or "collection";
            // Pages of services are of both kinds, and say nothing here.
            if (good || poor)
            {
                yield return Make(page.GetProperty("text").GetString()!, good, kind, address);
            }

            yield return Make(Join(page, "without"), false, "unwanted", address);
        }

        foreach (var (address, page) in Read(Path.Combine(folder, "segments.json")))
        {
            yield return Make(Join(page, "with"), true, "segments", address);
            yield return Make(Join(page, "without"), false, "unwanted", address);
        }

        foreach (var (address, page) in Read(Path.Combine(folder, "fulltext.json")))
        {
            var good = page.GetProperty("kind").GetString() == "article";
            yield return Make(page.GetProperty("text").GetString()!, good, good ? "fulltext" : "forum", address);
        }
    }

    /// <summary>Manuals in many languages, less the pages that QuickStart itself reads; their indexes and contents are the poor ones.</summary>
    public static IEnumerable<Example> Manuals(string folder, string sources)
    {
        var read = File.ReadLines(sources).Select(line => line.Split('\t')).Where(cell => cell.Length > 2).Select(cell => Path.GetFileName(cell[2])).ToHashSet();
        var root = Path.Combine(folder, "debian-handbook/usr/share/doc/debian-handbook/html");
        string[] languages = ["de-DE", "en-US", "es-ES", "fr-FR", "it-IT", "ja-JP", "pt-BR", "ru-RU", "zh-CN"];
        foreach (var language in languages)
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(root, language), "*.html").Order(StringComparer.Ordinal))
            {
                var name = Path.GetFileName(file);
                if (read.Contains(name))
                {
                    continue;
                }

                var html = File.ReadAllText(file);
                yield return Make(Text(html), name != "index.html", "manual", name);
                var links = string.Join('\n', Link().Matches(html).Select(m => Text(m.Value)).Where(t => t.Length > 1));
                yield return Make(links, false, "links", name);
            }
        }
    }

    /// <summary>Texts, parts of them, and spoilt ones.</summary>
    public static List<Example> Augment(List<Example> examples) =>
        [.. examples, .. examples.SelectMany(Excerpts), .. examples.Where(e => e.Good).SelectMany(Spoil)];

    /// <summary>Two parts of a long text, of 300 to 1300 characters, so that short texts are judged as surely as long ones.</summary>
    public static IEnumerable<Example> Excerpts(Example whole)
    {
        var random = SHA256.HashData(Encoding.UTF8.GetBytes(whole.Text));
        for (var part = 0; part < 2; part++)
        {
            var length = 300 + (random[part] * 4);
            if (whole.Text.Length > 2 * length)
            {
                var start = (int)((whole.Text.Length - length) * (random[part + 2] / 255.0));
                start = whole.Text.LastIndexOfAny(['\n', ' '], start) + 1;
                yield return whole with { Text = whole.Text[start..Math.Min(start + length, whole.Text.Length)] };
            }
        }
    }

    /// <summary>What a good text becomes when only its words are left: a list of headlines, and a list of keywords.</summary>
    public static IEnumerable<Example> Spoil(Example good)
    {
        var pick = SHA256.HashData(Encoding.UTF8.GetBytes(good.Text))[0];
        if (pick % 8 == 0)
        {
            var headlines = good.Text.Split('\n').Select(line => line[..Math.Min(line.Length, 20 + (pick % 32))].Trim() + (pick % 16 == 0 ? "..." : ""));
            yield return good with { Text = string.Join('\n', headlines), Good = false, Kind = "headlines" };
        }
        else if (pick % 8 == 1)
        {
            var words = Word().Matches(good.Text).Select(m => m.Value).Where(w => w.Length > 3).Order(StringComparer.Ordinal);
            yield return good with { Text = string.Join(pick % 16 == 1 ? ", " : "\n", words), Good = false, Kind = "keywords" };
        }
    }

    private static IEnumerable<(string Address, JsonElement Page)> Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        foreach (var page in document.RootElement.EnumerateObject())
        {
            yield return (page.Name, page.Value);
        }
    }

    private static string Join(JsonElement page, string property) => page.TryGetProperty(property, out var parts)
        ? string.Join('\n', parts.EnumerateArray().Select(p => p.GetString()))
        : "";

    // All pages of one site stand on the same side, so that the site's own words do not help.
    private static Example Make(string text, bool good, string kind, string address)
    {
        var site = address.Contains("//", StringComparison.Ordinal) ? new Uri(address).Host : address.Split('-')[0];
        var side = SHA256.HashData(Encoding.UTF8.GetBytes(site))[0] % 5 == 0;
        return new Example(text, good, kind, side);
    }

    private static string Text(string html)
    {
        html = Hidden().Replace(html, "");
        html = Block().Replace(html, "\n");
        html = WebUtility.HtmlDecode(Tag().Replace(html, ""));
        return string.Join('\n', html.Split('\n').Select(line => Space().Replace(line, " ").Trim()).Where(line => line.Length > 0));
    }

    [GeneratedRegex("<(script|style|head)\\b.*?</\\1>|<!--.*?-->", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Hidden();

    [GeneratedRegex("<(a)\\b[^>]*>.*?</a>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Link();

    [GeneratedRegex("</?(p|div|li|ul|ol|dl|dt|dd|h[1-6]|table|tr|pre|br|hr|section)\\b[^>]*>", RegexOptions.IgnoreCase)]
    private static partial Regex Block();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag();

    [GeneratedRegex("\\s+")]
    private static partial Regex Space();

    [GeneratedRegex("\\w+")]
    private static partial Regex Word();
}

internal static partial class Evaluation
{
    /// <summary>Prints accuracy, F1 of the good, and the mean score by kind.</summary>
    public static void Print(LinearTextClassifier model, IReadOnlyList<Example> examples, string name)
    {
        var featurizer = new NGramFeaturizer(model.Featurizer);
        var features = new FeatureList();
        var scored = examples.Select(e =>
        {
            featurizer.Featurize(e.Text, features);
            return (e.Good, e.Kind, Score: model.Score(features));
        }).ToList();
        double truePositive = scored.Count(s => s.Good && s.Score >= 2.5);
        double falsePositive = scored.Count(s => !s.Good && s.Score >= 2.5);
        double falseNegative = scored.Count(s => s.Good && s.Score < 2.5);
        var accuracy = 1 - ((falsePositive + falseNegative) / scored.Count);
        var f1 = 2 * truePositive / ((2 * truePositive) + falsePositive + falseNegative);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} ({scored.Count}): accuracy {accuracy:F4}, F1 of good {f1:F4}"));
        foreach (var kind in scored.GroupBy(s => (s.Kind, s.Good)).OrderBy(g => g.Key))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {kind.Key.Kind,-14} {(kind.Key.Good ? "good" : "poor")} {kind.Count(),5}  mean {kind.Average(s => s.Score):F2}  right {kind.Average(s => s.Score >= 2.5 == s.Good ? 1.0 : 0):F3}"));
        }
    }

    /// <summary>A text on one line, its tokens apart.</summary>
    public static string Flat(string text)
    {
        text = text[..Math.Min(text.Length, 20_000)].ToLowerInvariant().Replace("\n", " </n> ", StringComparison.Ordinal);
        return Space().Replace(Mark().Replace(Digit().Replace(text, "0"), " $0 "), " ").Trim();
    }

    [GeneratedRegex("\\d")]
    private static partial Regex Digit();

    [GeneratedRegex("[^\\w\\s]")]
    private static partial Regex Mark();

    [GeneratedRegex("\\s+")]
    private static partial Regex Space();
}
