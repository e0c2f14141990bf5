using System.Text;

namespace DataBuild.Stages.Score.Speech;

/// <summary>Word and character error rates: edits from one text to the other, over the length of the first (Levenshtein 1966).</summary>
public static class ErrorRate
{
    /// <summary>Character error rate: letters, marks and digits in lower case, whatever stands between them.</summary>
    /// <returns>0 for two empty texts; 1 for an empty reference and a text.</returns>
    public static double OfCharacters(string reference, string text) => Of([.. Words(reference).SelectMany(w => w.EnumerateRunes())], [.. Words(text).SelectMany(w => w.EnumerateRunes())]);

    /// <summary>Word error rate: words that hold a letter or a digit, in lower case, without punctuation.</summary>
    public static double OfWords(string reference, string text) => Of(Words(reference), Words(text));

    /// <summary>The words of a text as rates compare them.</summary>
    public static string[] Words(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> words = [];
        StringBuilder word = new();
        foreach (Rune rune in text.ToLowerInvariant().EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark)
            {
                word.Append(rune.ToString());
            }
            else if (Rune.IsWhiteSpace(rune) || rune.Value is '-' or '/')
            {
                Flush();
            }
        }

        Flush();
        return [.. words];

        void Flush()
        {
            if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }
    }

    private static double Of<T>(T[] reference, T[] text)
        where T : IEquatable<T>
    {
        if (reference.Length == 0)
        {
            return text.Length == 0 ? 0 : 1;
        }

        int[] row = [.. Enumerable.Range(0, text.Length + 1)];
        for (int i = 1; i <= reference.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= text.Length; j++)
            {
                int cost = diagonal + (reference[i - 1].Equals(text[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(cost, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return (double)row[text.Length] / reference.Length;
    }
}
