using System.Collections.Concurrent;

namespace DataBuild.Stages.Score.Speech;

/// <summary>Changes the sampling rate of recordings by a sinc under a Hann window, sixteen zero crossings to each side.</summary>
public static class Resampler
{
    private const int Crossings = 16;
    private const double Rolloff = 0.945;

    // Rates without a large common divisor have a phase for nearly every sample: those are computed as they come.
    private const int MostPhases = 4096;

    private static readonly ConcurrentDictionary<(int From, int To), double[][]> Kernels = new();

    /// <summary>The samples at another rate; as many as the recording's length asks for, rounded up.</summary>
    public static float[] Resample(ReadOnlySpan<float> samples, int from, int to)
    {
        if (from == to)
        {
            return samples.ToArray();
        }

        int divisor = (int)System.Numerics.BigInteger.GreatestCommonDivisor(from, to);
        int phases = to / divisor;
        int reach = Reach(from, to);
        double[][]? kernels = phases <= MostPhases ? Kernels.GetOrAdd((from, to), _ => [.. Enumerable.Range(0, phases).Select(p => KernelOf(p, from, to))]) : null;
        float[] result = new float[(((long)samples.Length * to) + from - 1) / from];
        for (int i = 0; i < result.Length; i++)
        {
            // The sample at or before this one's place, and how far it lies behind it in parts of 1 / phases.
            long place = (long)i * (from / divisor);
            int before = (int)(place / phases);
            int phase = (int)(place % phases);
            double[] kernel = kernels?[phase] ?? KernelOf(phase, from, to);
            int first = Math.Max(0, before - reach);
            int last = Math.Min(samples.Length - 1, before + reach);
            double sum = 0;
            for (int j = first; j <= last; j++)
            {
                sum += samples[j] * kernel[j - before + reach];
            }

            result[i] = (float)sum;
        }

        return result;
    }

    private static double CutoffOf(int from, int to) => Math.Min(1.0, (double)to / from) * Rolloff;

    private static int Reach(int from, int to) => (int)Math.Ceiling(Crossings / CutoffOf(from, to)) + 1;

    // Weights of the samples around a place that lies phase / phases behind one of them.
    private static double[] KernelOf(int phase, int from, int to)
    {
        double cutoff = CutoffOf(from, to);
        double width = Crossings / cutoff;
        int reach = Reach(from, to);
        double behind = phase / (double)(to / (int)System.Numerics.BigInteger.GreatestCommonDivisor(from, to));
        double[] kernel = new double[(2 * reach) + 1];
        for (int k = 0; k < kernel.Length; k++)
        {
            double x = behind - (k - reach);
            double sinc = x == 0 ? 1 : Math.Sin(Math.PI * x * cutoff) / (Math.PI * x * cutoff);
            kernel[k] = Math.Abs(x) > width ? 0 : sinc * (0.5 + (0.5 * Math.Cos(Math.PI * x / width))) * cutoff;
        }

        return kernel;
    }
}
