using System.Runtime.InteropServices;
using DataBuild.Stages.Tokenize.Scanning;

namespace DataBuild.Stages.Tokenize.PreTokenizing;

/// <summary>Finds parts of a text. Immutable.</summary>
internal interface ITextMatcher
{
    /// <summary>The first match from a position on; matches are never empty.</summary>
    bool TryFind(ReadOnlySpan<byte> text, int from, out int start, out int end);
}

/// <summary>Finds a text.</summary>
/// <param name="literal">UTF-8, not empty.</param>
internal sealed class LiteralMatcher(byte[] literal) : ITextMatcher
{
    /// <inheritdoc/>
    public bool TryFind(ReadOnlySpan<byte> text, int from, out int start, out int end)
    {
        int at = text[from..].IndexOf(literal);
        start = from + at;
        end = start + literal.Length;
        return at >= 0;
    }
}

/// <summary>Finds what a pattern matches.</summary>
internal sealed class PatternMatcher(TextPattern pattern) : ITextMatcher
{
    /// <inheritdoc/>
    public bool TryFind(ReadOnlySpan<byte> text, int from, out int start, out int end) => pattern.TryFind(text, from, out start, out end);
}

/// <summary>Finds the pieces of a pattern that has a scanner; such patterns leave nothing out.</summary>
internal sealed class ScannerMatcher<TScanner> : ITextMatcher
    where TScanner : struct, IPieceScanner
{
    /// <inheritdoc/>
    public bool TryFind(ReadOnlySpan<byte> text, int from, out int start, out int end)
    {
        start = from;
        end = from < text.Length ? TScanner.Next(ref MemoryMarshal.GetReference(text), from, text.Length) : from;
        return end > start;
    }
}

/// <summary>Finds single code points.</summary>
internal sealed class CodePointMatcher(Func<int, bool> wanted) : ITextMatcher
{
    /// <inheritdoc/>
    public bool TryFind(ReadOnlySpan<byte> text, int from, out int start, out int end)
    {
        ref byte first = ref MemoryMarshal.GetReference(text);
        for (start = from; start < text.Length; start = end)
        {
            int codePoint = CharacterClasses.Decode(ref first, start, out int size);
            end = start + size;
            if (wanted(codePoint))
            {
                return true;
            }
        }

        end = start;
        return false;
    }
}
