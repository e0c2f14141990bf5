namespace DataBuild.Stages.Extract.Audio;

/// <summary>A recording as one channel of samples.</summary>
/// <param name="SampleRate">Samples a second.</param>
/// <param name="Samples">Samples, full scale at -1 and 1; channels are averaged.</param>
public sealed record AudioSignal(int SampleRate, float[] Samples)
{
    /// <summary>Length in milliseconds, rounded down.</summary>
    public long Milliseconds => (long)Samples.Length * 1000 / SampleRate;

    /// <summary>The samples from one time to another, both in milliseconds.</summary>
    public ReadOnlyMemory<float> Between(int start, int end)
    {
        int from = (int)Math.Min(Samples.Length, (long)start * SampleRate / 1000);
        int to = (int)Math.Min(Samples.Length, (long)end * SampleRate / 1000);
        return Samples.AsMemory(from, Math.Max(0, to - from));
    }
}
