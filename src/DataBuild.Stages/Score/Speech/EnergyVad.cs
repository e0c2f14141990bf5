using DataBuild.Stages.Extract.Audio;

namespace DataBuild.Stages.Score.Speech;

/// <summary>
/// Tells speech by its energy alone: a frame is speech where its level lies well above the recording's noise floor, its tenth percentile. A baseline that needs no model; music and loud noise
/// count as speech.
/// </summary>
public static class EnergyVad
{
    /// <summary>Length of a frame in milliseconds.</summary>
    public const int Frame = 20;

    private const double Silence = -100;

    /// <summary>Levels of the frames in decibels below full scale, as root of the mean square; -100 for silence. A last frame that is not full counts by what there is of it.</summary>
    public static float[] Levels(AudioSignal audio)
    {
        ArgumentNullException.ThrowIfNull(audio);
        int size = Math.Max(1, audio.SampleRate * Frame / 1000);
        float[] levels = new float[(audio.Samples.Length + size - 1) / size];
        for (int i = 0; i < levels.Length; i++)
        {
            ReadOnlySpan<float> frame = audio.Samples.AsSpan(i * size, Math.Min(size, audio.Samples.Length - (i * size)));
            double sum = 0;
            foreach (float sample in frame)
            {
                sum += (double)sample * sample;
            }

            double level = sum == 0 ? Silence : Math.Max(Silence, 10 * Math.Log10(sum / frame.Length));

            // To a hundredth: logarithms differ in their last bits from machine to machine.
            levels[i] = (float)Math.Round(level, 2, MidpointRounding.ToEven);
        }

        return levels;
    }

    /// <summary>Whether each frame is speech.</summary>
    /// <param name="levels">Levels of the frames.</param>
    /// <param name="margin">Decibels above the noise floor.</param>
    /// <param name="least">Level below which nothing is speech.</param>
    /// <param name="most">Level above which everything is: a recording that is speech throughout has its floor within the speech.</param>
    public static bool[] IsSpeech(ReadOnlySpan<float> levels, double margin, double least, double most)
    {
        float[] sorted = levels.ToArray();
        Array.Sort(sorted);
        double floor = sorted.Length == 0 ? 0 : sorted[(sorted.Length - 1) / 10];
        double threshold = Math.Clamp(floor + margin, least, most);
        bool[] speech = new bool[levels.Length];
        for (int i = 0; i < speech.Length; i++)
        {
            speech[i] = levels[i] >= threshold;
        }

        return speech;
    }
}
