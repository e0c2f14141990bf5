using System.Runtime.CompilerServices;
using static DataBuild.Stages.Tokenize.Scanning.CharacterClasses;

namespace DataBuild.Stages.Tokenize.Scanning;

/// <summary>
/// The pattern of GPT-2, r50k_base, p50k_base and of the byte-level pre-tokeniser:
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>
/// </summary>
internal readonly struct Gpt2Scanner : IPieceScanner
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
        int contraction = ScannerParts.Contraction(ref text, start, length, ignoreCase: false);
        if (contraction > 0)
        {
            return start + contraction;
        }

        int body = start;
        if (Unsafe.Add(ref text, start) == ' ' && length - start > 1)
        {
            body++;
        }

        byte flags = At(ref text, body, out int size);
        if ((flags & Letter) != 0)
        {
            return ScannerParts.SkipAny(ref text, body + size, length, Letter);
        }

        if ((flags & Number) != 0)
        {
            return ScannerParts.SkipAny(ref text, body + size, length, Number);
        }

        return (flags & Space) == 0
            ? ScannerParts.SkipNone(ref text, body + size, length, Space | Letter | Number)
            : ScannerParts.Whitespace(ref text, start, length, newlineRule: false, wholeAtEnd: false);
    }
}
