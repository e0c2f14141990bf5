namespace DataBuild.Stages.Score.Speech;

/// <summary>Changes the sampling rate of recordings by a sinc under a Hann window, sixteen zero crossings to each side.</summary>
public static class Resampler
{
    private const int Crossings = 16;
    private const double Rolloff = 0.945;

    /// <summary>The samples at another rate; as many as the recording's length asks for, rounded up.</summary>
    public static float[] Resample(ReadOnlySpan<float> samples, int from, int to)
    {
        if (from == to)
        {
            return samples.ToArray();
        }

        double cutoff = Math.Min(1.0, (double)to / from) * Rolloff;
        double reach = Crossings / cutoff;
        float[] result = new float[(((long)samples.Length * to) + from - 1) / from];
        for (int i = 0; i < result.Length; i++)
        {
            double at = (double)i * from / to;
            int first = Math.Max(0, (int)Math.Ceiling(at - reach));
            int last = Math.Min(samples.Length - 1, (int)Math.Floor(at + reach));
            double sum = 0;
            for (int j = first; j <= last; j++)
            {
                double x = at - j;
                double sinc = x == 0 ? 1 : Math.Sin(Math.PI * x * cutoff) / (Math.PI * x * cutoff);
                double window = 0.5 + (0.5 * Math.Cos(Math.PI * x / reach));
                sum += samples[j] * sinc * window * cutoff;
            }

            result[i] = (float)sum;
        }

        return result;
    }
}
