namespace DataBuild.Stages.Score.Vision;

/// <summary>How a vision encoder is used.</summary>
internal sealed record VisionEncoderOptions
{
    /// <summary>Width and height of images where the model leaves them free.</summary>
    public int Size { get; init; } = 224;

    /// <summary>Subtracted from red, green and blue in [0, 1].</summary>
    public IReadOnlyList<double> Mean { get; init; } = [0, 0, 0];

    /// <summary>What the rest is divided by.</summary>
    public IReadOnlyList<double> Std { get; init; } = [1, 1, 1];

    /// <summary>Tokens before the first patch: class token and registers.</summary>
    public int Prefix { get; init; } = 1;

    /// <summary>Output of features; null for the usual name or the first.</summary>
    public string? Output { get; init; }

    /// <summary>Whether attention is computed and read.</summary>
    public bool ReadsAttention { get; init; }

    /// <summary>Whether states are computed and read.</summary>
    public bool ReadsStates { get; init; }

    /// <summary>Outputs of attention, first layer first; empty for all whose names begin with "attention".</summary>
    public IReadOnlyList<string> Attention { get; init; } = [];

    /// <summary>Outputs of states before and after modules; empty for all whose names begin with "state".</summary>
    public IReadOnlyList<string> States { get; init; } = [];

    /// <summary>Output of pixel features; null for none.</summary>
    public string? PixelOutput { get; init; }

    /// <summary>Threads of the runtime.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Where the model runs.</summary>
    public ExecutionProviderRequest Provider { get; init; } = new();
}
