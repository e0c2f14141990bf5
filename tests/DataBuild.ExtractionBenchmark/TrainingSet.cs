using System.Diagnostics;
using System.Text.RegularExpressions;
using DataBuild.Stages.Extract;
using DataBuild.Stages.Extract.Blocks;
using DataBuild.Stages.Extract.Model;

namespace DataBuild.ExtractionBenchmark;

/// <summary>
/// The blocks of the training sites with their features and labels. Word scores that a page sees come from other sites (four folds), so that training
/// sees them as good as they will be on new sites.
/// </summary>
internal sealed class TrainingSet
{
    /// <summary>Parts of the training sites.</summary>
    public const int Folds = 4;

    private readonly LearnedTokens[] _tokens = new LearnedTokens[Folds + 1];
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public TrainingSet()
    {
        Pages = LabelledPage.Load(validation: false);
        Starts = new int[Pages.Count + 1];
        for (int i = 0; i < Pages.Count; i++)
        {
            Starts[i + 1] = Starts[i] + Pages[i].Labels.Length;
        }

        Log($"{Pages.Count} pages labelled, {Starts[^1]} blocks");
        Parallel.For(0, Folds + 1, fold =>
        {
            (string Site, PageTokens Tokens)[] from = [.. Pages.Where(p => p.Page.Fold != fold).Select(p => (p.Page.Site, p.Tokens))];
            (TokenScores classes, TokenScores words) = new WordRegression(from).Train();
            _tokens[fold] = new LearnedTokens(TokenTables.Classes(from), TokenTables.Words(from), classes, words);
        });
        Log("words");

        Data = new TrainingData(Starts[^1], BlockFeatures.Count);
        float[][] values = Columns(Data.Columns);
        ForEachPage((i, scratch, features, matrix) =>
        {
            Features(i, scratch, features, matrix);
            Copy(matrix, 0, values, Starts[i]);
            Pages[i].Labels.CopyTo(Data.Labels, Starts[i]);
            Pages[i].Weights.CopyTo(Data.Weights, Starts[i]);
            Data.Groups.AsSpan(Starts[i], Pages[i].Labels.Length).Fill(i);
        });
        Parallel.For(0, values.Length, c => Data.SetColumn(c, values[c]));
        Log($"{Data.Columns} features");
    }

    /// <summary>The pages.</summary>
    public List<LabelledPage> Pages { get; }

    /// <summary>First row of each page, and the number of rows.</summary>
    public int[] Starts { get; }

    /// <summary>What is trained on.</summary>
    public TrainingData Data { get; }

    /// <summary>Scores of words from all training sites.</summary>
    public LearnedTokens Tokens => _tokens[Folds];

    /// <summary>Hides the features whose names match an expression; none for null.</summary>
    public void Leave(string? names)
    {
        if (names is null)
        {
            return;
        }

        int hidden = 0;
        for (int c = 0; c < Data.Columns; c++)
        {
            if (Regex.IsMatch(BlockFeatures.Names[c], names, RegexOptions.CultureInvariant))
            {
                Data.Edges[c] = [];
                hidden++;
            }
        }

        Log($"{hidden} features left out");
    }

    /// <summary>Prints a line with the seconds since the start.</summary>
    public void Log(string line) => Console.WriteLine($"{_watch.Elapsed.TotalSeconds:F0} s: {line}");

    /// <summary>The rows of all pages but those of one fold; of all pages for a fold that does not exist.</summary>
    public bool[] RowsWithout(int fold) => [.. Data.Groups.Select(g => Pages[g].Page.Fold != fold)];

    /// <summary>Probabilities of all rows, each by a model that was trained on the other folds.</summary>
    public float[] OutOfFold(ObliviousTrainer.Settings settings, int bags)
    {
        float[] result = new float[Data.Rows];
        float[] scores = new float[Data.Rows];
        float[] sum = new float[Data.Rows];
        for (int fold = 0; fold < Folds; fold++)
        {
            bool[] use = RowsWithout(fold);
            Array.Clear(sum);
            for (int bag = 0; bag < bags; bag++)
            {
                ObliviousTrainer.Train(Data, use, settings with { Seed = settings.Seed + 10 + fold + (100 * bag) }, scores);
                for (int i = 0; i < sum.Length; i++)
                {
                    sum[i] += scores[i] / bags;
                }
            }

            for (int i = 0; i < result.Length; i++)
            {
                if (!use[i])
                {
                    result[i] = 1f / (1f + MathF.Exp(-sum[i]));
                }
            }
        }

        return result;
    }

    /// <summary>Mean logistic loss, each row by its weight.</summary>
    public double Loss(float[] probabilities)
    {
        double loss = 0;
        double weight = 0;
        for (int i = 0; i < probabilities.Length; i++)
        {
            double p = Math.Clamp(probabilities[i], 1e-5, 1 - 1e-5);
            loss -= Data.Weights[i] * ((Data.Labels[i] * Math.Log(p)) + ((1 - Data.Labels[i]) * Math.Log(1 - p)));
            weight += Data.Weights[i];
        }

        return loss / weight;
    }

    /// <summary>Reads a page with the word scores that its fold sees.</summary>
    public void Parse(int page, ExtractScratch scratch)
    {
        TruthPage p = Pages[page].Page;
        scratch.Tokens = _tokens[p.Fold];
        scratch.Parse(p.Html, p.Charset, p.Url, ExtractOptions.Default, out _);
        if (scratch.Segments.Count != Pages[page].Labels.Length)
        {
            throw new InvalidDataException($"{p.Url}: {scratch.Segments.Count} blocks, {Pages[page].Labels.Length} labels");
        }
    }

    private void Features(int page, ExtractScratch scratch, BlockFeatures features, FeatureMatrix matrix)
    {
        Parse(page, scratch);
        features.Compute(scratch.Tree, scratch.Segments, scratch.Metadata, Pages[page].Page.Url, matrix);
    }

    private float[][] Columns(int count) => [.. Enumerable.Range(0, count).Select(_ => new float[Starts[^1]])];

    private static void Copy(FeatureMatrix matrix, int first, float[][] values, int start)
    {
        for (int c = 0; c < values.Length; c++)
        {
            matrix[first + c].CopyTo(values[c].AsSpan(start));
        }
    }

    private void ForEachPage(Action<int, ExtractScratch, BlockFeatures, FeatureMatrix> action) =>
        Parallel.For(0, Pages.Count, () => (new ExtractScratch(null), new BlockFeatures(), new FeatureMatrix()), (i, _, state) =>
        {
            action(i, state.Item1, state.Item2, state.Item3);
            return state;
        }, _ => { });
}
