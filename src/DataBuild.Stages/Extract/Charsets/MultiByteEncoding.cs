using System.Text;

namespace DataBuild.Stages.Extract.Charsets;

/// <summary>
/// Decoders of the WHATWG Encoding Standard for encodings of several bytes a character (sections 10 to 12). Each follows the standard's algorithm of its
/// name, for malformed bytes too: an ASCII byte that does not complete a character stands for itself after the U+FFFD. Decodes whole inputs only.
/// </summary>
internal sealed partial class MultiByteEncoding : Encoding
{
    private const char Replacement = '\uFFFD';

    private readonly Decoding _decode;

    private MultiByteEncoding(Decoding decode) => _decode = decode;

    private delegate int Decoding(ReadOnlySpan<byte> bytes, Span<char> chars);

    /// <summary>The decoder of Big5, EUC-JP, EUC-KR, GBK, gb18030, ISO-2022-JP or Shift_JIS.</summary>
    public static MultiByteEncoding Get(string name) => new(name switch
    {
        "Big5" => DecodeBig5,
        "EUC-KR" => DecodeEucKr,
        "GBK" or "gb18030" => DecodeGb18030,
        "EUC-JP" => DecodeEucJp,
        "ISO-2022-JP" => DecodeIso2022Jp,
        "Shift_JIS" => DecodeShiftJis,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "expected Big5, EUC-JP, EUC-KR, GBK, gb18030, ISO-2022-JP or Shift_JIS"),
    });

    /// <inheritdoc/>
    public override int GetByteCount(char[] chars, int index, int count) => throw new NotSupportedException("this encoding only decodes");

    /// <inheritdoc/>
    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => throw new NotSupportedException("this encoding only decodes");

    /// <inheritdoc/>
    public override int GetMaxByteCount(int charCount) => throw new NotSupportedException("this encoding only decodes");

    /// <inheritdoc/>
    public override int GetCharCount(byte[] bytes, int index, int count) => _decode(bytes.AsSpan(index, count), new char[GetMaxCharCount(count)]);

    /// <inheritdoc/>
    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) => _decode(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    /// <inheritdoc/>
    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars) => _decode(bytes, chars);

    /// <summary>A byte gives one character at most; an input that breaks off in a character gives one more.</summary>
    public override int GetMaxCharCount(int byteCount) => byteCount + 1;

    // Section 12.1.1.
    private static int DecodeBig5(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        int[] index = EncodingIndexes.Shipped.Big5;
        int n = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            int lead = bytes[i];
            if (lead is <= 0x80 or 0xFF || i + 1 == bytes.Length)
            {
                chars[n++] = Single(lead);
                continue;
            }

            int trail = bytes[i + 1];
            int pointer = trail is >= 0x40 and <= 0x7E or >= 0xA1 and <= 0xFE ? ((lead - 0x81) * 157) + trail - (trail < 0x7F ? 0x40 : 0x62) : -1;
            if (pointer is 1133 or 1135 or 1164 or 1166)
            {
                // The four pairs of the standard that are a letter with a combining mark.
                chars[n++] = pointer < 1150 ? '\u00CA' : '\u00EA';
                chars[n++] = pointer is 1133 or 1164 ? '\u0304' : '\u030C';
                i++;
                continue;
            }

            i += Pair(EncodingIndexes.Find(index, pointer), trail, chars, ref n);
        }

        return n;
    }

    // Section 13.1.1 of the same form: EUC-KR.
    private static int DecodeEucKr(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        int[] index = EncodingIndexes.Shipped.EucKr;
        int n = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            int lead = bytes[i];
            if (lead is <= 0x80 or 0xFF || i + 1 == bytes.Length)
            {
                chars[n++] = Single(lead);
                continue;
            }

            int trail = bytes[i + 1];
            int pointer = trail is >= 0x41 and <= 0xFE ? ((lead - 0x81) * 190) + trail - 0x41 : -1;
            i += Pair(EncodingIndexes.Find(index, pointer), trail, chars, ref n);
        }

        return n;
    }

    // GBK's decoder is gb18030's (section 10.1.1).
    private static int DecodeGb18030(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        EncodingIndexes indexes = EncodingIndexes.Shipped;
        int n = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            int lead = bytes[i];
            if (lead <= 0x80)
            {
                chars[n++] = lead == 0x80 ? '\u20AC' : (char)lead;
                continue;
            }

            if (lead == 0xFF || i + 1 == bytes.Length)
            {
                chars[n++] = Replacement;
                continue;
            }

            int second = bytes[i + 1];
            if (second is < 0x30 or > 0x39)
            {
                int pointer = second is >= 0x40 and <= 0x7E or >= 0x80 and <= 0xFE ? ((lead - 0x81) * 190) + second - (second < 0x7F ? 0x40 : 0x41) : -1;
                i += Pair(EncodingIndexes.Find(indexes.Gb18030, pointer), second, chars, ref n);
                continue;
            }

            bool third = i + 2 < bytes.Length && bytes[i + 2] is >= 0x81 and <= 0xFE;
            bool fourth = third && i + 3 < bytes.Length && bytes[i + 3] is >= 0x30 and <= 0x39;
            if (fourth)
            {
                int code = indexes.FindRange(((lead - 0x81) * 12600) + ((second - 0x30) * 1260) + ((bytes[i + 2] - 0x81) * 10) + bytes[i + 3] - 0x30);
                Put(code == 0 ? Replacement : code, chars, ref n);
                i += 3;
                continue;
            }

            chars[n++] = Replacement;
            if (i + 2 == bytes.Length || (third && i + 3 == bytes.Length))
            {
                // The end of the input takes what was begun with it.
                break;
            }
        }

        return n;
    }

    // What a byte that begins no pair stands for: itself where it is ASCII.
    private static char Single(int lead) => lead < 0x80 ? (char)lead : Replacement;

    // Writes what a pair of bytes stands for, U+FFFD for code 0; returns how many bytes beyond the first are read.
    private static int Pair(int code, int trail, Span<char> chars, ref int n)
    {
        Put(code == 0 ? Replacement : code, chars, ref n);
        return code == 0 && trail < 0x80 ? 0 : 1;
    }

    private static void Put(int code, Span<char> chars, ref int n)
    {
        if (code < 0x10000)
        {
            chars[n++] = (char)code;
            return;
        }

        chars[n++] = (char)(0xD7C0 + (code >> 10));
        chars[n++] = (char)(0xDC00 | (code & 0x3FF));
    }
}
