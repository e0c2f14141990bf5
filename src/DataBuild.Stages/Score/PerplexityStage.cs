using DataBuild.Stages.Score.LanguageModel;

namespace DataBuild.Stages.Score;

/// <summary>Figures of <see cref="PerplexityStage"/>.</summary>
/// <param name="Value">Perplexity a word, 1 or more; none for a text without a word.</param>
[Figures]
public readonly partial record struct PerplexityFigures(double? Value);

/// <summary>
/// Measures how surprising a text is to an n-gram language model (an ARPA file, as KenLM's lmplz and this project's trainer write), and keeps documents in a range:
/// low perplexity means text like the model's own, as in CCNet (Wenzek et al. 2020).
/// </summary>
[Stage("Perplexity", Phase = StagePhase.Score, ColumnPrefix = "perplexity")]
public sealed partial record PerplexityStage : DocumentStage<PerplexityFigures>
{
    private NGramLanguageModel? _model;

    /// <summary>The language model: an ARPA file.</summary>
    [Option(Required = true)]
    public InputFile? Model { get; init; }

    /// <summary>Turns the text into lower case, every digit into 0, and sets marks apart from words, for models that were trained so.</summary>
    public bool Normalize { get; init; }

    /// <summary>Smallest perplexity that is kept.</summary>
    [Threshold, Option(Min = 0)]
    public double MinPerplexity { get; init; }

    /// <summary>Largest perplexity that is kept.</summary>
    [Threshold, Option(Min = 0)]
    public double MaxPerplexity { get; init; } = double.PositiveInfinity;

    /// <summary>The text as a model of normalised text sees it.</summary>
    /// <param name="text">Text.</param>
    /// <param name="output">Receives it.</param>
    public static void NormalizeText(ReadOnlySpan<char> text, TextBuilder output)
    {
        ArgumentNullException.ThrowIfNull(output);
        foreach (char c in text)
        {
            if (char.IsDigit(c))
            {
                output.Append('0');
            }
            else if (char.IsPunctuation(c) || char.IsSymbol(c))
            {
                output.Append(' ').Append(c).Append(' ');
            }
            else
            {
                output.Append(char.ToLowerInvariant(c));
            }
        }
    }

    /// <inheritdoc />
    public override bool ReuseByText => true;

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        string path = Model?.PathOrName ?? throw new StageException("DB4001", "the stage Perplexity names no model (option Model)");
        try
        {
            _model = ArpaFile.Read(path);
        }
        catch (Exception e) when (e is ArpaFormatException or IOException or UnauthorizedAccessException)
        {
            throw new StageException("DB4001", $"the language model cannot be read: {e.Message}", path, e);
        }
    }

    /// <inheritdoc />
    public override PerplexityFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        NGramLanguageModel model = _model ?? throw new InvalidOperationException("Initialize was not called");
        ReadOnlySpan<char> text = document.Text;
        if (Normalize)
        {
            TextBuilder normalized = document.RentTextBuilder();
            NormalizeText(text, normalized);
            text = normalized.Span;
        }

        double value = model.Perplexity(text);
        return new PerplexityFigures(double.IsNaN(value) ? null : Math.Round(value, 3, MidpointRounding.ToEven));
    }

    /// <inheritdoc />
    public override Verdict Decide(in PerplexityFigures figures) =>
        figures.Value is not { } value ? Verdict.DropIf(MinPerplexity > 0 || MaxPerplexity < double.PositiveInfinity, "no_words")
        : value < MinPerplexity ? Verdict.Drop("perplexity_too_low")
        : Verdict.DropIf(value > MaxPerplexity, "perplexity_too_high");
}
