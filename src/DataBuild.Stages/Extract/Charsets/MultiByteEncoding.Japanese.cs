namespace DataBuild.Stages.Extract.Charsets;

/// <content>The Japanese encodings (section 12 of the standard).</content>
internal sealed partial class MultiByteEncoding
{
    private const int HalfWidth = 0xFF61;

    private enum JisState
    {
        Ascii,
        Roman,
        Katakana,
        Lead,
        Trail,
        EscapeStart,
        Escape,
    }

    private static int DecodeShiftJis(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        int[] index = EncodingIndexes.Shipped.Jis0208;
        int n = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            int lead = bytes[i];
            if (lead <= 0x80)
            {
                chars[n++] = (char)lead;
                continue;
            }

            if (lead is >= 0xA1 and <= 0xDF)
            {
                chars[n++] = (char)(HalfWidth - 0xA1 + lead);
                continue;
            }

            if (lead is 0xA0 or > 0xFC || i + 1 == bytes.Length)
            {
                chars[n++] = Replacement;
                continue;
            }

            int trail = bytes[i + 1];
            int pointer = trail is >= 0x40 and <= 0x7E or >= 0x80 and <= 0xFC
                ? ((lead - (lead < 0xA0 ? 0x81 : 0xC1)) * 188) + trail - (trail < 0x7F ? 0x40 : 0x41)
                : -1;

            // 8836 to 10715 are Windows' user-defined characters.
            i += Pair(pointer is >= 8836 and <= 10715 ? 0xE000 - 8836 + pointer : EncodingIndexes.Find(index, pointer), trail, chars, ref n);
        }

        return n;
    }

    private static int DecodeEucJp(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        EncodingIndexes indexes = EncodingIndexes.Shipped;
        int n = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            int lead = bytes[i];
            if (lead is not (0x8E or 0x8F or >= 0xA1 and <= 0xFE) || i + 1 == bytes.Length)
            {
                chars[n++] = Single(lead);
                continue;
            }

            int trail = bytes[i + 1];
            if (lead == 0x8E)
            {
                i += Pair(trail is >= 0xA1 and <= 0xDF ? HalfWidth - 0xA1 + trail : 0, trail, chars, ref n);
                continue;
            }

            int[] index = indexes.Jis0208;
            if (lead == 0x8F && trail is >= 0xA1 and <= 0xFE)
            {
                // Three bytes: JIS X 0212.
                index = indexes.Jis0212;
                i++;
                lead = trail;
                if (i + 1 == bytes.Length)
                {
                    chars[n++] = Replacement;
                    continue;
                }

                trail = bytes[i + 1];
            }

            int pointer = lead >= 0xA1 && trail is >= 0xA1 and <= 0xFE ? ((lead - 0xA1) * 94) + trail - 0xA1 : -1;
            i += Pair(EncodingIndexes.Find(index, pointer), trail, chars, ref n);
        }

        return n;
    }

    private static int DecodeIso2022Jp(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        int[] index = EncodingIndexes.Shipped.Jis0208;
        JisState state = JisState.Ascii;
        JisState set = JisState.Ascii;
        bool afterEscape = false;
        int lead = 0;
        int n = 0;
        for (int i = 0; i <= bytes.Length; i++)
        {
            // -1 is the end of the input.
            int b = i < bytes.Length ? bytes[i] : -1;
            if (state is not (JisState.EscapeStart or JisState.Escape) && b == 0x1B)
            {
                if (state == JisState.Trail)
                {
                    chars[n++] = Replacement;
                }

                state = JisState.EscapeStart;
                continue;
            }

            switch (state)
            {
                case JisState.Lead:
                    if (b is >= 0x21 and <= 0x7E)
                    {
                        lead = b;
                        state = JisState.Trail;
                    }
                    else if (b >= 0)
                    {
                        chars[n++] = Replacement;
                    }

                    afterEscape &= b < 0;
                    break;
                case JisState.Trail:
                    int code = b is >= 0x21 and <= 0x7E ? EncodingIndexes.Find(index, ((lead - 0x21) * 94) + b - 0x21) : 0;
                    Put(code == 0 ? Replacement : code, chars, ref n);
                    state = JisState.Lead;
                    break;
                case JisState.EscapeStart:
                    if (b is 0x24 or 0x28)
                    {
                        lead = b;
                        state = JisState.Escape;
                        break;
                    }

                    chars[n++] = Replacement;
                    afterEscape = false;
                    state = set;
                    i--;
                    break;
                case JisState.Escape:
                    if (SetOf(lead, b) is { } next)
                    {
                        // Two sequences in a row choose nothing: an error, against hidden text.
                        if (afterEscape)
                        {
                            chars[n++] = Replacement;
                        }

                        afterEscape = true;
                        state = set = next;
                        break;
                    }

                    chars[n++] = Replacement;
                    afterEscape = false;
                    state = set;
                    i -= 2;
                    break;
                default:
                    if (b >= 0)
                    {
                        chars[n++] = Single(state, b);
                        afterEscape = false;
                    }

                    break;
            }
        }

        return n;
    }

    private static JisState? SetOf(int first, int second) => (first, second) switch
    {
        (0x28, 0x42) => JisState.Ascii,
        (0x28, 0x4A) => JisState.Roman,
        (0x28, 0x49) => JisState.Katakana,
        (0x24, 0x40 or 0x42) => JisState.Lead,
        _ => null,
    };

    private static char Single(JisState state, int b) => state switch
    {
        JisState.Katakana => b is >= 0x21 and <= 0x5F ? (char)(HalfWidth - 0x21 + b) : Replacement,
        _ when b is 0x0E or 0x0F or > 0x7F => Replacement,
        JisState.Roman => b == 0x5C ? '\u00A5' : b == 0x7E ? '\u203E' : (char)b,
        _ => (char)b,
    };
}
