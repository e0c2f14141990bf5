using System.Globalization;
using DataBuild.Stages.Refine.Programs;
using DataBuild.Stages.Score;
using DataBuild.Stages.Score.Linear;
using DataBuild.Stages.Tokenize;

namespace DataBuild.Stages.Refine;

/// <summary>
/// Trains a small linear classifier of lines on edit programs: lines that a program removes, and lines that it leaves. LabelLines uses it as <c>@lineLabeller</c>;
/// <c>evaluation.json</c> holds its figures on lines of held-out documents. Drops nothing.
/// </summary>
[Stage("TrainLineLabeller", Version = 1, Phase = StagePhase.Score, ColumnPrefix = "lineLabeller")]
public sealed partial record TrainLineLabellerStage : CorpusStage<NoFigures, NoFigures>, IFileMakingStage
{
    private const string Keep = "keep";
    private const string Remove = "remove";

    /// <summary>Column that holds the programs, in the strict dialect, for the documents' text.</summary>
    [Option(Required = true)]
    public string Column { get; init; } = "";

    /// <summary>Rows of the table that n-grams are hashed to: a power of two.</summary>
    [Option(Min = 256, Max = 16777216)]
    public int Buckets { get; init; } = 1 << 14;

    /// <summary>Passes over the lines.</summary>
    [Option(Min = 1, Max = 1000)]
    public int Epochs { get; init; } = 10;

    /// <summary>Share of the documents, chosen by their ids, whose lines are held out and measure the result.</summary>
    [Option(Min = 0, Max = 0.9, Unit = "fraction")]
    public double TestShare { get; init; } = 0.1;

    /// <summary>Seed of the order of lines and of the choice of documents held out.</summary>
    [Option(Min = 0)]
    public long Seed { get; init; } = 1;

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.Kept;

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => ["id", "text", Column];

    /// <inheritdoc />
    [NotAnOption]
    public IReadOnlyList<string> MadeFiles => ["lineLabeller.onnx", "evaluation.json"];

    /// <inheritdoc />
    public override NoFigures Measure(Document document) => default;

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<NoFigures> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(outcomes);
        ArgumentNullException.ThrowIfNull(context);
        List<(ulong Key, string Id, List<LabeledText> Lines)> documents = Documents(corpus, context.Cancellation);
        int held = (int)(documents.Count * TestShare);
        List<LabeledText> train = [.. documents.Skip(held).SelectMany(d => d.Lines)];
        LinearTextClassifierTrainer trainer = new()
        {
            Featurizer = new NGramFeaturizerOptions { Buckets = Buckets, WordNGrams = 2, MinCharacters = 3, MaxCharacters = 4 },
            Epochs = Epochs,
            Seed = (ulong)Seed,
            Threads = context.Threads,
        };
        LinearTextClassifier model;
        try
        {
            model = trainer.Train(train, [(Keep, 0), (Remove, 1)], context.Cancellation);
        }
        catch (ArgumentException error)
        {
            string message = error.Message.Split(" (Parameter", StringSplitOptions.None)[0];
            throw new StageException("DB4070", $"the stage '{Name}' cannot train on {train.Count} lines with a program in the column '{Column}': {message}", null, error);
        }

        ClassifierEvaluation evaluation = new([Keep, Remove]);
        NGramFeaturizer featurizer = new(model.Featurizer);
        FeatureList features = new();
        foreach (LabeledText line in documents.Take(held).SelectMany(d => d.Lines))
        {
            featurizer.Featurize(line.Text, features);
            evaluation.Add(line.Label == Remove ? 1 : 0, model.Score(features) >= 0.5 ? 1 : 0);
        }

        File.WriteAllBytes(Path.Combine(context.FilesDirectory, "lineLabeller.onnx"), model.ToOnnx());
        File.WriteAllBytes(Path.Combine(context.FilesDirectory, "evaluation.json"), evaluation.ToJson(train.Count));
        context.Report(new StageNote("DB4071", false, string.Create(CultureInfo.InvariantCulture, $"trained on {train.Count:N0} lines of {documents.Count - held:N0} documents; {evaluation}")));
        CorpusRows.KeepAll(corpus, outcomes);
    }

    /// <inheritdoc />
    public override Verdict Decide(in NoFigures outcome) => Verdict.Keep;

    // By a seeded key of the id: the order of shards and rows has no part in the model.
    private List<(ulong Key, string Id, List<LabeledText> Lines)> Documents(Corpus corpus, CancellationToken cancellation)
    {
        List<(ulong Key, string Id, List<LabeledText> Lines)> documents = [];
        foreach (CorpusBatch batch in corpus.Read(MergeColumns))
        {
            cancellation.ThrowIfCancellationRequested();
            if (batch.Documents.Find("text") is not StringColumn texts || batch.Documents.Find(Column) is not StringColumn programs)
            {
                continue;
            }

            StringColumn ids = (StringColumn)batch.Documents["id"];
            for (int row = 0; row < batch.Count; row++)
            {
                if (batch.Alive.Span[row] && programs.GetString(row) is { } program && EditProgramParser.TryParse(program, out _) is { } parsed)
                {
                    documents.Add((SeededOrder.Key((ulong)Seed, ids[row]), ids.GetString(row)!, Lines(texts.GetString(row) ?? "", parsed)));
                }
            }
        }

        documents.Sort(static (a, b) => a.Key != b.Key ? a.Key.CompareTo(b.Key) : string.CompareOrdinal(a.Id, b.Id));
        return documents;
    }

    private static List<LabeledText> Lines(string text, EditProgram program)
    {
        string[] lines = text.Split('\n');
        bool[] removed = new bool[lines.Length];
        foreach (EditOperation.RemoveLines remove in program.Operations.OfType<EditOperation.RemoveLines>())
        {
            for (int i = Math.Max(0, remove.Start - EditProgram.FirstLine); i <= Math.Min(lines.Length - 1, remove.End - EditProgram.FirstLine); i++)
            {
                removed[i] = true;
            }
        }

        return [.. lines.Select((line, i) => (line, i)).Where(l => l.line.Length > 0).Select(l => new LabeledText(LineFeatures.Of(lines, l.i), removed[l.i] ? Remove : Keep))];
    }
}
