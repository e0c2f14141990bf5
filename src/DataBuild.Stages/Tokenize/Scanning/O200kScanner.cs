using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static DataBuild.Stages.Tokenize.Scanning.CharacterClasses;

namespace DataBuild.Stages.Tokenize.Scanning;

/// <summary>
/// The pattern of o200k_base, which splits at case:
/// <code>
/// [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
/// |[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
/// |\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
/// </code>
/// </summary>
internal readonly struct O200kScanner : IPieceScanner
{
    private const byte UpperPart = Upper | Caseless | Mark;
    private const byte LowerPart = Lower | Caseless | Mark;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Next(ref byte text, int start, int length)
    {
        // Nearly every piece of Western text is an optional space and ASCII letters in one 16-byte window.
        if (length - start > Vector128<byte>.Count + 1)
        {
            byte first = Unsafe.Add(ref text, start);
            int prefix = first == ' ' ? 1 : 0;
            Vector128<byte> bytes = Vector128.LoadUnsafe(ref text, (nuint)(start + prefix));
            uint lower = ScannerParts.AsciiLower(bytes);
            uint upper = ScannerParts.AsciiUpper(bytes);
            int upperRun = BitOperations.TrailingZeroCount(~upper);
            int run = upperRun + BitOperations.TrailingZeroCount(~(lower >> upperRun));
            if ((uint)(run - 1) < Vector128<byte>.Count - 1)
            {
                byte next = Unsafe.Add(ref text, start + prefix + run);
                if (next < 0x80 && next != '\'')
                {
                    return start + prefix + run;
                }
            }
        }

        return NextSlow(ref text, start, length);
    }

    private static int NextSlow(ref byte text, int start, int length)
    {
        byte flags = At(ref text, start, out int size);
        if ((flags & Letter) != 0)
        {
            return Word(ref text, start, length);
        }

        if ((flags & Number) != 0)
        {
            return ScannerParts.SkipNumbers(ref text, start, length, 3);
        }

        if ((flags & Newline) == 0)
        {
            int word = start + size < length ? Word(ref text, start + size, length) : -1;
            if (word < 0 && (flags & Mark) != 0)
            {
                word = Word(ref text, start, length);
            }
            else if (word >= 0 && (flags & Mark) != 0 && !EndsInLowerPart(ref text, start + size, length))
            {
                // Backtracking gives the mark up as a prefix before the second alternative is tried.
                word = Word(ref text, start, length);
            }

            if (word >= 0)
            {
                return word;
            }
        }

        return Rest(ref text, start, length, flags, size);
    }

    private static int Rest(ref byte text, int start, int length, byte flags, int size)
    {
        const byte NotOther = Space | Letter | Number;
        int body = start;
        if ((flags & Space) != 0)
        {
            body = Unsafe.Add(ref text, start) == ' ' ? start + size : -1;
        }

        if (body >= 0)
        {
            int end = ScannerParts.SkipNone(ref text, body, length, NotOther);
            if (end > body)
            {
                return ScannerParts.SkipNewlines(ref text, end, length, orSlash: true);
            }
        }

        return ScannerParts.Whitespace(ref text, start, length, newlineRule: true, wholeAtEnd: false);
    }

    /// <summary>Whether the first alternative matches without its prefix at a position.</summary>
    private static bool EndsInLowerPart(ref byte text, int start, int length)
    {
        int position = start;
        while (position < length)
        {
            byte flags = At(ref text, position, out int size);
            if ((flags & LowerPart) != 0)
            {
                return true;
            }

            if ((flags & UpperPart) == 0)
            {
                return false;
            }

            position += size;
        }

        return false;
    }

    /// <summary>The two word alternatives without their prefix: end of the match, or -1.</summary>
    private static int Word(ref byte text, int start, int length)
    {
        int position = start;
        int afterLastEither = -1;
        while (position < length)
        {
            byte flags = At(ref text, position, out int size);
            if ((flags & UpperPart) == 0)
            {
                break;
            }

            position += size;
            if ((flags & LowerPart) != 0)
            {
                afterLastEither = position;
            }
        }

        int end = ScannerParts.SkipAny(ref text, position, length, LowerPart);
        if (end == position)
        {
            if (position == start)
            {
                return -1;
            }

            // No lower-case letter follows: the first alternative gives characters back up to the last one that
            // counts as either case; where there is none the second alternative takes the capitals.
            end = afterLastEither >= 0 ? afterLastEither : position;
        }

        return end + ScannerParts.Contraction(ref text, end, length, ignoreCase: true);
    }
}
