namespace DataBuild.Stages.Extract.Labelling;

/// <summary>Reads a labeller's answer (forms of MinerU-HTML, arXiv 2511.23119, section 3).</summary>
internal static class BlockAnswer
{
    /// <summary>
    /// Marks the blocks that the answer calls main. An id that the answer lacks counts as other. False where no label of any block is found, or
    /// the answer names more ids that the page lacks than it has: <paramref name="kept"/> is then undefined.
    /// </summary>
    public static bool TryRead(string? answer, Span<bool> kept)
    {
        kept.Clear();
        if (answer is null)
        {
            return false;
        }

        int labelled = 0;
        int unknown = 0;
        ReadOnlySpan<char> rest = Core(answer);
        while (!rest.IsEmpty)
        {
            int digit = rest.IndexOfAnyInRange('0', '9');
            if (digit < 0)
            {
                break;
            }

            rest = rest[digit..];
            int end = rest.IndexOfAnyExceptInRange('0', '9');
            if (end < 0)
            {
                break;
            }

            bool valid = int.TryParse(rest[..end], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int id);
            rest = rest[end..];
            ReadOnlySpan<char> label = rest.TrimStart("\"': \t\n");
            bool main = label.StartsWith("main", StringComparison.OrdinalIgnoreCase);
            if (!main && !label.StartsWith("other", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (!valid || id < 1 || id > kept.Length)
            {
                unknown++;
                continue;
            }

            kept[id - 1] = main;
            labelled++;
        }

        return labelled > 0 && unknown <= kept.Length;
    }

    // What models say before and after: thoughts up to </think>, words around <answer> or around a JSON object.
    private static ReadOnlySpan<char> Core(string answer)
    {
        ReadOnlySpan<char> text = answer;
        int thought = text.LastIndexOf("</think>", StringComparison.OrdinalIgnoreCase);
        text = thought < 0 ? text : text[(thought + "</think>".Length)..];
        int open = text.IndexOf("<answer>", StringComparison.OrdinalIgnoreCase);
        if (open >= 0)
        {
            text = text[(open + "<answer>".Length)..];
            int close = text.IndexOf("</answer>", StringComparison.OrdinalIgnoreCase);
            return close < 0 ? text : text[..close];
        }

        int brace = text.IndexOf('{');
        if (brace < 0)
        {
            return text;
        }

        text = text[brace..];
        int last = text.LastIndexOf('}');
        return last < 0 ? text : text[..last];
    }
}
