using System.Globalization;
using System.Runtime.CompilerServices;

namespace DataBuild.Stages.Tokenize.Scanning;

/// <summary>
/// The Unicode properties that pre-tokeniser patterns ask for, a byte of flags a code point.
/// Whitespace is the property White_Space, as in <c>\s</c> of Unicode-aware regular expressions (UTS #18, annex C).
/// </summary>
internal static class CharacterClasses
{
    /// <summary>Lu or Lt.</summary>
    public const byte Upper = 1;

    /// <summary>Ll.</summary>
    public const byte Lower = 2;

    /// <summary>Lm or Lo: letters without case, which patterns with case take as either.</summary>
    public const byte Caseless = 4;

    /// <summary>Mn, Mc or Me.</summary>
    public const byte Mark = 8;

    /// <summary>Nd, Nl or No.</summary>
    public const byte Number = 16;

    /// <summary>White_Space.</summary>
    public const byte Space = 32;

    /// <summary>CR or LF; set beside <see cref="Space"/>.</summary>
    public const byte Newline = 64;

    /// <summary>Any P* or S* category.</summary>
    public const byte PunctuationOrSymbol = 128;

    /// <summary>Any letter.</summary>
    public const byte Letter = Upper | Lower | Caseless;

    private const int BlockBits = 7;
    private const int BlockSize = 1 << BlockBits;

    private static readonly byte[] Ascii = BuildAscii();
    private static readonly ushort[] BlockOf = new ushort[0x110000 >> BlockBits];
    private static readonly byte[] Blocks = BuildBlocks();

    /// <summary>Flags of the 256 first code points; the first 128 are those of ASCII bytes.</summary>
    public static ReadOnlySpan<byte> AsciiTable => Ascii;

    /// <summary>Flags of a code point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte Of(int codePoint) =>
        Blocks[(BlockOf[codePoint >> BlockBits] << BlockBits) | (codePoint & (BlockSize - 1))];

    /// <summary>Flags of the code point that starts at a byte of valid UTF-8, and its length in bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte At(ref byte text, int position, out int length)
    {
        byte lead = Unsafe.Add(ref text, position);
        if (lead < 0x80)
        {
            length = 1;
            return Unsafe.Add(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(Ascii), lead);
        }

        return AtNonAscii(ref text, position, lead, out length);
    }

    /// <summary>The code point that starts at a byte of valid UTF-8, and its length in bytes.</summary>
    public static int Decode(ref byte text, int position, out int length)
    {
        byte lead = Unsafe.Add(ref text, position);
        if (lead < 0x80)
        {
            length = 1;
            return lead;
        }

        int second = Unsafe.Add(ref text, position + 1) & 0x3F;
        if (lead < 0xE0)
        {
            length = 2;
            return ((lead & 0x1F) << 6) | second;
        }

        int third = Unsafe.Add(ref text, position + 2) & 0x3F;
        if (lead < 0xF0)
        {
            length = 3;
            return ((lead & 0x0F) << 12) | (second << 6) | third;
        }

        length = 4;
        return ((lead & 0x07) << 18) | (second << 12) | (third << 6) | (Unsafe.Add(ref text, position + 3) & 0x3F);
    }

    private static byte AtNonAscii(ref byte text, int position, byte lead, out int length)
    {
        int second = Unsafe.Add(ref text, position + 1) & 0x3F;
        int codePoint;
        if (lead < 0xE0)
        {
            length = 2;
            codePoint = ((lead & 0x1F) << 6) | second;
        }
        else if (lead < 0xF0)
        {
            length = 3;
            codePoint = ((lead & 0x0F) << 12) | (second << 6) | (Unsafe.Add(ref text, position + 2) & 0x3F);
        }
        else
        {
            length = 4;
            codePoint = ((lead & 0x07) << 18) | (second << 12) | ((Unsafe.Add(ref text, position + 2) & 0x3F) << 6)
                | (Unsafe.Add(ref text, position + 3) & 0x3F);
        }

        return Of(codePoint);
    }

    private static byte Compute(int codePoint)
    {
        if (codePoint is '\r' or '\n')
        {
            return Space | Newline;
        }

        byte flags = CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => Upper,
            UnicodeCategory.LowercaseLetter => Lower,
            UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Caseless,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => Mark,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Number,
            UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation
                or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation
                or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation
                or UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol
                or UnicodeCategory.ModifierSymbol or UnicodeCategory.OtherSymbol => PunctuationOrSymbol,
            _ => 0,
        };
        return codePoint <= 0xFFFF && char.IsWhiteSpace((char)codePoint) ? (byte)(flags | Space) : flags;
    }

    private static byte[] BuildAscii()
    {
        byte[] table = new byte[256];
        for (int i = 0; i < 256; i++)
        {
            table[i] = Compute(i);
        }

        return table;
    }

    private static byte[] BuildBlocks()
    {
        // Most of the 8,704 blocks are uniform (unassigned, ideographs), so equal blocks are stored once.
        var known = new Dictionary<string, ushort>(StringComparer.Ordinal);
        var blocks = new List<byte>();
        Span<char> key = stackalloc char[BlockSize];
        for (int block = 0; block < BlockOf.Length; block++)
        {
            for (int i = 0; i < BlockSize; i++)
            {
                key[i] = (char)Compute((block << BlockBits) | i);
            }

            string text = new(key);
            if (!known.TryGetValue(text, out ushort index))
            {
                index = (ushort)known.Count;
                known.Add(text, index);
                foreach (char c in key)
                {
                    blocks.Add((byte)c);
                }
            }

            BlockOf[block] = index;
        }

        return [.. blocks];
    }
}
