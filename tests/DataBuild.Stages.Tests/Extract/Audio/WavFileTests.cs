using System.Buffers.Binary;
using CsCheck;
using DataBuild.Stages.Extract.Audio;

namespace DataBuild.Tests.Extract.Audio;

/// <summary>WAV files of every kind are read, and damaged ones are told.</summary>
public sealed class WavFileTests
{
    private const int Pcm = 1;
    private const int FloatingPoint = 3;

    [Fact]
    public void EverySampleFormatIsRead()
    {
        Assert.Equal([-1f, 0f, 0.5f], Read(Wav(Pcm, 1, 8, [0, 128, 192])));
        Assert.Equal([-1f, 0f, 0.5f], Read(Wav(Pcm, 1, 16, [0, 0x80, 0, 0, 0, 0x40])));
        Assert.Equal([-1f, 0f, 0.5f], Read(Wav(Pcm, 1, 24, [0, 0, 0x80, 0, 0, 0, 0, 0, 0x40])));
        Assert.Equal([-1f, 0f, 0.5f], Read(Wav(Pcm, 1, 32, [0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x40])));
        Assert.Equal([-0.25f, 0.5f], Read(Wav(FloatingPoint, 1, 32, [.. BitConverter.GetBytes(-0.25f), .. BitConverter.GetBytes(0.5f)])));
        Assert.Equal([0.125f], Read(Wav(FloatingPoint, 1, 64, BitConverter.GetBytes(0.125))));
        Assert.Equal([0f], Read(Wav(FloatingPoint, 1, 32, BitConverter.GetBytes(float.NaN))));
    }

    [Fact]
    public void ChannelsAreAveraged()
    {
        AudioSignal audio = WavFile.Decode(Wav(Pcm, 2, 16, [0, 0x40, 0, 0, 0, 0x20, 0, 0x20]), 10, out int channels, out _)!;
        Assert.Equal((2, 8000), (channels, audio.SampleRate));
        Assert.Equal([0.25f, 0.25f], audio.Samples);
    }

    [Fact]
    public void WhatIsWrittenIsReadAgain() => Gen.Short.Array[0, 500].Sample(values =>
    {
        float[] samples = [.. values.Select(v => v / 32768f)];
        Assert.Equal(samples, Read(WavFile.Encode(samples, 8000)));
    });

    [Fact]
    public void OtherChunksAndTheExtensibleFormAreRead()
    {
        byte[] plain = Wav(Pcm, 1, 16, [0, 0x40]);
        byte[] list = [.. "LIST"u8, 3, 0, 0, 0, 1, 2, 3, 0]; // an odd chunk is followed by a byte that fills it up
        Assert.Equal([0.5f], Read([.. plain[..12], .. list, .. plain[12..]]));

        byte[] extensible = [.. "RIFF"u8, 0, 0, 0, 0, .. "WAVEfmt "u8, 40, 0, 0, 0, .. plain[20..36], .. new byte[24], .. plain[36..]];
        BinaryPrimitives.WriteUInt16LittleEndian(extensible.AsSpan(20), 0xFFFE);
        BinaryPrimitives.WriteUInt16LittleEndian(extensible.AsSpan(44), Pcm);
        Assert.Equal([0.5f], Read(extensible));
    }

    [Fact]
    public void ARecorderThatStreamedAndAFileAboveFourGigabytesAreRead()
    {
        byte[] streamed = Wav(Pcm, 1, 16, [0, 0x40, 0, 0x20]);
        BinaryPrimitives.WriteUInt32LittleEndian(streamed.AsSpan(40), uint.MaxValue);
        Assert.Equal([0.5f, 0.25f], Read(streamed));

        byte[] sizes = [.. "ds64"u8, 28, 0, 0, 0, .. new byte[8], 2, 0, 0, 0, 0, 0, 0, 0, .. new byte[12]];
        Assert.Equal([0.5f], Read([.. "RF64"u8, .. streamed[4..12], .. sizes, .. streamed[12..]]));
    }

    [Theory]
    [InlineData("", "not_audio")]
    [InlineData("RIFF1234AVI fmt ", "not_audio")]
    [InlineData("RIFF1234WAVE", "damaged_audio")]
    [InlineData("RIFF1234WAVEdata\0\0\0\0", "damaged_audio")]
    public void WhatIsNoRecordingIsTold(string content, string expected)
    {
        Assert.Null(WavFile.Decode(System.Text.Encoding.Latin1.GetBytes(content), 10, out _, out string? fault));
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void AFileThatEndsTooEarlyIsDamagedAtEveryLength()
    {
        byte[] file = Wav(Pcm, 1, 16, new byte[20]);
        for (int length = 12; length < file.Length; length++)
        {
            Assert.Null(WavFile.Decode(file.AsSpan(0, length), 10, out _, out string? fault));
            Assert.Equal("damaged_audio", fault);
        }
    }

    [Theory]
    [InlineData(2, 4)]
    [InlineData(Pcm, 12)]
    [InlineData(FloatingPoint, 16)]
    public void OtherCodingsAreTold(int kind, int bits)
    {
        Assert.Null(WavFile.Decode(Wav(kind, 1, bits, new byte[20]), 10, out _, out string? fault));
        Assert.Equal("unsupported_audio", fault);
    }

    [Fact]
    public void ALongRecordingIsNotDecoded()
    {
        Assert.Null(WavFile.Decode(Wav(Pcm, 1, 8, new byte[8001]), 1, out _, out string? fault));
        Assert.Equal("audio_too_long", fault);
        Assert.NotNull(WavFile.Decode(Wav(Pcm, 1, 8, new byte[8000]), 1, out _, out _));
    }

    [Fact]
    public void NothingThatHappensToAFileThrows()
    {
        byte[] file = Wav(Pcm, 2, 24, new byte[60]);
        Gen.Int[0, file.Length - 1].Array[1, 4].Select(Gen.Byte).Sample((positions, value) =>
        {
            byte[] changed = [.. file];
            Array.ForEach(positions, p => changed[p] = value);
            WavFile.Decode(changed, 10, out _, out _);
        });
    }

    private static float[] Read(byte[] file)
    {
        AudioSignal? audio = WavFile.Decode(file, 100, out _, out string? fault);
        Assert.Null(fault);
        return audio!.Samples;
    }

    private static byte[] Wav(int kind, int channels, int bits, byte[] data)
    {
        byte[] file = new byte[44 + data.Length];
        WavFile.Encode([], 8000).CopyTo(file, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(20), (ushort)kind);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(22), (ushort)channels);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(32), (ushort)(channels * bits / 8));
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(34), (ushort)bits);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), data.Length);
        data.CopyTo(file, 44);
        return file;
    }
}
