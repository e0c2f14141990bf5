using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static DataBuild.Stages.Tokenize.Scanning.CharacterClasses;

namespace DataBuild.Stages.Tokenize.Scanning;

/// <summary>Sub-patterns that several pre-tokeniser patterns share.</summary>
internal static class ScannerParts
{
    /// <summary>End of a word of letters that begins with an ASCII letter, perhaps after a space: most pieces of most texts; 0 where there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int AsciiWordEnd(ref byte text, int start, int length)
    {
        int body = start;
        if (Unsafe.Add(ref text, start) == ' ' && length - start > 1)
        {
            body++;
        }

        byte letter = Unsafe.Add(ref text, body);
        return letter < 0x80 && (CharacterClasses.AsciiTable[letter] & CharacterClasses.Letter) != 0 ? SkipLetters(ref text, body, length) : 0;
    }

    /// <summary>End of the longest run, from a position, of code points with any of the flags.</summary>
    public static int SkipAny(ref byte text, int position, int length, byte flags)
    {
        while (position < length && (At(ref text, position, out int size) & flags) != 0)
        {
            position += size;
        }

        return position;
    }

    /// <summary>End of the longest run, from a position, of code points with none of the flags.</summary>
    public static int SkipNone(ref byte text, int position, int length, byte flags)
    {
        while (position < length && (At(ref text, position, out int size) & flags) == 0)
        {
            position += size;
        }

        return position;
    }

    /// <summary><c>\p{L}+</c> from a position that is known to hold a letter, with a fast path for ASCII.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SkipLetters(ref byte text, int position, int length)
    {
        if (length - position > Vector128<byte>.Count)
        {
            Vector128<byte> bytes = Vector128.LoadUnsafe(ref text, (nuint)position);
            uint others = ~AsciiLetters(bytes) & 0xFFFF;
            if (others != 0)
            {
                int run = System.Numerics.BitOperations.TrailingZeroCount(others);
                if (Unsafe.Add(ref text, position + run) < 0x80)
                {
                    return position + run;
                }
            }
        }

        return SkipAny(ref text, position, length, Letter);
    }

    /// <summary>A bit for every byte that is an ASCII letter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint AsciiLetters(Vector128<byte> bytes) =>
        Vector128.LessThan((bytes | Vector128.Create((byte)0x20)) - Vector128.Create((byte)'a'), Vector128.Create((byte)26))
            .ExtractMostSignificantBits();

    /// <summary>A bit for every byte that is an ASCII upper-case letter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint AsciiUpper(Vector128<byte> bytes) =>
        Vector128.LessThan(bytes - Vector128.Create((byte)'A'), Vector128.Create((byte)26)).ExtractMostSignificantBits();

    /// <summary>A bit for every byte that is an ASCII lower-case letter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint AsciiLower(Vector128<byte> bytes) =>
        Vector128.LessThan(bytes - Vector128.Create((byte)'a'), Vector128.Create((byte)26)).ExtractMostSignificantBits();

    /// <summary>
    /// Length of an English contraction ('s 't 're 've 'm 'll 'd) at a position, or 0. Without case also its forms in
    /// capitals and, as Unicode simple case folding has it, with U+017F for s.
    /// </summary>
    public static int Contraction(ref byte text, int position, int length, bool ignoreCase)
    {
        if (length - position < 2 || Unsafe.Add(ref text, position) != '\'')
        {
            return 0;
        }

        int fold = ignoreCase ? 0x20 : 0;
        byte raw = Unsafe.Add(ref text, position + 1);
        int first = raw < 0x80 ? raw | fold : raw;
        if (first is 's' or 't' or 'm' or 'd')
        {
            return 2;
        }

        if (length - position < 3)
        {
            return 0;
        }

        int second = Unsafe.Add(ref text, position + 2);
        if (ignoreCase && raw == 0xC5 && second == 0xBF)
        {
            return 3;
        }

        second = second < 0x80 ? second | fold : second;
        return (first, second) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }

    /// <summary>Up to so many code points of class number from a position that is known to hold one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SkipNumbers(ref byte text, int position, int length, int most)
    {
        for (int taken = 0; taken < most && position < length; taken++)
        {
            if ((At(ref text, position, out int size) & Number) == 0)
            {
                break;
            }

            position += size;
        }

        return position;
    }

    /// <summary>End of the longest run of CR, LF and, where asked, slash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SkipNewlines(ref byte text, int position, int length, bool orSlash)
    {
        while (position < length)
        {
            byte b = Unsafe.Add(ref text, position);
            if (b != '\n' && b != '\r' && !(orSlash && b == '/'))
            {
                break;
            }

            position++;
        }

        return position;
    }

    /// <summary>
    /// The whitespace alternatives at a position that holds whitespace:
    /// <c>\s*[\r\n]+</c> where <paramref name="newlineRule"/>, then <c>\s+(?!\S)</c>, then <c>\s+</c>; before them
    /// <c>\s+$</c> where <paramref name="wholeAtEnd"/>.
    /// </summary>
    public static int Whitespace(ref byte text, int start, int length, bool newlineRule, bool wholeAtEnd)
    {
        int position = start;
        int lastStart = start;
        int afterNewline = -1;
        while (position < length)
        {
            byte flags = At(ref text, position, out int size);
            if ((flags & Space) == 0)
            {
                break;
            }

            lastStart = position;
            position += size;
            if ((flags & Newline) != 0)
            {
                afterNewline = position;
            }
        }

        if (position == length && (wholeAtEnd || !newlineRule))
        {
            return position;
        }

        if (newlineRule && afterNewline >= 0)
        {
            return afterNewline;
        }

        // The lookahead leaves the last space to the word that follows it, unless it is the only one.
        return position == length || lastStart == start ? position : lastStart;
    }
}
