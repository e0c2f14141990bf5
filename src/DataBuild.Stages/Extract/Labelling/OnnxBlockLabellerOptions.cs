using DataBuild.Stages.Score;

namespace DataBuild.Stages.Extract.Labelling;

/// <summary>How <see cref="OnnxBlockLabeller"/> feeds its model.</summary>
public sealed record OnnxBlockLabellerOptions
{
    /// <summary>Tokens of a window, special ones included; 8 or more.</summary>
    public int MaxTokens { get; init; } = 512;

    /// <summary>Ids before every window, such as that of <c>[CLS]</c>.</summary>
    public IReadOnlyList<int> PrefixIds { get; init; } = [];

    /// <summary>Ids after every window, such as that of <c>[SEP]</c>.</summary>
    public IReadOnlyList<int> SuffixIds { get; init; } = [];

    /// <summary>Where the model runs.</summary>
    public ExecutionProviderRequest Provider { get; init; } = new();
}
