using System.Buffers.Binary;

namespace DataBuild.Stages.Extract.Audio;

/// <summary>Reads and writes RIFF/WAVE files (Multimedia Programming Interface and Data Specifications 1.0; EBU Tech 3306 for RF64): linear PCM and floating point.</summary>
public static class WavFile
{
    private const int Pcm = 1;
    private const int FloatingPoint = 3;
    private const int Extensible = 0xFFFE;
    private const uint Unknown = 0xFFFFFFFF;

    /// <summary>Decodes a file.</summary>
    /// <param name="content">The file.</param>
    /// <param name="maxSeconds">Longest recording that is decoded.</param>
    /// <param name="channels">Channels of the file; 0 where there is no signal.</param>
    /// <param name="fault">Why there is none: <c>not_audio</c>, <c>damaged_audio</c>, <c>unsupported_audio</c>, <c>audio_too_long</c>.</param>
    public static AudioSignal? Decode(ReadOnlySpan<byte> content, double maxSeconds, out int channels, out string? fault)
    {
        channels = 0;
        if (content.Length < 12 || !(content.StartsWith("RIFF"u8) || content.StartsWith("RF64"u8)) || !content[8..].StartsWith("WAVE"u8))
        {
            fault = "not_audio";
            return null;
        }

        ReadOnlySpan<byte> format = default;
        long dataLength = -1;
        for (long at = 12; at + 8 <= content.Length;)
        {
            ReadOnlySpan<byte> chunk = content[(int)at..];
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk.StartsWith("ds64"u8) && chunk.Length >= 24)
            {
                dataLength = BinaryPrimitives.ReadInt64LittleEndian(chunk[16..]);
            }
            else if (chunk.StartsWith("fmt "u8) && length >= 16 && chunk.Length >= 8 + length)
            {
                format = chunk.Slice(8, (int)length);
            }
            else if (chunk.StartsWith("data"u8))
            {
                // A recorder that streamed did not know the length: what is there counts.
                ReadOnlySpan<byte> data = chunk[8..];
                long declared = length == Unknown ? dataLength : length;
                bool isStreamed = length == Unknown && dataLength < 0;
                if (!isStreamed && (declared < 0 || declared > data.Length))
                {
                    fault = "damaged_audio";
                    return null;
                }

                return Decode(format, isStreamed ? data : data[..(int)declared], maxSeconds, out channels, out fault);
            }

            at += 8 + length + (length & 1);
        }

        fault = "damaged_audio";
        return null;
    }

    /// <summary>A file of one channel in 16-bit samples, rounded half to even.</summary>
    public static byte[] Encode(ReadOnlySpan<float> samples, int sampleRate)
    {
        byte[] file = new byte[44 + (samples.Length * 2)];
        Span<byte> at = file;
        "RIFF"u8.CopyTo(at);
        BinaryPrimitives.WriteInt32LittleEndian(at[4..], file.Length - 8);
        "WAVEfmt "u8.CopyTo(at[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(at[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(at[20..], Pcm);
        BinaryPrimitives.WriteInt16LittleEndian(at[22..], 1);
        BinaryPrimitives.WriteInt32LittleEndian(at[24..], sampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(at[28..], sampleRate * 2);
        BinaryPrimitives.WriteInt16LittleEndian(at[32..], 2);
        BinaryPrimitives.WriteInt16LittleEndian(at[34..], 16);
        "data"u8.CopyTo(at[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(at[40..], samples.Length * 2);
        for (int i = 0; i < samples.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(at[(44 + (i * 2))..], (short)Math.Clamp(MathF.Round(samples[i] * 32768f, MidpointRounding.ToEven), short.MinValue, short.MaxValue));
        }

        return file;
    }

    private static AudioSignal? Decode(ReadOnlySpan<byte> format, ReadOnlySpan<byte> data, double maxSeconds, out int channels, out string? fault)
    {
        channels = 0;
        if (format.IsEmpty)
        {
            fault = "damaged_audio";
            return null;
        }

        int kind = BinaryPrimitives.ReadUInt16LittleEndian(format);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
        uint rate = BinaryPrimitives.ReadUInt32LittleEndian(format[4..]);
        int frame = BinaryPrimitives.ReadUInt16LittleEndian(format[12..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(format[14..]);
        if (kind == Extensible)
        {
            // The first two bytes of the subformat's GUID are the kind.
            kind = format.Length >= 26 ? BinaryPrimitives.ReadUInt16LittleEndian(format[24..]) : 0;
        }

        bool isKnown = (kind == Pcm && bits is 8 or 16 or 24 or 32) || (kind == FloatingPoint && bits is 32 or 64);
        if (!isKnown || count == 0 || rate is < 1000 or > 1_000_000 || frame != count * bits / 8)
        {
            fault = "unsupported_audio";
            return null;
        }

        int frames = data.Length / frame;
        if (frames > maxSeconds * rate)
        {
            fault = "audio_too_long";
            return null;
        }

        float[] samples = new float[frames];
        int bytes = bits / 8;
        for (int i = 0; i < frames; i++)
        {
            double sum = 0;
            for (int channel = 0; channel < count; channel++)
            {
                sum += Sample(data[((i * frame) + (channel * bytes))..], kind, bits);
            }

            float mean = (float)(sum / count);
            samples[i] = float.IsFinite(mean) ? mean : 0;
        }

        (channels, fault) = (count, null);
        return new AudioSignal((int)rate, samples);
    }

    private static double Sample(ReadOnlySpan<byte> at, int kind, int bits) => (kind, bits) switch
    {
        (Pcm, 8) => (at[0] - 128) / 128.0,
        (Pcm, 16) => BinaryPrimitives.ReadInt16LittleEndian(at) / 32768.0,
        (Pcm, 24) => ((at[0] << 8) | (at[1] << 16) | (at[2] << 24)) / 2147483648.0,
        (Pcm, _) => BinaryPrimitives.ReadInt32LittleEndian(at) / 2147483648.0,
        (_, 32) => BinaryPrimitives.ReadSingleLittleEndian(at),
        _ => BinaryPrimitives.ReadDoubleLittleEndian(at),
    };
}
