namespace DataBuild.Stages.Tokenize.PreTokenizing;

/// <summary>One step that cuts text into words. Immutable.</summary>
internal interface IPreTokenizer
{
    /// <summary>Cuts the pieces of a text into smaller ones.</summary>
    void Apply(PreTokenizedText text);
}
