using DataBuild.Stages.Tokenize;

namespace DataBuild.Stages.Score.Paired;

/// <summary>
/// The tokens that R2R takes for ends of sentences (thu-nics/R2R, <c>convert_eos_tokens.py</c>): of at most four characters, the last of them a full stop, an exclamation or question
/// mark or a line feed, without a colon, and without a bracket or quotation mark that is opened and not closed.
/// </summary>
internal sealed class SentenceEndTokens(TextTokenizer tokenizer)
{
    private const int LongestToken = 4;
    private const string Ends = ".。!！?？\n";
    private const string Colons = ":：";

    // A straight quotation mark opens and closes.
    private const string Opening = "([{<（【《〈\"'「『";
    private const string Closing = ")]}>）】》〉\"'」』";

    private readonly Dictionary<int, bool> _known = [];

    /// <summary>Whether a sentence ends with a token.</summary>
    public bool Contains(int token)
    {
        if (!_known.TryGetValue(token, out bool ends))
        {
            _known[token] = ends = IsEnd(tokenizer.Decode([token]));
        }

        return ends;
    }

    /// <summary>Whether a token of this text is such an end.</summary>
    internal static bool IsEnd(string text)
    {
        if (text.Length is 0 or > LongestToken || !Ends.Contains(text[^1], StringComparison.Ordinal))
        {
            return false;
        }

        for (int i = 0; i < text.Length; i++)
        {
            int kind = Opening.IndexOf(text[i], StringComparison.Ordinal);
            if (Colons.Contains(text[i], StringComparison.Ordinal) || (kind >= 0 && text.IndexOf(Closing[kind], i + 1) < 0))
            {
                return false;
            }
        }

        return text.Count(c => Opening.Contains(c, StringComparison.Ordinal)) is var opened && (opened == 0 || opened == text.Count(c => Closing.Contains(c, StringComparison.Ordinal)));
    }
}
