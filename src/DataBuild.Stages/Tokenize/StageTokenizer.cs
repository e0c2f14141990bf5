namespace DataBuild.Stages.Tokenize;

/// <summary>Loads the tokenizer of a stage.</summary>
public static class StageTokenizer
{
    /// <summary>The tokenizer that an option names.</summary>
    /// <exception cref="StageException">It cannot be loaded (DB4201); the message says why.</exception>
    public static TextTokenizer Load(InputFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        try
        {
            return TextTokenizer.Load(file.PathOrName);
        }
        catch (Exception error) when (error is TokenizerFormatException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new StageException("DB4201", error.Message, file.Path, error);
        }
    }

    /// <summary>Id of the token that ends a document.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="file">The option that names it.</param>
    /// <param name="name">Text of the token; empty for the one that the tokenizer names.</param>
    /// <exception cref="StageException">There is none (DB4202).</exception>
    internal static int EndOfText(TextTokenizer tokenizer, InputFile file, string name) =>
        name.Length > 0
            ? Find(tokenizer, file, name, nameof(EndOfText))
            : tokenizer.EndOfTextId
                ?? throw new StageException("DB4202", $"the tokenizer '{file}' names no end-of-text token: name one (EndOfText)", file.Path);

    /// <summary>Id of a token that an option names.</summary>
    /// <exception cref="StageException">The tokenizer has none of that text (DB4202).</exception>
    internal static int Find(TextTokenizer tokenizer, InputFile file, string token, string option) =>
        tokenizer.FindToken(token)
            ?? throw new StageException("DB4202", $"the tokenizer '{file}' has no token '{token}' ({option})", file.Path);
}
