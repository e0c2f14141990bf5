using System.Runtime.CompilerServices;
using static DataBuild.Stages.Tokenize.Scanning.CharacterClasses;

namespace DataBuild.Stages.Tokenize.Scanning;

/// <summary>What differs between the patterns that descend from cl100k_base.</summary>
internal interface ICl100kVariant
{
    /// <summary>Most digits in a piece.</summary>
    static abstract int MostDigits { get; }

    /// <summary>Whether whitespace at the end of the text is one piece, newlines or not (<c>\s++$</c>).</summary>
    static abstract bool WholeSpaceAtEnd { get; }
}

/// <summary>cl100k_base itself.</summary>
internal readonly struct Cl100kVariant : ICl100kVariant
{
    /// <inheritdoc/>
    public static int MostDigits => 3;

    /// <inheritdoc/>
    public static bool WholeSpaceAtEnd => true;
}

/// <summary>Llama 3 and others: cl100k_base without the rule for the end of the text.</summary>
internal readonly struct Llama3Variant : ICl100kVariant
{
    /// <inheritdoc/>
    public static int MostDigits => 3;

    /// <inheritdoc/>
    public static bool WholeSpaceAtEnd => false;
}

/// <summary>Qwen 2 and others: digits stand alone.</summary>
internal readonly struct Qwen2Variant : ICl100kVariant
{
    /// <inheritdoc/>
    public static int MostDigits => 1;

    /// <inheritdoc/>
    public static bool WholeSpaceAtEnd => false;
}

/// <summary>
/// The pattern of cl100k_base and its descendants:
/// <code>
/// '(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s
/// </code>
/// </summary>
internal readonly struct Cl100kScanner<TVariant> : IPieceScanner
    where TVariant : struct, ICl100kVariant
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Next(ref byte text, int start, int length)
    {
        int end = ScannerParts.AsciiWordEnd(ref text, start, length);
        return end > 0 ? end : NextSlow(ref text, start, length);
    }

    private static int NextSlow(ref byte text, int start, int length)
    {
        int contraction = ScannerParts.Contraction(ref text, start, length, ignoreCase: true);
        if (contraction > 0)
        {
            return start + contraction;
        }

        byte flags = At(ref text, start, out int size);
        if ((flags & Letter) != 0)
        {
            return ScannerParts.SkipAny(ref text, start + size, length, Letter);
        }

        if ((flags & Number) != 0)
        {
            return ScannerParts.SkipNumbers(ref text, start, length, TVariant.MostDigits);
        }

        int after = start + size;
        if ((flags & Newline) == 0 && after < length && (At(ref text, after, out int letterSize) & Letter) != 0)
        {
            return ScannerParts.SkipAny(ref text, after + letterSize, length, Letter);
        }

        const byte NotOther = Space | Letter | Number;
        int body = (flags & Space) == 0 ? start : Unsafe.Add(ref text, start) == ' ' ? after : -1;
        if (body >= 0)
        {
            int end = ScannerParts.SkipNone(ref text, body, length, NotOther);
            if (end > body)
            {
                return ScannerParts.SkipNewlines(ref text, end, length, orSlash: false);
            }
        }

        return ScannerParts.Whitespace(ref text, start, length, newlineRule: true, TVariant.WholeSpaceAtEnd);
    }
}
