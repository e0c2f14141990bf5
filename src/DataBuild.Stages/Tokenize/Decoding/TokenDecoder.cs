using System.Text;

namespace DataBuild.Stages.Tokenize.Decoding;

/// <summary>Rewrites every token by itself.</summary>
/// <param name="rewrite">Given a token and whether it is the first.</param>
internal sealed class TokenDecoder(Func<string, bool, string> rewrite) : ITokenDecoder
{
    /// <summary>Removes up to so many of a character at the ends of each token.</summary>
    public static TokenDecoder Strip(char content, int start, int stop) => new((token, _) =>
    {
        int from = 0;
        while (from < start && from < token.Length && token[from] == content)
        {
            from++;
        }

        int to = token.Length;
        while (token.Length - to < stop && to > from && token[to - 1] == content)
        {
            to--;
        }

        return token[from..to];
    });

    /// <summary>Puts a space in the place of the mark; nothing in the first token where encoding puts marks of its own.</summary>
    public static TokenDecoder Metaspace(string mark, bool prepended) => new((token, first) =>
        token.Replace(mark, first && prepended ? "" : " ", StringComparison.Ordinal));

    /// <summary>Joins continuations to the word before them and puts a space before other tokens.</summary>
    public static TokenDecoder WordPiece(string prefix, bool cleanup) => new((token, first) =>
    {
        string text = first ? token
            : token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..]
            : " " + token;
        return cleanup ? CleanUp(text) : text;
    });

    /// <inheritdoc/>
    public void Apply(List<string> tokens)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            tokens[i] = rewrite(tokens[i], i == 0);
        }
    }

    private static string CleanUp(string text) => new StringBuilder(text)
        .Replace(" .", ".").Replace(" ?", "?").Replace(" !", "!").Replace(" ,", ",")
        .Replace(" ' ", "'").Replace(" n't", "n't").Replace(" 'm", "'m").Replace(" do not", " don't")
        .Replace(" 's", "'s").Replace(" 've", "'ve").Replace(" 're", "'re").ToString();
}
