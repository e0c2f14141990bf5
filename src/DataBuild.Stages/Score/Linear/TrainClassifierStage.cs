using System.Globalization;
using System.Text;
using DataBuild.Stages.Tokenize;

namespace DataBuild.Stages.Score.Linear;

/// <summary>
/// Trains a linear classifier over hashed word and character n-grams (as fastText's supervised mode: Joulin et al. 2016) on the documents that have a label, and publishes
/// it as <c>classifier.onnx</c>, which Score uses as <c>@classifier</c>, with its figures on held-out documents in <c>evaluation.json</c>. The same documents give the same
/// file, in whatever order and number of threads. Drops nothing.
/// </summary>
[Stage("TrainClassifier", Version = 2, Phase = StagePhase.Score, ColumnPrefix = "classifier")]
public sealed partial record TrainClassifierStage : CorpusStage<NoFigures, NoFigures>, IFileMakingStage
{
    /// <summary>Column of labels; documents without one take no part. <c>label</c> is what the Crawl items' metadata DocumentLabel or LabelField say.</summary>
    public string LabelColumn { get; init; } = "label";

    /// <summary>The labels in the order of the probabilities; without them those that occur, sorted.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>What each label is worth, in the order of Labels: a text's score is the expected value. Without them 0, 1, 2 and so on.</summary>
    public IReadOnlyList<string> LabelValues { get; init; } = [];

    /// <summary>Rows of the table that n-grams are hashed to: a power of two.</summary>
    [Option(Min = 256, Max = 16777216)]
    public int Buckets { get; init; } = 1 << 18;

    /// <summary>Longest run of neighbouring tokens that is one n-gram; 0 for none.</summary>
    [Option(Min = 0, Max = 5, Unit = "tokens")]
    public int WordNGrams { get; init; } = 2;

    /// <summary>Shortest run of characters in a word that is one n-gram; 0 for none.</summary>
    [Option(Min = 0, Max = 10, Unit = "characters")]
    public int MinCharacters { get; init; } = 4;

    /// <summary>Longest such run.</summary>
    [Option(Min = 0, Max = 10, Unit = "characters")]
    public int MaxCharacters { get; init; } = 4;

    /// <summary>UTF-16 units at the beginning of a text that are read.</summary>
    [Option(Min = 1, Unit = "UTF-16 units")]
    public int MaxTextLength { get; init; } = 20_000;

    /// <summary>How counts become weights.</summary>
    public NGramWeighting Weighting { get; init; } = NGramWeighting.SquareRoot;

    /// <summary>Passes over the examples.</summary>
    [Option(Min = 1, Max = 1000)]
    public int Epochs { get; init; } = 10;

    /// <summary>Size of a weight's first step.</summary>
    [Option(Min = 0, Max = 100)]
    public double LearningRate { get; init; } = 0.5;

    /// <summary>Strength of the pull to zero.</summary>
    [Option(Min = 0, Max = 1)]
    public double L2 { get; init; } = 1e-4;

    /// <summary>Gives every label the same total weight.</summary>
    public bool BalanceLabels { get; init; } = true;

    /// <summary>Share of the examples, chosen by their ids, that is held out and measures the result.</summary>
    [Option(Min = 0, Max = 0.9, Unit = "fraction")]
    public double TestShare { get; init; } = 0.1;

    /// <summary>Seed of the order of examples and of the choice of those held out.</summary>
    [Option(Min = 0)]
    public long Seed { get; init; } = 1;

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.Kept;

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => ["id", "text", LabelColumn];

    /// <inheritdoc />
    [NotAnOption]
    public IReadOnlyList<string> MadeFiles => ["classifier.onnx", "evaluation.json"];

    /// <inheritdoc />
    public override NoFigures Measure(Document document) => default;

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<NoFigures> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(outcomes);
        ArgumentNullException.ThrowIfNull(context);
        (List<LabeledText> train, List<LabeledText> test) = Examples(corpus, context.Cancellation);
        string[] labels = Labels.Count > 0 ? [.. Labels] : [.. train.Concat(test).Select(e => e.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        double[] values = ValuesOf(labels);
        LinearTextClassifier model;
        try
        {
            model = Trainer(context.Threads).Train(train, [.. labels.Select((label, k) => (label, values[k]))], context.Cancellation);
        }
        catch (ArgumentException error)
        {
            string message = error.Message.Split(" (Parameter", StringSplitOptions.None)[0];
            throw new StageException("DB4070", $"the stage '{Name}' cannot train on {train.Count} documents with a label in the column '{LabelColumn}': {message}", null, error);
        }

        ClassifierEvaluation evaluation = Evaluate(model, labels, test);
        File.WriteAllBytes(Path.Combine(context.FilesDirectory, "classifier.onnx"), model.ToOnnx());
        File.WriteAllBytes(Path.Combine(context.FilesDirectory, "evaluation.json"), evaluation.ToJson(train.Count));
        context.Report(new StageNote("DB4071", false, string.Create(CultureInfo.InvariantCulture, $"trained on {train.Count:N0} documents, labels {string.Join(", ", labels)}; {evaluation}")));
        CorpusRows.KeepAll(corpus, outcomes);
    }

    /// <inheritdoc />
    public override Verdict Decide(in NoFigures outcome) => Verdict.Keep;

    private static ClassifierEvaluation Evaluate(LinearTextClassifier model, string[] labels, List<LabeledText> test)
    {
        ClassifierEvaluation evaluation = new(labels);
        NGramFeaturizer featurizer = new(model.Featurizer);
        FeatureList features = new();
        foreach (LabeledText example in test)
        {
            int actual = Array.IndexOf(labels, example.Label);
            if (actual >= 0)
            {
                featurizer.Featurize(example.Text, features);
                double[] probabilities = model.Predict(features);
                evaluation.Add(actual, Array.IndexOf(probabilities, probabilities.Max()));
            }
        }

        return evaluation;
    }

    // By a seeded key of the id: the order of shards and rows has no part in the model.
    private (List<LabeledText> Train, List<LabeledText> Test) Examples(Corpus corpus, CancellationToken cancellation)
    {
        List<(ulong Key, string Id, LabeledText Example)> examples = [];
        foreach (CorpusBatch batch in corpus.Read(MergeColumns))
        {
            cancellation.ThrowIfCancellationRequested();
            if (batch.Documents.Find("text") is not StringColumn texts || batch.Documents.Find(LabelColumn) is not { } labels)
            {
                continue;
            }

            StringColumn ids = (StringColumn)batch.Documents["id"];
            for (int row = 0; row < batch.Count; row++)
            {
                if (batch.Alive.Span[row] && labels.Format(row) is { Length: > 0 } label)
                {
                    string text = Encoding.UTF8.GetString(texts[row]);
                    text = text.Length > MaxTextLength ? text[..MaxTextLength] : text;
                    examples.Add((SeededOrder.Key((ulong)Seed, ids[row]), ids.GetString(row)!, new LabeledText(text, label)));
                }
            }
        }

        examples.Sort(static (a, b) => a.Key != b.Key ? a.Key.CompareTo(b.Key) : string.CompareOrdinal(a.Id, b.Id));
        int held = (int)(examples.Count * TestShare);
        return ([.. examples.Skip(held).Select(e => e.Example)], [.. examples.Take(held).Select(e => e.Example)]);
    }

    private double[] ValuesOf(string[] labels)
    {
        if (LabelValues.Count == 0)
        {
            return [.. labels.Select((_, k) => (double)k)];
        }

        if (LabelValues.Count != labels.Length || Labels.Count == 0)
        {
            throw new StageException("DB4070", $"the stage '{Name}' has {LabelValues.Count} LabelValues and {Labels.Count} Labels; expected as many of both");
        }

        return [.. LabelValues.Select(v => double.TryParse(v, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw new StageException("DB4070", $"the stage '{Name}': LabelValues holds '{v}'; expected a number"))];
    }

    private LinearTextClassifierTrainer Trainer(int threads) => new()
    {
        Featurizer = new NGramFeaturizerOptions
        {
            Buckets = Buckets,
            WordNGrams = WordNGrams,
            MinCharacters = MinCharacters,
            MaxCharacters = Math.Max(MinCharacters, MaxCharacters),
            MaxTextLength = MaxTextLength,
            Weighting = Weighting,
        },
        Epochs = Epochs,
        LearningRate = LearningRate,
        L2 = L2,
        BalanceLabels = BalanceLabels,
        Seed = (ulong)Seed,
        Threads = threads,
    };
}
