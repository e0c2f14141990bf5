using DataBuild.Stages.Score;
using DataBuild.Stages.Score.Linear;
using DataBuild.Stages.Tokenize;

namespace DataBuild.Stages.Deduplicate;

/// <summary>Figures of <see cref="DecontaminateEmbeddings"/>.</summary>
/// <param name="Cosine">Largest cosine with a benchmark text; none for a text without tokens.</param>
/// <param name="Nearest">The benchmark text, by file and line.</param>
[Figures]
public readonly partial record struct DecontaminateEmbeddingsFigures(double? Cosine, string? Nearest);

/// <summary>
/// Drops documents whose embedding is close to that of a benchmark's question or answer (Nemotron-CC-Math, arXiv 2508.15096: cosine above 0.9 to MMLU, MMLU-Pro, MATH and GSM8K). Without a model the vectors
/// are those of hashed n-grams of words and characters, which find the same text in another dress, not the same meaning.
/// </summary>
[Stage("DecontaminateEmbeddings", Version = 2, Phase = StagePhase.Deduplicate, ColumnPrefix = "embeddingContamination")]
public sealed partial record DecontaminateEmbeddings : BatchStage<DecontaminateEmbeddingsFigures>
{
    private static readonly NGramFeaturizerOptions NGrams = new() { Buckets = 1 << 20, MaxTextLength = int.MaxValue, Weighting = NGramWeighting.SquareRoot };

    private OnnxTextScorer? _encoder;
    private List<(string Name, float[] Vector)> _benchmarks = [];
    private List<(string Name, FeatureList Features)> _grams = [];

    /// <summary>Encoder, an ONNX file; without one hashed n-grams are compared.</summary>
    public InputFile? Model { get; init; }

    /// <summary>Tokenizer of the encoder: a file, or the name of an encoding.</summary>
    [Option(Names = "o200k_base|cl100k_base|p50k_base|r50k_base")]
    public InputFile? Tokenizer { get; init; }

    /// <summary>Tokens that the encoder reads.</summary>
    [Option(Min = 1, Max = 1048576, Unit = "tokens")]
    public int MaxTokens { get; init; } = 512;

    /// <summary>Files of benchmark texts: a text a line, or JSON lines.</summary>
    [Option(Required = true)]
    public IReadOnlyList<InputFile> Benchmarks { get; init; } = [];

    /// <summary>Fields of JSON lines to read; none reads all strings.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>Cosine above which a document is dropped.</summary>
    [Threshold, Option(Min = -1, Max = 1)]
    public double MaxCosine { get; init; } = 0.9;

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        List<(string Name, string Text)> texts = BenchmarkIndex.ReadTexts(Benchmarks, Fields);
        if (Model is null)
        {
            NGramFeaturizer featurizer = new(NGrams);
            _grams = [.. texts.Select(t => (t.Name, Features: Featurize(featurizer, t.Text)))];
            return;
        }

        _encoder = OnnxTextScorer.Load(
            Model.PathOrName,
            new OnnxScorerOptions { MaxTokens = MaxTokens, OutputDimensions = 3, Threads = context.Threads },
            TokenTextEncoder.IdsOf(Tokenizer is null ? null : StageTokenizer.Load(Tokenizer)),
            context.Report);
        float[][] vectors = new float[texts.Count][];
        _encoder.Embed([.. texts.Select(t => t.Text.AsMemory())], vectors, normalize: true);
        _benchmarks = [.. texts.Zip(vectors, (t, v) => (t.Name, v)).Where(b => b.v.Length > 0)];
    }

    /// <inheritdoc />
    public override void Measure(IReadOnlyList<Document> documents, Span<DecontaminateEmbeddingsFigures> figures)
    {
        ArgumentNullException.ThrowIfNull(documents);
        if (_encoder is null)
        {
            NGramFeaturizer featurizer = new(NGrams);
            float[] dense = new float[NGrams.Buckets];
            for (int d = 0; d < documents.Count; d++)
            {
                FeatureList features = Featurize(featurizer, documents[d].Text.ToString());
                Scatter(features, dense, 1);
                figures[d] = Nearest(_grams.Select(b => (b.Name, features.Count == 0 ? double.NaN : Dot(b.Features, dense))));
                Scatter(features, dense, 0);
            }

            return;
        }

        float[][] vectors = new float[documents.Count][];
        _encoder.Embed([.. documents.Select(d => d.TextMemory)], vectors, normalize: true);
        for (int d = 0; d < documents.Count; d++)
        {
            float[] vector = vectors[d];
            figures[d] = Nearest(_benchmarks.Select(b => (b.Name, vector.Length == 0 ? double.NaN : FixedOrderMath.DoubleDot(vector, b.Vector))));
        }
    }

    /// <inheritdoc />
    public override Verdict Decide(in DecontaminateEmbeddingsFigures figures) => Verdict.DropIf(figures.Cosine > MaxCosine, "contaminated");

    private static FeatureList Featurize(NGramFeaturizer featurizer, string text)
    {
        FeatureList features = new();
        featurizer.Featurize(text, features);
        return features;
    }

    private static void Scatter(FeatureList features, float[] dense, float scale)
    {
        for (int i = 0; i < features.Count; i++)
        {
            dense[features.Ids[i]] = features.Weights[i] * scale;
        }
    }

    // In the order of the list, in double: the same on every machine.
    private static double Dot(FeatureList features, float[] dense)
    {
        double sum = 0;
        for (int i = 0; i < features.Count; i++)
        {
            sum += (double)features.Weights[i] * dense[features.Ids[i]];
        }

        return sum;
    }

    private static DecontaminateEmbeddingsFigures Nearest(IEnumerable<(string Name, double Cosine)> all)
    {
        (string? name, double best) = (null, double.NaN);
        foreach ((string candidate, double cosine) in all)
        {
            if (!double.IsNaN(cosine) && !(cosine <= best))
            {
                (name, best) = (candidate, cosine);
            }
        }

        return name is null ? default : new DecontaminateEmbeddingsFigures(Math.Round(best, 4, MidpointRounding.ToEven), name);
    }
}
