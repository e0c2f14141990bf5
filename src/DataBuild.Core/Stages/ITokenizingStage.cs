namespace DataBuild;

/// <summary>A stage that makes token ids; packaging writes them as token files beside the rows.</summary>
public interface ITokenizingStage
{
    /// <summary>The list column of token ids, relative name (<c>.ids</c>).</summary>
    string TokensColumn { get; }

    /// <summary>Number of ids of the tokenizer, added tokens included; known after <see cref="Stage.Initialize"/>.</summary>
    int VocabularySize { get; }

    /// <summary>Name of the tokenizer for formats that state one.</summary>
    string TokenizerName => "tokenizer";

    /// <summary>Format of the token files, and the order and length of the sequences in them; known after <see cref="Stage.Initialize"/>.</summary>
    TokenFileOptions TokenFiles => new();
}
