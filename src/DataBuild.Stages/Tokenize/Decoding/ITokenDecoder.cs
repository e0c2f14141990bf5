namespace DataBuild.Stages.Tokenize.Decoding;

/// <summary>One step from the texts of tokens back to text. Immutable.</summary>
internal interface ITokenDecoder
{
    /// <summary>Rewrites the tokens' texts.</summary>
    void Apply(List<string> tokens);
}
