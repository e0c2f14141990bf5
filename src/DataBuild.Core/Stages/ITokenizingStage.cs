namespace DataBuild;

/// <summary>A stage that makes token ids; packaging writes them as token files beside the rows.</summary>
public interface ITokenizingStage
{
    /// <summary>The list column of token ids, relative name (<c>.ids</c>).</summary>
    string TokensColumn { get; }

    /// <summary>Number of ids of the tokenizer, added tokens included; known after <see cref="Stage.Initialize"/>.</summary>
    int VocabularySize { get; }

    /// <summary>Tokens of a training sequence, into which the token files cut the documents one after the other; 0: a sequence a document.</summary>
    int ContextLength => 0;
}
