using System.Globalization;
using System.Text.Json;

namespace DataBuild.Stages.Generate;

/// <summary>Figures of <see cref="GenerateStage"/>.</summary>
/// <param name="Answer">The answer: text, or JSON without unneeded space.</param>
/// <param name="Score">The number that was asked for.</param>
/// <param name="Label">The label that was asked for.</param>
/// <param name="Reason">Why there is no answer; null where there is one.</param>
[Figures]
public readonly partial record struct GenerateFigures(string? Answer, double? Score, string? Label, string? Reason);

/// <summary>
/// Asks a language model about every document and keeps the answer as a column: text, a label, a number or JSON of a given shape. A wrong answer is asked for again, and
/// in the end drops the document with a reason. Thresholds on the number and the label decide what is kept.
/// </summary>
[Stage("Generate", Version = 1, Phase = StagePhase.Score, ColumnPrefix = "generate")]
public sealed partial record GenerateStage : ChatStage<GenerateFigures>
{
    private string _prompt = "";
    private JsonShape? _shape;

    /// <summary>What the model is to do; the document's text follows as the user's message.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>The same from a file.</summary>
    public InputFile? PromptFile { get; init; }

    /// <summary>What the answer is.</summary>
    public AnswerFormat Format { get; init; } = AnswerFormat.Text;

    /// <summary>JSON schema of the answer; servers that can are asked to hold to it, and answers that do not fit are wrong.</summary>
    public InputFile? Schema { get; init; }

    /// <summary>Labels that the answer may be.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Property of a JSON answer that becomes the column <c>score</c>.</summary>
    public string ScoreField { get; init; } = "";

    /// <summary>Property of a JSON answer that becomes the column <c>label</c>.</summary>
    public string LabelField { get; init; } = "";

    /// <summary>Characters of the text that are sent at most; of a longer text the first and the last half of them, with a line of three points between.</summary>
    [Option(Min = 2, Unit = "UTF-16 units")]
    public int MaxTextLength { get; init; } = 100_000;

    /// <summary>Smallest score that is kept.</summary>
    [Threshold]
    public double MinScore { get; init; } = double.NegativeInfinity;

    /// <summary>Largest score that is kept.</summary>
    [Threshold]
    public double MaxScore { get; init; } = double.PositiveInfinity;

    /// <summary>Labels that are kept; without it all.</summary>
    [Threshold]
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>Labels that are dropped.</summary>
    [Threshold]
    public IReadOnlyList<string> Drop { get; init; } = [];

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".answer"];

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        base.Initialize(context);
        _prompt = PromptOf(Prompt, PromptFile);
        if (Format == AnswerFormat.Label && Labels.Count == 0)
        {
            throw new StageException("DB4008", $"the stage '{Name}' asks for a label and names none (option Labels)");
        }

        try
        {
            _shape = Schema is null ? null : JsonShape.Parse(File.ReadAllText(Schema.PathOrName));
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new StageException("DB4012", $"the schema cannot be used: {e.Message}", Schema!.Path, e);
        }
    }

    /// <inheritdoc />
    public override Verdict Decide(in GenerateFigures figures) =>
        figures.Reason is { } reason ? Verdict.Drop(reason)
        : figures.Score < MinScore ? Verdict.Drop("score_too_low")
        : figures.Score > MaxScore ? Verdict.Drop("score_too_high")
        : Verdict.DropIf(
            (Keep.Count > 0 && !Keep.Contains(figures.Label ?? "", StringComparer.Ordinal)) || (figures.Label is { } label && Drop.Contains(label, StringComparer.Ordinal)), "label");

    /// <inheritdoc />
    protected override async Task<GenerateFigures> MeasureAsync(Document document, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(document);
        ChatAnswer answer = await AskAsync(_prompt, Shortened(document.Text), text => TryRead(text, out _), cancellation, _shape?.Text).ConfigureAwait(false);
        return ReasonOf(answer) is { } reason ? new GenerateFigures(null, null, null, reason) : TryRead(answer.Text, out GenerateFigures figures) ? figures : new GenerateFigures(null, null, null, InvalidAnswer);
    }

    private bool TryRead(string answer, out GenerateFigures figures)
    {
        figures = default;
        string text = answer.Trim();
        switch (Format)
        {
            case AnswerFormat.Json:
                return TryReadJson(answer, out figures);
            case AnswerFormat.Number:
                bool isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number);
                figures = new GenerateFigures(text, number, null, null);
                return isNumber;
            case AnswerFormat.Label:
                string? label = Labels.FirstOrDefault(l => l.Equals(text.Trim('.', '"', '\'', '*', ' '), StringComparison.OrdinalIgnoreCase));
                figures = new GenerateFigures(label, null, label, null);
                return label is not null;
            default:
                figures = new GenerateFigures(text, null, null, null);
                return text.Length > 0;
        }
    }

    private bool TryReadJson(string answer, out GenerateFigures figures)
    {
        figures = default;
        if (!JsonAnswer.TryRead(answer, out JsonElement value) || _shape?.Check(value) is not null)
        {
            return false;
        }

        bool isObject = value.ValueKind == JsonValueKind.Object;
        double? score = null;
        if (ScoreField.Length > 0)
        {
            if (!isObject || !value.TryGetProperty(ScoreField, out JsonElement found) || found.ValueKind != JsonValueKind.Number)
            {
                return false;
            }

            score = found.GetDouble();
        }

        string? label = null;
        if (LabelField.Length > 0)
        {
            if (!isObject || !value.TryGetProperty(LabelField, out JsonElement found) || found.ValueKind != JsonValueKind.String)
            {
                return false;
            }

            label = found.GetString();
            if (Labels.Count > 0 && !Labels.Contains(label!, StringComparer.Ordinal))
            {
                return false;
            }
        }

        figures = new GenerateFigures(JsonAnswer.Canonical(value), score, label, null);
        return true;
    }

    private string Shortened(ReadOnlySpan<char> text)
    {
        if (text.Length <= MaxTextLength)
        {
            return text.ToString();
        }

        int head = MaxTextLength / 2;
        int tail = MaxTextLength - head;

        // A pair of surrogates is not cut in two.
        head -= char.IsHighSurrogate(text[head - 1]) ? 1 : 0;
        tail -= char.IsLowSurrogate(text[^tail]) ? 1 : 0;
        return string.Concat(text[..head], "\n...\n", text[^tail..]);
    }
}
