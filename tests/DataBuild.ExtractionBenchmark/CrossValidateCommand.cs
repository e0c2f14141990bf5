using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using DataBuild.Stages.Extract;

namespace DataBuild.ExtractionBenchmark;

/// <summary>
/// Quality on pages of the training sites, each by models that were trained on other sites: what settings and features are chosen by, so that the
/// validation pages stay unseen.
/// </summary>
internal static class CrossValidateCommand
{
    public static void Run(string[] args)
    {
        Arguments arguments = new(args);
        TrainingSet set = new();
        set.Leave(arguments.Text("without"));
        float[] scores = arguments.Text("load") is { } load ? ReadScores(load) : Train(set, arguments);
        set.Log($"loss {set.Loss(scores):F4}");
        string? dump = arguments.Text("out");
        if (dump is not null)
        {
            Directory.CreateDirectory(dump);
        }

        if (arguments.Text("save") is { } save)
        {
            File.WriteAllBytes(save, MemoryMarshal.AsBytes(scores.AsSpan()).ToArray());
        }

        foreach (string name in (string[])["wcxb", "segments", "fulltext"])
        {
            Console.WriteLine($"{name}: {Score(set, name, scores, dump)}");
        }
    }

    private static float[] Train(TrainingSet set, Arguments arguments)
    {
        (ObliviousTrainer.Settings settings, int bags) = TrainCommand.SettingsOf(arguments);
        return set.OutOfFold(settings, bags);
    }

    // Scores of an earlier run, to try other decisions on them.
    private static float[] ReadScores(string file) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(file)).ToArray();

    private static Scoring Score(TrainingSet set, string name, float[] scores, string? dump)
    {
        int[] pages = [.. Enumerable.Range(0, set.Pages.Count).Where(i => set.Pages[i].Page.Set == name)];
        string[] texts = new string[pages.Length];
        ExtractOptions options = new() { Format = ExtractFormat.Text };
        Parallel.For(0, pages.Length, () => new ExtractScratch(null), (k, _, scratch) =>
        {
            int page = pages[k];
            set.Parse(page, scratch);
            int n = set.Pages[page].Labels.Length;
            bool[] kept = new bool[n];
            ReadOnlySpan<float> probabilities = scores.AsSpan(set.Starts[page], n);
            texts[k] = scratch.Render(probabilities, options, kept);
            if (dump is not null)
            {
                Dump(set.Pages[page], scratch, probabilities, kept, texts[k], Path.Combine(dump, $"{name}-{page:D4}.txt"));
            }

            return scratch;
        }, _ => { });
        Scoring scoring = new();
        for (int k = 0; k < pages.Length; k++)
        {
            scoring.Add(set.Pages[pages[k]].Page, texts[k]);
        }

        return scoring;
    }

    // A page's blocks with label, score and decision, most of all to be read.
    private static void Dump(LabelledPage page, ExtractScratch scratch, ReadOnlySpan<float> scores, bool[] kept, string text, string file)
    {
        Scoring own = new();
        own.Add(page.Page, text);
        bool[] perfect = [.. page.Labels.Select(l => l >= 0.45f)];
        Scoring oracle = new();
        oracle.Add(page.Page, scratch.Render(perfect, new ExtractOptions { Format = ExtractFormat.Text }));
        StringBuilder lines = new();
        lines.Append(CultureInfo.InvariantCulture, $"{page.Page.Truth.Kind} {page.Page.Url}\n{own}\nperfect {oracle}\n");
        for (int i = 0; i < kept.Length; i++)
        {
            string block = scratch.TextOf(i).ReplaceLineEndings(" ");
            lines.Append(CultureInfo.InvariantCulture,
                $"{(kept[i] ? 'K' : '.')}{(perfect[i] ? 'T' : '.')}{(kept[i] == perfect[i] ? ' ' : '!')} {page.Labels[i]:F2} {scores[i]:F2} {scratch.PathOf(scratch.Segments.Blocks[i].Parent)} :: {(block.Length > 160 ? block[..160] + $"[{block.Length}]" : block)}\n");
        }

        File.WriteAllText(file, lines.ToString(), new UTF8Encoding(false, false));
    }
}
