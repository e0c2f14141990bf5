namespace DataBuild.Stages.Tokenize;

/// <summary>A tokenizer definition that cannot be read, or that asks for something that is not supported.</summary>
public sealed class TokenizerFormatException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="source">File or encoding name.</param>
    /// <param name="place">Key or line in the source, such as <c>pre_tokenizer.pattern.Regex</c>.</param>
    /// <param name="problem">What was found and what was expected.</param>
    public TokenizerFormatException(string source, string place, string problem)
        : base($"{source}: {place}: {problem}")
    {
        DefinitionSource = source;
        Place = place;
    }

    /// <summary>File or encoding name.</summary>
    public string DefinitionSource { get; }

    /// <summary>Key or line in the source.</summary>
    public string Place { get; }
}
