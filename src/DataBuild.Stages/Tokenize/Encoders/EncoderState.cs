namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>What one thread needs to encode with one tokenizer.</summary>
internal sealed class EncoderState
{
    /// <summary>Words met lately.</summary>
    public WordCache Words { get; } = new();

    /// <summary>Arrays for merging.</summary>
    public MergeWorkspace Workspace { get; } = new();
}
