using System.Text;
using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Score.Paired;

/// <summary>
/// Cuts the sentence that holds a token, and those after it that a judge is to see, out of a text. Sentences are those of <see cref="SentenceSplitter"/> on the unmarked text; the
/// published code splits (by Punkt) with the marks in place, which may hide the beginning of a sentence.
/// </summary>
internal static class BranchSentences
{
    /// <summary>Bytes before the sentence that holds a token; a token that begins it after white space of its own begins it as a whole.</summary>
    /// <param name="before">Text before the token.</param>
    /// <param name="token">The token.</param>
    /// <param name="after">Text after it.</param>
    public static int StartOf(byte[] before, byte[] token, byte[] after)
    {
        (PartList parts, int index) = Find(before, token, after);
        return index < 0 ? before.Length : Math.Min(before.Length, parts.Start(index));
    }

    /// <summary>The text from a place to the end of the sentence that holds the token and of some more, with the token marked.</summary>
    /// <param name="before">Text before the token.</param>
    /// <param name="token">The token.</param>
    /// <param name="after">Text after it.</param>
    /// <param name="start">Bytes of the text that are left out.</param>
    /// <param name="more">Sentences after that of the token.</param>
    public static string Mark(byte[] before, byte[] token, byte[] after, int start, int more)
    {
        byte[] shared = before[start..];
        (PartList parts, int index) = Find(shared, token, after);
        int tokenEnd = shared.Length + token.Length;
        int end = index < 0 ? tokenEnd : Math.Max(tokenEnd, parts.End(Math.Min(parts.Count - 1, index + more)));
        return string.Concat(Encoding.UTF8.GetString(shared), "<<", Encoding.UTF8.GetString(token), ">>", Encoding.UTF8.GetString(after.AsSpan(0, end - tokenEnd))).TrimEnd();
    }

    // White space before a word belongs to the sentence before: the token's own begins with what is not.
    private static (PartList Parts, int Index) Find(byte[] before, byte[] token, byte[] after)
    {
        PartList parts = new();
        SentenceSplitter.Split((byte[])[.. before, .. token, .. after], parts);
        int at = before.Length + (token.AsSpan().IndexOfAnyExcept(" \t\r\n"u8) is > 0 and var blank ? blank : 0);
        for (int i = 0; i < parts.Count; i++)
        {
            if (at < parts.End(i))
            {
                return (parts, i);
            }
        }

        return (parts, parts.Count - 1);
    }
}
