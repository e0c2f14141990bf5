using System.Text.RegularExpressions;

namespace DataBuild.Stages.Generate.Rephrase;

/// <summary>What a rephrasing model answers (RePro, arXiv 2510.10681; JerryYan123/RePro, 108f038): thoughts, a sentence that announces the text, and the text.</summary>
public static partial class RephraseAnswer
{
    /// <summary>The sentence after which the text stands.</summary>
    public const string Marker = "Here is a paraphrased version:";

    /// <summary>Whether an answer has the form that RePro rewards.</summary>
    public static bool HasFormat(string answer) => Format().IsMatch(answer);

    /// <summary>The text after the marker; empty where the answer lacks it. Without a marker the whole answer, less thoughts.</summary>
    /// <param name="answer">Answer.</param>
    /// <param name="marker">The sentence; empty for none.</param>
    public static string TextOf(string answer, string marker = Marker)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(marker);
        if (marker.Length == 0)
        {
            return Thoughts().Replace(answer, "").Trim();
        }

        int at = answer.IndexOf(marker, StringComparison.Ordinal);
        return at < 0 ? "" : answer[(at + marker.Length)..].Trim();
    }

    /// <summary>A text in slices of that many UTF-16 units; a pair of surrogates is not cut.</summary>
    public static List<string> Slice(string text, int length)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> slices = [];
        for (int start = 0; start < text.Length;)
        {
            int end = Math.Min(text.Length, start + length);
            end -= end < text.Length && end - start > 1 && char.IsHighSurrogate(text[end - 1]) ? 1 : 0;
            slices.Add(text[start..end]);
            start = end;
        }

        return slices;
    }

    // Python's re without flags: a dot is no line end.
    [GeneratedRegex(@"^<think>\n.*?\n</think>\n\nHere is a paraphrased version:")]
    private static partial Regex Format();

    [GeneratedRegex(@"^\s*<think>.*?</think>", RegexOptions.Singleline)]
    private static partial Regex Thoughts();
}
