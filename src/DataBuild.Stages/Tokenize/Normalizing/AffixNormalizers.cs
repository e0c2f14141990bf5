using DataBuild.Stages.Tokenize.PreTokenizing;
using DataBuild.Stages.Tokenize.Scanning;

namespace DataBuild.Stages.Tokenize.Normalizing;

/// <summary>Puts a text before every text that is not empty.</summary>
/// <param name="prefix">UTF-8.</param>
internal sealed class PrependNormalizer(byte[] prefix) : ITextNormalizer
{
    /// <inheritdoc/>
    public bool KeepsAscii => false;

    /// <inheritdoc/>
    public void Apply(NormalizedText source, NormalizedText target)
    {
        if (source.Length > 0)
        {
            target.Append(prefix, source, 0, 0);
            target.AppendUnchanged(source, 0, source.Length);
        }
    }
}

/// <summary>Removes whitespace at the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : ITextNormalizer
{
    /// <inheritdoc/>
    public bool KeepsAscii => false;

    /// <inheritdoc/>
    public void Apply(NormalizedText source, NormalizedText target)
    {
        ReadOnlySpan<byte> text = source.Bytes;
        int start = left ? Whitespace.AtStart(text) : 0;
        int end = right ? text.Length - Whitespace.AtEnd(text) : text.Length;
        if (start < end)
        {
            target.AppendUnchanged(source, start, end);
        }
    }
}

/// <summary>Puts a text in the place of every match.</summary>
internal sealed class ReplaceNormalizer(ITextMatcher matcher, byte[] content) : ITextNormalizer
{
    /// <inheritdoc/>
    public bool KeepsAscii => false;

    /// <inheritdoc/>
    public void Apply(NormalizedText source, NormalizedText target)
    {
        ReadOnlySpan<byte> text = source.Bytes;
        int copied = 0;
        while (matcher.TryFind(text, copied, out int start, out int end))
        {
            target.AppendUnchanged(source, copied, start);
            target.Append(content, source, start, end);
            copied = end;
        }

        target.AppendUnchanged(source, copied, text.Length);
    }
}

/// <summary>Whitespace at the ends of a text.</summary>
internal static class Whitespace
{
    /// <summary>Length in bytes of the whitespace at the start.</summary>
    public static int AtStart(ReadOnlySpan<byte> text) =>
        ScannerParts.SkipAny(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(text), 0, text.Length, CharacterClasses.Space);

    /// <summary>Length in bytes of the whitespace at the end.</summary>
    public static int AtEnd(ReadOnlySpan<byte> text)
    {
        int at = text.Length;
        while (at > 0)
        {
            int previous = at - 1;
            while (previous > 0 && (text[previous] & 0xC0) == 0x80)
            {
                previous--;
            }

            if ((CharacterClasses.At(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(text), previous, out _) & CharacterClasses.Space) == 0)
            {
                break;
            }

            at = previous;
        }

        return text.Length - at;
    }
}
