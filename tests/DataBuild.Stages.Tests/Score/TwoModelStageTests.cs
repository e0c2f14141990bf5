using System.Text.Json;
using DataBuild.Stages.Score;
using DataBuild.Stages.Score.Linear;

namespace DataBuild.Stages.Tests.Score;

/// <summary>Cascade and ProgressivePrecision, over classifiers of hashed n-grams whose scores are computed beside the runtime.</summary>
public sealed class TwoModelStageTests : IDisposable
{
    private static readonly NGramFeaturizerOptions Words = new() { Buckets = 1 << 10, WordNGrams = 1, MinCharacters = 0, MaxCharacters = 0 };

    private readonly TestModels _models = new();
    private readonly LinearTextClassifier _small = Train(seed: 1, noise: 4);
    private readonly LinearTextClassifier _large = Train(seed: 2, noise: 0);

    public void Dispose() => _models.Dispose();

    [Fact]
    public void The_large_model_decides_within_the_band_and_the_small_one_beyond_it()
    {
        string[] texts = [.. Texts(200, 9).Select(t => t.Text)];
        CascadeFigures[] figures = Measure(new CascadeStage { Model = Small, LargeModel = Large, Cut = 0.5, Low = 0.3, High = 0.8 }, texts);
        for (int i = 0; i < texts.Length; i++)
        {
            double small = Score(_small, texts[i]);
            double large = Score(_large, texts[i]);
            bool asked = figures[i].Small >= 0.3 && figures[i].Small < 0.8;
            Assert.Equal(small, figures[i].Small!.Value, 1e-3);
            Assert.Equal(asked, figures[i].Escalated);
            Assert.Equal(asked ? large : small, figures[i].Value!.Value, 1e-3);
            bool keep = asked ? figures[i].Value >= 0.5 : figures[i].Small >= 0.8;
            Assert.Equal(keep, figures[i].Keep);
        }

        Assert.InRange(figures.Count(f => f.Escalated), 20, 180);
    }

    [Fact]
    public void A_calibrated_band_reaches_its_recall_on_the_sample()
    {
        string[] texts = [.. Texts(300, 11).Select(t => t.Text)];
        string sample = WriteSample(texts);
        List<StageNote> notes = [];
        CascadeFigures[] figures = Measure(new CascadeStage { Model = Small, LargeModel = Large, Cut = 0.5, Sample = InputFile.FromPath(sample), Recall = 0.9, Precision = 0.9 }, texts, notes.Add);

        bool[] wanted = [.. texts.Select(t => Math.Round(Score(_large, t), 4) >= 0.5)];
        double recall = texts.Where((_, i) => wanted[i] && figures[i].Keep).Count() / (double)wanted.Count(w => w);
        Assert.InRange(recall, 0.9, 1);
        Assert.True(figures.Count(f => f.Escalated) < texts.Length, "nothing was spared the large model");
        string note = notes.Single(n => n.Code == "DB4077").Message;
        Assert.Contains(FormattableString.Invariant($"large model asked for {100.0 * figures.Count(f => f.Escalated) / texts.Length:0.0} %"), note, StringComparison.Ordinal);
    }

    [Fact]
    public void The_share_asked_and_the_agreement_on_the_data_are_said()
    {
        string[] texts = [.. Texts(400, 13).Select(t => t.Text)];
        CascadeStage stage = new() { Model = Small, LargeModel = Large, Cut = 0.5, Low = 0.3, High = 0.7, Audit = 0.5 };
        CascadeFigures[] figures = Measure(stage, texts);
        int asked = figures.Count(f => f.Escalated);
        (bool Large, bool Keep)[] audited = [.. texts.Select((t, i) => (Large: Math.Round(Score(_large, t), 4) >= 0.5, figures[i].Keep, figures[i].Audited)).Where(a => a.Audited is not null).Select(a => (a.Large, a.Keep))];
        Assert.InRange(audited.Length, (texts.Length - asked) / 4, (texts.Length - asked) * 3 / 4);
        int alike = audited.Count(a => a.Large == a.Keep);
        double share = asked / 400.0;
        Assert.Equal(
            FormattableString.Invariant($"of 400 documents {asked} ({100 * share:0.0} %) went to the large model; agreement {100 * (share + ((1 - share) * alike / audited.Length)):0.0} % (of the others {audited.Length} were audited, {alike} decided alike)"),
            stage.Summarize(figures)!.Value.Message);

        // Who is audited depends on the text alone, and changes no decision.
        CascadeFigures[] reversed = Measure(stage, [.. texts.Reverse()]);
        Assert.Equal(figures, reversed.Reverse());
        Assert.Equal(figures.Select(f => f.Keep), Measure(stage with { Audit = 0 }, texts).Select(f => f.Keep));
    }

    [Fact]
    public void Without_a_band_and_a_sample_there_is_an_error() => Assert.Equal(
        "DB4076", Assert.Throws<StageException>(() => Measure(new CascadeStage { Model = Small, LargeModel = Large, Cut = 0.5 }, ["a"])).Code);

    [Fact]
    public void A_sample_that_cannot_be_read_is_named()
    {
        StageException error = Assert.Throws<StageException>(() => Measure(
            new CascadeStage { Model = Small, LargeModel = Large, Cut = 0.5, Sample = InputFile.FromPath("/nowhere/sample.jsonl") }, ["a"]));
        Assert.Equal("DB4075", error.Code);
    }

    [Fact]
    public void Scores_near_the_cut_are_those_of_the_full_model()
    {
        string[] texts = [.. Texts(200, 10).Select(t => t.Text)];
        ProgressivePrecisionFigures[] figures = Measure(new ProgressivePrecisionStage { Model = Large, QuantizedModel = Small, Cut = 0.5, Margin = 0.2 }, texts);
        for (int i = 0; i < texts.Length; i++)
        {
            bool near = Math.Abs(figures[i].Quantized!.Value - 0.5) < 0.2;
            Assert.Equal(near, figures[i].Recomputed);
            Assert.Equal(near ? Score(_large, texts[i]) : Score(_small, texts[i]), figures[i].Value!.Value, 1e-3);
        }

        Assert.InRange(figures.Count(f => f.Recomputed), 10, 190);
        Assert.Equal("score_too_low", new ProgressivePrecisionStage { Cut = 0.5 }.Decide(new ProgressivePrecisionFigures(0.4999, 0.6, true, 1, null)).Reason);
    }

    [Fact]
    public void What_the_quantised_model_decides_otherwise_is_measured()
    {
        string[] texts = [.. Texts(100, 12).Select(t => t.Text)];
        List<StageNote> notes = [];
        Measure(new ProgressivePrecisionStage { Model = Large, QuantizedModel = Small, Cut = 0.5, Margin = 0.1, Sample = InputFile.FromPath(WriteSample(texts)) }, ["a b"], notes.Add);
        (double Small, double Large)[] scores = [.. texts.Select(t => (Math.Round(Score(_small, t), 4), Math.Round(Score(_large, t), 4)))];
        double other = scores.Count(s => Math.Abs(s.Small - 0.5) >= 0.1 && s.Small >= 0.5 != s.Large >= 0.5);
        Assert.Contains(FormattableString.Invariant($"{other:0.00} % decided otherwise"), notes.Single(n => n.Code == "DB4078").Message, StringComparison.Ordinal);
    }

    private InputFile Small => InputFile.FromPath(_models.Write(_small.ToOnnx(), "small.onnx"));

    private InputFile Large => InputFile.FromPath(_models.Write(_large.ToOnnx(), "large.onnx"));

    private static LinearTextClassifier Train(int seed, int noise) => new LinearTextClassifierTrainer { Featurizer = Words, Epochs = 3, Threads = 1 }
        .Train([.. Texts(150, seed, noise).Select(t => new LabeledText(t.Text, t.Good ? "good" : "bad"))], [("bad", 0), ("good", 1)]);

    private static IEnumerable<(string Text, bool Good)> Texts(int count, int seed, int noise = 2)
    {
        Random random = new(seed);
        for (int i = 0; i < count; i++)
        {
            bool good = random.Next(2) == 0;
            yield return (string.Join(' ', Enumerable.Range(0, 12).Select(_ => $"{(random.Next(10) < noise ? random.Next(2) == 0 : good ? random.Next(4) > 0 : random.Next(4) == 0) switch { true => "g", _ => "b" }}{(char)('a' + random.Next(12))}")), good);
        }
    }

    private static double Score(LinearTextClassifier model, string text)
    {
        FeatureList features = new();
        new NGramFeaturizer(model.Featurizer).Featurize(text, features);
        return model.Score(features);
    }

    private string WriteSample(IEnumerable<string> texts) => _models.Write(
        System.Text.Encoding.UTF8.GetBytes(string.Concat(texts.Select((t, i) => JsonSerializer.Serialize(new { id = $"{i}", text = t }) + "\n"))), "sample.jsonl");

    private static TFigures[] Measure<TFigures>(BatchStage<TFigures> stage, string[] texts, Action<StageNote>? report = null) where TFigures : struct, IFigures<TFigures>
    {
        stage.Initialize(new StageContext(Path.GetTempPath(), Path.GetTempPath(), threads: 1, report: report));
        TFigures[] figures = new TFigures[texts.Length];
        stage.Measure([.. texts.Select(t => Document.Create(t))], figures);
        return figures;
    }
}
