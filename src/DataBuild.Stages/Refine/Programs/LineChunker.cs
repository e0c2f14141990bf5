using System.Globalization;

namespace DataBuild.Stages.Refine.Programs;

/// <summary>
/// Cuts a text into chunks of numbered lines (as ProX, GAIR-NLP/ProX b3fcbb2, data_gen/tasks/apply_chunk_refining.py): numbers count over the whole text, a chunk takes lines while
/// its tokens fit, a line that is longer stands alone.
/// </summary>
public sealed class LineChunker
{
    /// <summary>Counts tokens.</summary>
    public required Func<string, int> CountTokens { get; init; }

    /// <summary>Tokens of a chunk at most, numbers included.</summary>
    public int MaxTokens { get; init; } = 1500;

    /// <summary>Number of the first line.</summary>
    public int FirstNumber { get; init; }

    /// <summary>Digits of a number at least.</summary>
    public int Digits { get; init; } = 3;

    /// <summary>Lines at the end of a chunk that the next one shows again.</summary>
    public int Overlap { get; init; }

    /// <summary>Cuts a text.</summary>
    public List<NumberedChunk> Cut(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] lines = text.Split('\n');
        string[] numbered = new string[lines.Length];
        int[] tokens = new int[lines.Length];
        string format = "D" + Digits.ToString(CultureInfo.InvariantCulture);
        for (int i = 0; i < lines.Length; i++)
        {
            numbered[i] = $"[{(FirstNumber + i).ToString(format, CultureInfo.InvariantCulture)}]{lines[i]}";
            tokens[i] = CountTokens(numbered[i]);
        }

        List<NumberedChunk> chunks = [];
        int start = 0;
        while (start < lines.Length)
        {
            int end = start;
            int sum = 0;
            while (end < lines.Length && (end == start || sum + tokens[end] <= MaxTokens))
            {
                sum += tokens[end++];
            }

            chunks.Add(new NumberedChunk(start, string.Join('\n', numbered[start..end])));
            start = end == lines.Length ? end : Math.Max(start + 1, end - Overlap);
        }

        return chunks;
    }
}
