namespace DataBuild.Stages.Generate.Rephrase;

/// <summary>Gives the tokens of a text vectors, for <see cref="BertScore"/>. One thread uses it at a time.</summary>
public interface ITokenVectors
{
    /// <summary>A vector for each token of a text.</summary>
    IReadOnlyList<float[]> Of(string text);
}
