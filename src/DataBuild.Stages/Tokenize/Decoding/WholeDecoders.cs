namespace DataBuild.Stages.Tokenize.Decoding;

/// <summary>Makes all tokens one.</summary>
internal sealed class FuseDecoder : ITokenDecoder
{
    /// <inheritdoc/>
    public void Apply(List<string> tokens)
    {
        string whole = string.Concat(tokens);
        tokens.Clear();
        tokens.Add(whole);
    }
}

/// <summary>Removes the mark that ends words: a space in its place, but none after the last.</summary>
/// <param name="suffix">The mark.</param>
internal sealed class EndOfWordDecoder(string suffix) : ITokenDecoder
{
    /// <inheritdoc/>
    public void Apply(List<string> tokens)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            tokens[i] = tokens[i].Replace(suffix, i == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal);
        }
    }
}
