namespace DataBuild.Stages.Score;

/// <summary>What becomes of a text that is longer than the model reads.</summary>
public enum WindowPolicy
{
    /// <summary>Only its beginning is read.</summary>
    Truncate,

    /// <summary>It is read in windows; values are averaged, weighted by tokens.</summary>
    Mean,

    /// <summary>It is read in windows; the largest value counts.</summary>
    Max,
}

/// <summary>What is done to a model's output before a value is taken from it.</summary>
public enum ScoreActivation
{
    /// <summary>Nothing: the graph's output is the value.</summary>
    None,

    /// <summary>Logistic function of each value.</summary>
    Sigmoid,

    /// <summary>Softmax over the values of a text.</summary>
    Softmax,
}

/// <summary>How a model is used.</summary>
public sealed record OnnxScorerOptions
{
    /// <summary>Tokens of a window, special ones included; ignored by models of hashed n-grams.</summary>
    public int MaxTokens { get; init; } = 512;

    /// <summary>What becomes of a longer text.</summary>
    public WindowPolicy Window { get; init; } = WindowPolicy.Truncate;

    /// <summary>Ids before the text in every window, such as <c>[CLS]</c>.</summary>
    public IReadOnlyList<int> PrefixIds { get; init; } = [];

    /// <summary>Ids after the text in every window, such as <c>[SEP]</c>.</summary>
    public IReadOnlyList<int> SuffixIds { get; init; } = [];

    /// <summary>Id of padding; padded places have mask 0 and weight 0.</summary>
    public int PaddingId { get; init; }

    /// <summary>Output to read; null for the one that the model's metadata names, <c>score</c>, or the only one.</summary>
    public string? Output { get; init; }

    /// <summary>Most dimensions of the output: 2 for values of a text, 3 for values of every token.</summary>
    public int OutputDimensions { get; init; } = 2;

    /// <summary>Label, or index, of the value to take where an output holds several; null for the expected label value.</summary>
    public string? Label { get; init; }

    /// <summary>Labels in the order of the output's values; empty for those in the model's metadata.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>What is done to the output's values.</summary>
    public ScoreActivation Activation { get; init; }

    /// <summary>Decimals that scores are rounded to, half to even, so that the low bits of another batch, machine or provider do not show.</summary>
    public int Decimals { get; init; } = 4;

    /// <summary>Ids in a batch, about.</summary>
    public int BatchTokens { get; init; } = 8192;

    /// <summary>Threads for encoding and for the runtime.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Where the model runs.</summary>
    public ExecutionProviderRequest Provider { get; init; } = new();

    /// <summary>Whether one run is profiled to see which provider really runs the nodes; without it this is done for every provider but the processor's.</summary>
    public bool? CountNodes { get; init; }
}

/// <summary>Score of a text.</summary>
/// <param name="Score">Rounded score; NaN for a text without any token.</param>
/// <param name="Covered">Fraction of the text that the model read, in [0, 1].</param>
/// <param name="Windows">Windows that were scored.</param>
public readonly record struct TextScore(double Score, double Covered, int Windows);
