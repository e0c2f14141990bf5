namespace DataBuild.Stages.Tokenize.Normalizing;

/// <summary>One step that rewrites text before it is cut into words. Immutable.</summary>
internal interface ITextNormalizer
{
    /// <summary>Appends the rewritten text to a target that is empty.</summary>
    void Apply(NormalizedText source, NormalizedText target);

    /// <summary>Whether text of ASCII alone always stays as it is.</summary>
    bool KeepsAscii { get; }
}
