using CsCheck;
using DataBuild.Stages.Extract.Audio;
using DataBuild.Stages.Score.Speech;

namespace DataBuild.Tests.Score.Speech;

/// <summary>Segments of speech have the lengths that were asked for, lie apart, and cover what is speech.</summary>
public sealed class SpeechSegmenterTests
{
    private const int Frame = 20;
    private static readonly SegmentRules Rules = new();

    [Fact]
    public void EverySegmentHasALengthWithinTheBounds() => Gen.Int[1, 900].Array[1, 30].Sample(lengths =>
    {
        // Speech and pauses by turns, in frames.
        bool[] speech = [.. lengths.SelectMany((n, i) => Enumerable.Repeat(i % 2 == 0, n))];
        float[] levels = [.. speech.Select((s, i) => s ? -20f - (i % 7) : -80f)];
        int length = speech.Length * Frame;
        IReadOnlyList<(int Start, int End)> segments = SpeechSegmenter.Cut(speech, levels, Frame, length, Rules);
        Assert.All(segments, s => Assert.InRange(s.End - s.Start, Rules.MinLength, Rules.MaxLength));
        Assert.All(segments, s => Assert.InRange(s.Start, 0, length));
        Assert.All(segments, s => Assert.InRange(s.End, 0, length));
        Assert.All(segments.Zip(segments.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start));

        // A run of speech that is long enough by itself is in some segment to its last frame.
        int at = 0;
        for (int i = 0; i < lengths.Length; at += lengths[i++])
        {
            if (i % 2 == 0 && lengths[i] * Frame is int run && run >= Rules.MinLength && run <= Rules.MaxLength - (2 * Rules.Padding))
            {
                int middle = (at + (lengths[i] / 2)) * Frame;
                Assert.Contains(segments, s => s.Start <= middle && middle < s.End);
            }
        }
    });

    [Theory]
    [InlineData("100s", "")] // 0.1 s of speech alone
    [InlineData("1900s", "")]
    [InlineData("2000s", "0-2000")]
    [InlineData("30000s", "0-30000")]
    [InlineData("1500s 280p 1500s", "0-3280")] // a pause below 0.3 s does not end a run
    [InlineData("1500s 900p 1500s", "0-3900")] // two short ones become one
    [InlineData("1500s 1400p 1500s", "")] // too far apart
    [InlineData("2500s 1400p 2500s", "0-2600 3800-6400")] // padded by 0.1 s
    [InlineData("40p 2500s 40p", "0-2580")]
    [InlineData("2500s 3000p 80s 3000p", "0-2600")] // a click is noise
    public void RunsBecomeSegments(string runs, string expected)
    {
        bool[] speech = [.. runs.Split(' ').SelectMany(r => Enumerable.Repeat(r[^1] == 's', int.Parse(r[..^1], System.Globalization.CultureInfo.InvariantCulture) / Frame))];
        IReadOnlyList<(int Start, int End)> segments = SpeechSegmenter.Cut(speech, new float[speech.Length], Frame, speech.Length * Frame, Rules);
        Assert.Equal(expected, string.Join(' ', segments.Select(s => $"{s.Start}-{s.End}")));
    }

    [Fact]
    public void WhatIsTooLongIsCutWhereItIsQuietest()
    {
        bool[] speech = [.. Enumerable.Repeat(true, 2000)]; // 40 s
        float[] levels = [.. Enumerable.Range(0, 2000).Select(i => i == 1111 ? -60f : -20f)];
        Assert.Equal([(0, 1111 * Frame), (1111 * Frame, 40000)], SpeechSegmenter.Cut(speech, levels, Frame, 40000, Rules));
    }

    [Fact]
    public void ACutLeavesEnoughBehindIt()
    {
        bool[] speech = [.. Enumerable.Repeat(true, 1525)]; // 30.5 s
        float[] levels = [.. Enumerable.Range(0, 1525).Select(i => (float)-i)]; // ever quieter
        IReadOnlyList<(int Start, int End)> segments = SpeechSegmenter.Cut(speech, levels, Frame, 30500, Rules);
        Assert.Equal([(0, 28500), (28500, 30500)], segments);
    }

    [Fact]
    public void ATonesLevelIsThatOfItsAmplitude()
    {
        float[] tone = [.. Enumerable.Range(0, 8000).Select(i => (float)(0.1 * Math.Sin(2 * Math.PI * 500 * i / 8000)))];
        Assert.All(EnergyVad.Levels(new AudioSignal(8000, tone)), level => Assert.Equal(-23.01, level, 2)); // 20 log10(0.1 / sqrt 2)
        Assert.All(EnergyVad.Levels(new AudioSignal(8000, new float[100])), level => Assert.Equal(-100, level));
    }

    [Fact]
    public void SpeechIsWhatLiesAboveTheFloor()
    {
        float[] levels = [.. Enumerable.Repeat(-70f, 50), .. Enumerable.Repeat(-40f, 50)];
        Assert.Equal(50, EnergyVad.IsSpeech(levels, 12, -50, -30).Count(s => s));
        Assert.DoesNotContain(true, EnergyVad.IsSpeech([.. Enumerable.Repeat(-51f, 100)], 0, -50, -30));
        Assert.DoesNotContain(false, EnergyVad.IsSpeech([.. Enumerable.Repeat(-25f, 100)], 12, -50, -30)); // speech throughout
        Assert.Empty(EnergyVad.IsSpeech([], 12, -50, -30));
    }

    [Theory]
    [InlineData(8000, 16000)]
    [InlineData(44100, 16000)]
    [InlineData(16000, 8000)]
    public void AToneKeepsItsShapeAtAnotherRate(int from, int to)
    {
        float[] tone = [.. Enumerable.Range(0, from).Select(i => (float)Math.Sin(2 * Math.PI * 440 * i / from))];
        float[] resampled = Resampler.Resample(tone, from, to);
        Assert.Equal(to, resampled.Length);
        for (int i = to / 10; i < to * 9 / 10; i++)
        {
            Assert.Equal(Math.Sin(2 * Math.PI * 440 * i / to), resampled[i], 0.005);
        }
    }

    [Fact]
    public void WhatTheNewRateCannotHoldIsGone()
    {
        float[] tone = [.. Enumerable.Range(0, 16000).Select(i => (float)Math.Sin(2 * Math.PI * 6000 * i / 16000))];
        Assert.All(Resampler.Resample(tone, 16000, 8000)[400..7600], s => Assert.InRange(s, -0.01f, 0.01f));
    }
}
