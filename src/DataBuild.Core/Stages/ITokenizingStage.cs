namespace DataBuild;

/// <summary>A stage that makes token ids; packaging writes them as token files beside the rows.</summary>
public interface ITokenizingStage
{
    /// <summary>The list column of token ids, relative name (<c>.ids</c>).</summary>
    string TokensColumn { get; }

    /// <summary>
    /// Whether <see cref="VocabularySize"/> and <see cref="TokenFiles"/> are known only after <see cref="Stage.Initialize"/>. Where they are known before, a build that has
    /// all ids from the store loads no tokenizer.
    /// </summary>
    bool TokenFilesNeedInitialize => true;

    /// <summary>Number of ids of the tokenizer, added tokens included.</summary>
    int VocabularySize { get; }

    /// <summary>Name of the tokenizer for formats that state one.</summary>
    string TokenizerName => "tokenizer";

    /// <summary>Format of the token files, and the order and length of the sequences in them.</summary>
    TokenFileOptions TokenFiles => new();
}
