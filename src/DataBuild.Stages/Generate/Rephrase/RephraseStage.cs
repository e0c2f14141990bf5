using System.Security.Cryptography;
using System.Text;
using DataBuild.Stages.Score;
using DataBuild.Stages.Tokenize;

namespace DataBuild.Stages.Generate.Rephrase;

/// <summary>Figures of <see cref="RephraseStage"/>.</summary>
/// <param name="Text">The rephrased text; the original where there is none.</param>
/// <param name="Source">Id of the document that was rephrased.</param>
/// <param name="Prompt">Digest of the prompt, 16 hexadecimal digits of SHA-256.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="QualityGain">Quality of the rephrased text less that of the original, where a quality model is given.</param>
/// <param name="BertScore">F1 of BERTScore to the original.</param>
/// <param name="Structure">Whether the judge found the structure kept; none where no judge is asked.</param>
/// <param name="LengthRatio">Length, over that of the original.</param>
/// <param name="Format">Share of the slices whose answers have the form that was asked for.</param>
/// <param name="Reward">RePro's reward: 3 times the gain, and 1 for each gate that is passed.</param>
/// <param name="Novel1">Share of words that are new.</param>
/// <param name="Novel2">Share of runs of two words that are new.</param>
/// <param name="Novel3">Share of runs of three.</param>
/// <param name="Novel4">Share of runs of four.</param>
/// <param name="Reason">Why there is no rephrased text.</param>
[Figures]
public readonly partial record struct RephraseFigures(
    [property: Column("text")] string Text, string Source, string Prompt, string Model, double? QualityGain, double? BertScore, bool? Structure, double LengthRatio, double Format,
    double Reward, double? Novel1, double? Novel2, double? Novel3, double? Novel4, string? Reason);

/// <summary>
/// Lets a language model write documents anew, and keeps what passes the four rewards of RePro as gates: quality, BERTScore, structure, length (arXiv 2510.10681). With another prompt it is
/// the rewriting of ReWire (arXiv 2506.04689). Every row says which document, prompt and model it comes from.
/// </summary>
[Stage("Rephrase", Version = 2, Phase = StagePhase.Clean, ColumnPrefix = "rephrase")]
public sealed partial record RephraseStage : ChatStage<RephraseFigures>
{
    private const double QualityWeight = 3;

    private readonly Lock _models = new();
    private string _prompt = "";
    private string _judge = "";
    private OnnxTextScorer? _quality;
    private ITokenVectors? _vectors;

    /// <summary>What the model is to do; a slice of the document follows as the user's message.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>The same from a file.</summary>
    public InputFile? PromptFile { get; init; }

    /// <summary>Sentence of the answer after which the text stands; <c>None</c> takes the whole answer, less thoughts.</summary>
    public string Marker { get; init; } = RephraseAnswer.Marker;

    /// <summary>Length of a slice; a longer document is rephrased slice by slice, and the slices are joined by spaces.</summary>
    [Option(Min = 1, Unit = "UTF-16 units")]
    public int SliceLength { get; init; } = 7000;

    /// <summary>Prompt of the judge of structure, which answers with 0 or 1 at its end; without it the gate is open.</summary>
    public InputFile? JudgePromptFile { get; init; }

    /// <summary>Model of quality, an ONNX classifier or regressor; without it the gate is open.</summary>
    public InputFile? QualityModel { get; init; }

    /// <summary>Tokenizer of the model of quality.</summary>
    [Option(Names = "o200k_base|cl100k_base|p50k_base|r50k_base")]
    public InputFile? QualityTokenizer { get; init; }

    /// <summary>Encoder for BERTScore, an ONNX file; without it words are compared by their letters.</summary>
    public InputFile? Encoder { get; init; }

    /// <summary>Tokenizer of the encoder.</summary>
    [Option(Names = "o200k_base|cl100k_base|p50k_base|r50k_base")]
    public InputFile? EncoderTokenizer { get; init; }

    /// <summary>Tokens that the encoder reads at a time.</summary>
    [Option(Min = 8, Max = 1048576, Unit = "tokens")]
    public int EncoderMaxTokens { get; init; } = 512;

    /// <summary>Special tokens before what the encoder reads.</summary>
    public IReadOnlyList<string> EncoderPrefixTokens { get; init; } = [];

    /// <summary>Special tokens after what the encoder reads.</summary>
    public IReadOnlyList<string> EncoderSuffixTokens { get; init; } = [];

    /// <summary>Smallest gain of quality that is kept.</summary>
    [Threshold]
    public double MinQualityGain { get; init; }

    /// <summary>Smallest F1 of BERTScore that is kept.</summary>
    [Threshold, Option(Min = -1, Max = 1)]
    public double MinBertScore { get; init; } = 0.65;

    /// <summary>Largest length, over that of the original, that is kept.</summary>
    [Threshold, Option(Min = 0)]
    public double MaxLengthRatio { get; init; } = 1.25;

    /// <summary>Keeps documents whose structure the judge found changed.</summary>
    [Threshold]
    public bool AllowOtherStructure { get; init; }

    /// <inheritdoc />
    [NotAnOption]
    public override IReadOnlyList<string> InputColumns => ["text", "id"];

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".source", ".prompt", ".model", ".reward", ".novel1", ".novel3"];

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        base.Initialize(context);
        _prompt = PromptOf(Prompt, PromptFile);
        _judge = JudgePromptFile is null ? "" : PromptOf("", JudgePromptFile);
        if (QualityModel is not null)
        {
            TokenIds? encode = TokenTextEncoder.IdsOf(QualityTokenizer is null ? null : StageTokenizer.Load(QualityTokenizer));
            _quality = OnnxTextScorer.Load(QualityModel.PathOrName, new OnnxScorerOptions { Threads = context.Threads }, encode, context.Report);
        }

        _vectors = Encoder is null ? new WordShapeVectors() : LoadEncoder();
    }

    /// <inheritdoc />
    public override Verdict Decide(in RephraseFigures figures) =>
        figures.Reason is { } reason ? Verdict.Drop(reason)
        : figures.QualityGain < MinQualityGain ? Verdict.Drop("quality_not_gained")
        : figures.BertScore < MinBertScore ? Verdict.Drop("bert_score_too_low")
        : figures.Structure == false && !AllowOtherStructure ? Verdict.Drop("structure_changed")
        : Verdict.DropIf(figures.LengthRatio > MaxLengthRatio, "too_long");

    /// <summary>The judge's word: its last character.</summary>
    internal static bool? Judged(string answer) => answer.TrimEnd() switch { [.., '1'] => true, [.., '0'] => false, _ => null };

    /// <inheritdoc />
    protected override async Task<RephraseFigures> MeasureAsync(Document document, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(document);
        string text = document.Text.ToString();
        string id = document.Id;
        string marker = Marker == "None" ? "" : Marker;
        List<string> slices = RephraseAnswer.Slice(text, SliceLength);
        ChatAnswer[] answers = await Task.WhenAll(slices.Select(s => AskAsync(_prompt, s, a => RephraseAnswer.TextOf(a, marker).Length > 0, cancellation))).ConfigureAwait(false);
        string prompt = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_prompt.ReplaceLineEndings("\n"))))[..16];
        string model = EndpointModel ?? "script";
        RephraseFigures none = new(text, id, prompt, model, null, null, null, 1, 0, 0, null, null, null, null, InvalidAnswer);
        if (slices.Count == 0 || answers.FirstOrDefault(a => !a.IsValid) is { } wrong && (none = none with { Reason = ReasonOf(wrong) }).Reason is not null)
        {
            return none;
        }

        string rephrased = string.Join(' ', answers.Select(a => RephraseAnswer.TextOf(a.Text, marker)));
        bool? structure = null;
        if (_judge.Length > 0)
        {
            ChatAnswer judged = await AskAsync(_judge, $"Original:\n{Head(text)}\n\nParaphrase:\n{Head(rephrased)}", a => Judged(a) is not null, cancellation).ConfigureAwait(false);
            structure = judged.IsValid && Judged(judged.Text) == true;
        }

        (double? gain, double score) = Compare(text, rephrased);
        double ratio = Math.Round((double)rephrased.Length / text.Length, 6, MidpointRounding.ToEven);
        double format = (double)answers.Count(a => RephraseAnswer.HasFormat(a.Text)) / answers.Length;
        double reward = (QualityWeight * (gain ?? 0)) + (score >= MinBertScoreOfReward ? 1 : 0) + (structure == true ? 1 : 0) + (ratio <= MaxLengthRatioOfReward ? 1 : 0) + format;
        return new RephraseFigures(
            rephrased, id, prompt, model, gain, score, structure, ratio, Math.Round(format, 6), Math.Round(reward, 6, MidpointRounding.ToEven),
            NGramNovelty.Of(text, rephrased, 1), NGramNovelty.Of(text, rephrased, 2), NGramNovelty.Of(text, rephrased, 3), NGramNovelty.Of(text, rephrased, 4), null);
    }

    // RePro's own, whatever the gates are.
    private const double MinBertScoreOfReward = 0.65;
    private const double MaxLengthRatioOfReward = 1.25;

    private string Head(string text) => text.Length <= SliceLength ? text : text[..SliceLength];

    // Models take one thread at a time.
    private (double? Gain, double BertScore) Compare(string text, string rephrased)
    {
        lock (_models)
        {
            double? gain = null;
            if (_quality is not null)
            {
                double before = _quality.Score(text).Score;
                double after = _quality.Score(rephrased).Score;
                gain = double.IsNaN(before) || double.IsNaN(after) ? null : Math.Round(after - before, 4, MidpointRounding.ToEven);
            }

            return (gain, Math.Round(Rephrase.BertScore.Of(_vectors!.Of(Head(rephrased)), _vectors.Of(Head(text))).F1, 4, MidpointRounding.ToEven));
        }
    }

    private OnnxTokenVectors LoadEncoder()
    {
        if (EncoderTokenizer is null)
        {
            throw new StageException("DB4005", $"the stage '{Name}' has an Encoder and no EncoderTokenizer", Encoder!.Path);
        }

        TextTokenizer tokenizer = StageTokenizer.Load(EncoderTokenizer);
        return new OnnxTokenVectors(Encoder!.PathOrName, tokenizer, Ids(EncoderPrefixTokens), Ids(EncoderSuffixTokens), EncoderMaxTokens);

        int[] Ids(IReadOnlyList<string> tokens) =>
            [.. tokens.Select(t => tokenizer.FindToken(t) ?? throw new StageException("DB4005", $"the tokenizer '{EncoderTokenizer.Value}' has no token '{t}'", EncoderTokenizer.Path))];
    }
}
