namespace DataBuild.Stages.Score;

/// <summary>
/// The middle of a text, as NVIDIA's pipeline cuts it before it scores (NeMo Curator 1e2e4275e, nemo_curator/stages/math/classifiers/finemath.py): from n characters before the middle to n after it,
/// and never with the last character, which is how it is written there.
/// </summary>
public static class CenterCrop
{
    /// <summary>The middle of a text, counted in code points.</summary>
    /// <param name="text">Text.</param>
    /// <param name="around">Characters on each side of the middle; 0 for the whole text.</param>
    public static string Of(string text, int around)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (around == 0 || text.Length == 0)
        {
            return text;
        }

        int[]? starts = text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? Starts(text) : null;
        int length = starts?.Length ?? text.Length;
        int middle = length / 2;
        int begin = Math.Max(0, middle - around);
        int end = Math.Max(begin, (int)Math.Min((long)middle + around, length - 1));
        return starts is null ? text[begin..end] : text[starts[begin]..starts[end]];
    }

    private static int[] Starts(string text) => [.. Enumerable.Range(0, text.Length).Where(i => i == 0 || !char.IsSurrogatePair(text[i - 1], text[i]))];
}
