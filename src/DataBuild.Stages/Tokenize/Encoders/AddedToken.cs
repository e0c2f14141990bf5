namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>A token that is found in the text itself, before any pre-tokeniser. The flags are those of Hugging Face tokenizers.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="Special">A control token; skipped in decoding where asked, and recognised in text only where asked.</param>
/// <param name="SingleWord">Found only where no word character stands before or after it.</param>
/// <param name="LeftStrip">Takes the whitespace before it.</param>
/// <param name="RightStrip">Takes the whitespace after it.</param>
/// <param name="Normalized">Looked for in the normalised text, not in the text as it came.</param>
internal sealed record AddedToken(
    int Id,
    string Content,
    bool Special,
    bool SingleWord = false,
    bool LeftStrip = false,
    bool RightStrip = false,
    bool Normalized = false);
