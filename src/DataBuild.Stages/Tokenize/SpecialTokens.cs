namespace DataBuild.Stages.Tokenize;

/// <summary>What becomes of text that spells a special token, such as <c>&lt;|endoftext|&gt;</c> on a web page.</summary>
public enum SpecialTokens
{
    /// <summary>It is text like any other: a crawled page cannot write control tokens into a dataset.</summary>
    AsText,

    /// <summary>It becomes the special token's id, as in a prompt that was made on purpose.</summary>
    Recognise,
}
