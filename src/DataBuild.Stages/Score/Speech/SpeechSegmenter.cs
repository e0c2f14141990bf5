namespace DataBuild.Stages.Score.Speech;

/// <summary>Cuts recordings into segments of speech whose length lies between two bounds (TouchTTS: 2 to 30 seconds).</summary>
public static class SpeechSegmenter
{
    /// <summary>The segments, in order, without overlap, each of a length within the bounds.</summary>
    /// <param name="isSpeech">Whether each frame is speech.</param>
    /// <param name="levels">How loud each frame is: a run that is too long is cut where it is quietest.</param>
    /// <param name="frame">Length of a frame in milliseconds.</param>
    /// <param name="length">Length of the recording in milliseconds.</param>
    /// <param name="rules">The rules.</param>
    public static IReadOnlyList<(int Start, int End)> Cut(ReadOnlySpan<bool> isSpeech, ReadOnlySpan<float> levels, int frame, int length, SegmentRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        List<(int Start, int End)> runs = Padded(Runs(isSpeech, frame, length, rules), length, rules.Padding);
        List<(int Start, int End)> bounded = [];
        foreach ((int start, int end) in runs)
        {
            int from = start;
            while (end - from > rules.MaxLength)
            {
                int cut = Quietest(levels, frame, from + Math.Max(rules.MinLength, rules.MaxLength / 2), Math.Min(from + rules.MaxLength, end - rules.MinLength));
                bounded.Add((from, cut));
                from = cut;
            }

            bounded.Add((from, end));
        }

        return Joined(bounded, rules);
    }

    private static List<(int Start, int End)> Runs(ReadOnlySpan<bool> isSpeech, int frame, int length, SegmentRules rules)
    {
        List<(int Start, int End)> runs = [];
        for (int i = 0; i < isSpeech.Length; i++)
        {
            if (isSpeech[i])
            {
                int start = i * frame;
                int end = Math.Min(length, start + frame);
                if (runs.Count > 0 && start - runs[^1].End < rules.MinSilence)
                {
                    runs[^1] = (runs[^1].Start, end);
                }
                else
                {
                    runs.Add((start, end));
                }
            }
        }

        runs.RemoveAll(r => r.End - r.Start < rules.MinSpeech);
        return runs;
    }

    // Two runs share the pause between them.
    private static List<(int Start, int End)> Padded(List<(int Start, int End)> runs, int length, int padding) =>
    [
        .. runs.Select((run, i) => (
            Math.Max(run.Start - padding, i == 0 ? 0 : (runs[i - 1].End + run.Start + 1) / 2),
            Math.Min(run.End + padding, i == runs.Count - 1 ? length : (run.End + runs[i + 1].Start + 1) / 2))),
    ];

    private static int Quietest(ReadOnlySpan<float> levels, int frame, int from, int to)
    {
        int best = from;
        float level = float.PositiveInfinity;
        for (int at = (from + frame - 1) / frame; at * frame <= to && at < levels.Length; at++)
        {
            if (levels[at] < level)
            {
                (best, level) = (at * frame, levels[at]);
            }
        }

        return best;
    }

    // From left to right: a segment that is too short takes in the next one, as long as both are near and fit; what stays too short is left out.
    private static List<(int Start, int End)> Joined(List<(int Start, int End)> segments, SegmentRules rules)
    {
        List<(int Start, int End)> joined = [];
        foreach ((int start, int end) in segments)
        {
            bool isShort = joined.Count > 0 && (joined[^1].End - joined[^1].Start < rules.MinLength || end - start < rules.MinLength);
            if (isShort && start - joined[^1].End <= rules.JoinGap && end - joined[^1].Start <= rules.MaxLength)
            {
                joined[^1] = (joined[^1].Start, end);
            }
            else
            {
                joined.Add((start, end));
            }
        }

        joined.RemoveAll(s => s.End - s.Start < rules.MinLength);
        return joined;
    }
}
