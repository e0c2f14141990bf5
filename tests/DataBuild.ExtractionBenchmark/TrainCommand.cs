using System.Diagnostics;
using System.Globalization;
using DataBuild.Stages.Extract;
using DataBuild.Stages.Extract.Blocks;
using DataBuild.Stages.Extract.Model;

namespace DataBuild.ExtractionBenchmark;

/// <summary>
/// Trains the block model on the pages of the training sites and writes it into the source tree. Word scores and the first ensemble's scores
/// that the second one sees come from models of other sites (four folds), so that training sees them as good as they will be on new sites.
/// </summary>
internal static class TrainCommand
{
    private const int Folds = 4;

    public static void Run(string[] args)
    {
        int trees = Number("trees", 300);
        int trees2 = Number("trees2", trees);
        int depth = Number("depth", 6);
        double rate = args.FirstOrDefault(a => a.StartsWith("rate=", StringComparison.Ordinal)) is { } r ? double.Parse(r[5..], CultureInfo.InvariantCulture) : 0.1;
        string output = args.FirstOrDefault(a => a.StartsWith("model=", StringComparison.Ordinal))?[6..]
            ?? Path.Combine(PageSet.RepositoryRoot, "src", "DataBuild.Stages", "Extract", "Model", "BlockModel.bin");
        Stopwatch watch = Stopwatch.StartNew();
        List<LabelledPage> pages = LabelledPage.Load(validation: false);
        Console.WriteLine($"{watch.Elapsed.TotalSeconds:F0} s: {pages.Count} pages labelled, {pages.Sum(p => p.Labels.Length)} blocks");

        TokenScores[] classScores = new TokenScores[Folds + 1];
        TokenScores[] wordScores = new TokenScores[Folds + 1];
        for (int fold = 0; fold <= Folds; fold++)
        {
            (string Site, PageTokens Tokens)[] from = [.. pages.Where(p => p.Page.Fold != fold).Select(p => (p.Page.Site, p.Tokens))];
            classScores[fold] = TokenTables.Classes(from);
            wordScores[fold] = TokenTables.Words(from);
        }

        int rows = pages.Sum(p => p.Labels.Length);
        int columns = BlockFeatures.Count;
        float[][] values = [.. Enumerable.Range(0, columns + BlockFeatures.ScoreCount).Select(_ => new float[rows])];
        TrainingData data = new(rows, columns);
        int[] starts = new int[pages.Count + 1];
        for (int i = 0; i < pages.Count; i++)
        {
            starts[i + 1] = starts[i] + pages[i].Labels.Length;
        }

        ForEachPage(pages, (i, scratch, features, matrix) =>
        {
            LabelledPage page = pages[i];
            scratch.Tokens = (classScores[page.Page.Fold], wordScores[page.Page.Fold]);
            Check(page, scratch);
            features.Compute(scratch.Tree, scratch.Segments, scratch.Metadata, page.Page.Url, matrix);
            for (int c = 0; c < columns; c++)
            {
                matrix[c].CopyTo(values[c].AsSpan(starts[i]));
            }

            page.Labels.CopyTo(data.Labels.AsSpan(starts[i]));
            page.Weights.CopyTo(data.Weights.AsSpan(starts[i]));
            data.Groups.AsSpan(starts[i], page.Labels.Length).Fill(i);
        });
        Parallel.For(0, columns, c => data.SetColumn(c, values[c]));
        Console.WriteLine($"{watch.Elapsed.TotalSeconds:F0} s: {columns} features of {rows} blocks");

        ObliviousTrainer.Settings settings = new(trees, depth, rate, 0.2, 0.2, 0.5, 1);
        if (args.Contains("tune"))
        {
            Tune(data, pages);
            return;
        }

        float[] outOfFold = new float[rows];
        float[] scores = new float[rows];
        for (int fold = 0; fold < Folds; fold++)
        {
            bool[] use = [.. data.Groups.Select(g => pages[g].Page.Fold != fold)];
            ObliviousTrainer.Train(data, use, settings with { Seed = 10 + fold }, scores);
            for (int i = 0; i < rows; i++)
            {
                if (!use[i])
                {
                    outOfFold[i] = 1f / (1f + MathF.Exp(-scores[i]));
                }
            }

            Console.WriteLine($"{watch.Elapsed.TotalSeconds:F0} s: fold {fold}");
        }

        bool[] all = [.. Enumerable.Repeat(true, rows)];
        ObliviousEnsemble first = ObliviousTrainer.Train(data, all, settings, scores);
        Console.WriteLine($"{watch.Elapsed.TotalSeconds:F0} s: first ensemble, loss out of fold {Loss(data, outOfFold):F4}");

        ForEachPage(pages, (i, scratch, features, matrix) =>
        {
            LabelledPage page = pages[i];
            scratch.Tokens = (classScores[page.Page.Fold], wordScores[page.Page.Fold]);
            Check(page, scratch);
            features.Compute(scratch.Tree, scratch.Segments, scratch.Metadata, page.Page.Url, matrix);
            features.AppendScores(matrix, outOfFold.AsSpan(starts[i], page.Labels.Length));
            for (int c = columns; c < values.Length; c++)
            {
                matrix[c].CopyTo(values[c].AsSpan(starts[i]));
            }
        });
        TrainingData data2 = new(rows, values.Length);
        data.Labels.CopyTo(data2.Labels, 0);
        data.Weights.CopyTo(data2.Weights, 0);
        data.Groups.CopyTo(data2.Groups, 0);
        Parallel.For(0, values.Length, c =>
        {
            if (c < columns)
            {
                data2.Binned[c] = data.Binned[c];
                data2.Edges[c] = data.Edges[c];
            }
            else
            {
                data2.SetColumn(c, values[c]);
            }
        });
        ObliviousEnsemble second = ObliviousTrainer.Train(data2, all, settings with { Trees = trees2, Seed = 2 }, scores);
        Console.WriteLine($"{watch.Elapsed.TotalSeconds:F0} s: second ensemble");

        BlockModel model = new(classScores[Folds], wordScores[Folds], first, second, 0.45f);
        using (FileStream file = File.Create(output))
        {
            model.Write(file);
        }

        Console.WriteLine($"{output}: {new FileInfo(output).Length} bytes");
        EvaluateCommand.Run(model);

        int Number(string name, int usual) =>
            args.FirstOrDefault(a => a.StartsWith(name + "=", StringComparison.Ordinal)) is { } a ? int.Parse(a[(name.Length + 1)..], CultureInfo.InvariantCulture) : usual;
    }

    // Losses on one fold of models trained on the others, for settings of the trainer.
    private static void Tune(TrainingData data, List<LabelledPage> pages)
    {
        bool[] use = [.. data.Groups.Select(g => pages[g].Page.Fold != 0)];
        float[] scores = new float[data.Rows];
        foreach (ObliviousTrainer.Settings settings in (ObliviousTrainer.Settings[])
        [
            new(150, 6, 0.12, 0.2, 0.2, 0.5, 1), new(150, 6, 0.12, 0.3, 0.2, 0.5, 1), new(150, 6, 0.12, 2, 0.2, 0.5, 1),
            new(150, 4, 0.15, 0.3, 0.2, 0.5, 1), new(150, 5, 0.12, 1, 0.1, 0.7, 1),
        ])
        {
            ObliviousTrainer.Train(data, use, settings, scores, tree =>
            {
                if (tree % 50 == 0)
                {
                    double loss = 0;
                    double weight = 0;
                    for (int i = 0; i < data.Rows; i++)
                    {
                        if (!use[i])
                        {
                            double p = Math.Clamp(1 / (1 + Math.Exp(-scores[i])), 1e-5, 1 - 1e-5);
                            loss -= data.Weights[i] * ((data.Labels[i] * Math.Log(p)) + ((1 - data.Labels[i]) * Math.Log(1 - p)));
                            weight += data.Weights[i];
                        }
                    }

                    Console.WriteLine($"{settings} {tree}: {loss / weight:F4}");
                }
            });
        }
    }

    private static double Loss(TrainingData data, float[] probabilities)
    {
        double loss = 0;
        double weight = 0;
        for (int i = 0; i < data.Rows; i++)
        {
            double p = Math.Clamp(probabilities[i], 1e-5, 1 - 1e-5);
            loss -= data.Weights[i] * ((data.Labels[i] * Math.Log(p)) + ((1 - data.Labels[i]) * Math.Log(1 - p)));
            weight += data.Weights[i];
        }

        return loss / weight;
    }

    private static void Check(LabelledPage page, ExtractScratch scratch)
    {
        scratch.Parse(page.Page.Html, page.Page.Charset, page.Page.Url, ExtractOptions.Default, out _);
        if (scratch.Segments.Count != page.Labels.Length)
        {
            throw new InvalidDataException($"{page.Page.Url}: {scratch.Segments.Count} blocks, {page.Labels.Length} labels");
        }
    }

    private static void ForEachPage(List<LabelledPage> pages, Action<int, ExtractScratch, BlockFeatures, FeatureMatrix> action) =>
        Parallel.For(0, pages.Count, () => (new ExtractScratch(null), new BlockFeatures(), new FeatureMatrix()), (i, _, state) =>
        {
            action(i, state.Item1, state.Item2, state.Item3);
            return state;
        }, _ => { });
}
