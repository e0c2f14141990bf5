using System.Buffers;
using System.Text;

namespace DataBuild.Stages.Deduplicate;

/// <summary>Splits UTF-8 text into sentences, each with the white space that follows it.</summary>
internal static class SentenceSplitter
{
    /// <summary>Splits a text; the parts cover it without gaps.</summary>
    public static void Split(ReadOnlySpan<byte> text, PartList parts)
    {
        parts.Clear();
        int start = 0;
        int i = 0;
        while (i < text.Length)
        {
            OperationStatus status = Rune.DecodeFromUtf8(text[i..], out Rune rune, out int length);
            int next = i + length;
            bool ends = false;
            if (status == OperationStatus.Done)
            {
                if (rune.Value == '\n')
                {
                    ends = true;
                }
                else if (IsFullWidthEnd(rune.Value))
                {
                    next = SkipClosers(text, next);
                    ends = true;
                }
                else if (IsEnd(rune.Value))
                {
                    next = SkipClosers(text, next);
                    ends = next == text.Length || IsWhiteSpace(text[next..], out _);
                }
            }

            if (ends)
            {
                while (next < text.Length && IsWhiteSpace(text[next..], out int blank))
                {
                    next += blank;
                }

                parts.Add(start, next);
                start = next;
            }

            i = next;
        }

        if (start < text.Length)
        {
            parts.Add(start, text.Length);
        }
    }

    private static bool IsEnd(int code) => code is '.' or '!' or '?' or 0x2026 or 0x061F or 0x06D4 or 0x0964 or 0x0965 or 0x203C or 0x203D or 0x2047 or 0x2048 or 0x2049;

    private static bool IsFullWidthEnd(int code) => code is 0x3002 or 0xFF01 or 0xFF1F or 0xFF61 or 0xFF0E;

    private static bool IsWhiteSpace(ReadOnlySpan<byte> text, out int length) =>
        Rune.DecodeFromUtf8(text, out Rune rune, out length) == OperationStatus.Done && Rune.IsWhiteSpace(rune);

    private static int SkipClosers(ReadOnlySpan<byte> text, int position)
    {
        while (position < text.Length
            && Rune.DecodeFromUtf8(text[position..], out Rune rune, out int length) == OperationStatus.Done
            && (rune.Value is '"' or '\'' or ')' or ']' or '}' or 0x2019 or 0x201D or 0x00BB or 0x300D or 0x300F or 0xFF09 || IsEnd(rune.Value) || IsFullWidthEnd(rune.Value)))
        {
            position += length;
        }

        return position;
    }
}
