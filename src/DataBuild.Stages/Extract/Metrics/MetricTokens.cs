using DataBuild.Text;

namespace DataBuild.Stages.Extract.Metrics;

/// <summary>
/// Tokens as WebMainBench's page score counts them. It cuts with jieba: runs of ASCII letters and digits (a decimal number with its per cent sign), every other
/// mark and every white space character by itself, Chinese by its word list. Chinese is cut by our own word list here, so a score of Chinese pages may differ
/// in the third place; other texts give the same tokens.
/// </summary>
public static class MetricTokens
{
    /// <summary>The tokens of a text in order.</summary>
    public static List<string> Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> tokens = [];
        WordIndex words = new();
        int i = 0;
        while (i < text.Length)
        {
            int start = i;
            if (char.IsAsciiLetterOrDigit(text[i]))
            {
                i = EndOfWord(text, i);
            }
            else if (IsHan(text[i]))
            {
                while (i < text.Length && IsHan(text[i]))
                {
                    i++;
                }

                string han = text[start..i];
                words.Analyze(han.AsMemory());
                for (int w = 0; w < words.Count; w++)
                {
                    tokens.Add(words[w].ToString());
                }

                continue;
            }
            else
            {
                i += text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? 2 : char.IsSurrogatePair(text, i) ? 2 : 1;
            }

            tokens.Add(text[start..i]);
        }

        return tokens;
    }

    // Letters and digits; after them a decimal point with digits and a per cent sign belong to the token.
    private static int EndOfWord(string text, int i)
    {
        while (i < text.Length && char.IsAsciiLetterOrDigit(text[i]))
        {
            i++;
        }

        if (i + 1 < text.Length && text[i] == '.' && char.IsAsciiDigit(text[i + 1]))
        {
            i++;
            while (i < text.Length && char.IsAsciiDigit(text[i]))
            {
                i++;
            }
        }

        return i < text.Length && text[i] == '%' ? i + 1 : i;
    }

    private static bool IsHan(char c) => c is >= '\u4E00' and <= '\u9FD5';
}
