using System.Text;

namespace DataBuild.Stages.Tokenize.Loading;

/// <summary>
/// The printable characters that stand for bytes in byte-level vocabularies (openai/gpt-2, encoder.py): a byte that prints
/// as itself in Latin-1 stands for itself, the others for U+0100 on, in order.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = Build();
    private static readonly Dictionary<char, byte> Bytes = Characters.Select((c, b) => (c, b)).ToDictionary(p => p.c, p => (byte)p.b);

    /// <summary>The character of a byte.</summary>
    public static char Of(byte value) => Characters[value];

    /// <summary>The text that stands for bytes.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (byte b in bytes)
        {
            text.Append(Characters[b]);
        }

        return text.ToString();
    }

    /// <summary>The bytes that a text stands for; false where it has a character outside of the alphabet.</summary>
    public static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        for (int i = 0; i < text.Length; i++)
        {
            if (!Bytes.TryGetValue(text[i], out bytes[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static char[] Build()
    {
        char[] characters = new char[256];
        int next = 256;
        for (int b = 0; b < 256; b++)
        {
            bool prints = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            characters[b] = prints ? (char)b : (char)next++;
        }

        return characters;
    }
}
