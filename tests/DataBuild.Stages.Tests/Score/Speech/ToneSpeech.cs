namespace DataBuild.Tests.Score.Speech;

/// <summary>A made language whose letters are tones: each letter its own frequency, a short pause after it, noise over all.</summary>
internal sealed class ToneSpeech(int rate, uint seed)
{
    /// <summary>The symbols of a recogniser: none, the space between words, the letters.</summary>
    public static readonly string[] Symbols = ["<pad>", "|", "a", "e", "i", "l", "m", "n", "o", "s", "t"];

    private const double Lowest = 350;
    private const double Step = 190;
    private const double Jitter = 20;
    private const double Pause = 0.04;
    private const double Ramp = 0.005;
    private const double Noise = 0.004;

    private readonly List<float> _samples = [];
    private readonly List<int> _symbols = [];
    private uint _state = seed;

    /// <summary>The samples so far.</summary>
    public IReadOnlyList<float> Samples => _samples;

    /// <summary>Which symbol sounds at each sample.</summary>
    public IReadOnlyList<int> SymbolAt => _symbols;

    /// <summary>A number in [0, 1).</summary>
    public double Next()
    {
        // xorshift of 32 bits (Marsaglia 2003).
        _state ^= _state << 13;
        _state ^= _state >> 17;
        _state ^= _state << 5;
        return _state / 4294967296.0;
    }

    /// <summary>Says words; a space is a tone too.</summary>
    public ToneSpeech Say(string text)
    {
        foreach (char letter in text)
        {
            int symbol = Array.IndexOf(Symbols, letter == ' ' ? "|" : $"{letter}");
            double frequency = Lowest + (Step * (symbol - 1)) + (Jitter * ((2 * Next()) - 1));
            double loudness = 0.2 + (0.2 * Next());
            int count = (int)(rate * (0.09 + (0.03 * Next())));
            for (int i = 0; i < count; i++)
            {
                double ramp = Math.Min(1, Math.Min(i, count - 1 - i) / (Ramp * rate));
                Add((loudness * ramp * Math.Sin(2 * Math.PI * frequency * i / rate)) + (Noise * ((2 * Next()) - 1)), symbol);
            }

            Silence(Pause);
        }

        return this;
    }

    /// <summary>Noise alone.</summary>
    public ToneSpeech Silence(double seconds)
    {
        for (int i = 0; i < (int)(rate * seconds); i++)
        {
            Add(Noise * ((2 * Next()) - 1), 0);
        }

        return this;
    }

    /// <summary>The samples as a WAV file of 8 bits.</summary>
    public byte[] ToWav()
    {
        MemoryStream file = new();
        using BinaryWriter writer = new(file);
        writer.Write("RIFF"u8);
        writer.Write(36 + _samples.Count);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(rate);
        writer.Write(rate);
        writer.Write((short)1);
        writer.Write((short)8);
        writer.Write("data"u8);
        writer.Write(_samples.Count);
        writer.Write([.. _samples.Select(s => (byte)Math.Clamp(Math.Round(128 + (127 * (double)s)), 0, 255))]);
        writer.Flush();
        return file.ToArray();
    }

    private void Add(double sample, int symbol)
    {
        _samples.Add((float)sample);
        _symbols.Add(symbol);
    }
}
