namespace DataBuild.Stages.Refine;

/// <summary>
/// Finds phone numbers where their form leaves little doubt: '+' and 8 to 15 digits in groups (ITU-T E.164), or the North American form with separators
/// (<c>(202) 555-0143</c>, <c>202-555-0143</c>, <c>1-202-555-0143</c>). Plain runs of digits are none.
/// </summary>
internal static class PhoneNumbers
{
    public static PiiSpan? Find(ReadOnlySpan<char> text, int at, int taken)
    {
        int start = at > taken && text[at - 1] == '(' ? at - 1 : at;
        if (start > 0 && char.IsLetterOrDigit(text[start - 1]))
        {
            return null;
        }

        return text[at] == '+' ? International(text, at) : NorthAmerican(text, start);
    }

    private static PiiSpan? International(ReadOnlySpan<char> text, int at)
    {
        int digits = 0;
        int end = at;
        bool separated = false;
        for (int i = at + 1; i < text.Length && digits <= 16; i++)
        {
            if (char.IsAsciiDigit(text[i]))
            {
                digits++;
                end = i + 1;
                separated = false;
            }
            else if (text[i] is ' ' or '-' or '.' or '(' or ')' or '\u00A0' && digits > 0 && !(separated && text[i - 1] is not (')' or ' ')))
            {
                separated = true;
            }
            else
            {
                break;
            }
        }

        bool bounded = end == text.Length || !char.IsLetterOrDigit(text[end]);
        return bounded && digits is >= 8 and <= 15 ? new PiiSpan(PiiKind.Phone, at, end - at) : null;
    }

    private static PiiSpan? NorthAmerican(ReadOnlySpan<char> text, int start)
    {
        int at = start;
        if (text[at] == '1' && at + 1 < text.Length && text[at + 1] is '-' or '.' or ' ')
        {
            at += 2;
        }

        bool open = at < text.Length && text[at] == '(';
        at += open ? 1 : 0;
        if (!Group(text, ref at, 3, true))
        {
            return null;
        }

        if (open)
        {
            if (at >= text.Length || text[at] != ')')
            {
                return null;
            }

            at++;
            at += at < text.Length && text[at] is ' ' or '-' ? 1 : 0;
        }
        else if (!Separator(text, ref at))
        {
            return null;
        }

        bool complete = Group(text, ref at, 3, true) && Separator(text, ref at) && Group(text, ref at, 4, false) && (at == text.Length || !char.IsLetterOrDigit(text[at]));
        return complete ? new PiiSpan(PiiKind.Phone, start, at - start) : null;
    }

    // Area codes and exchanges start with 2 to 9.
    private static bool Group(ReadOnlySpan<char> text, ref int at, int length, bool startsHigh)
    {
        if (at + length > text.Length || text.Slice(at, length).ContainsAnyExceptInRange('0', '9') || (startsHigh && text[at] is '0' or '1'))
        {
            return false;
        }

        at += length;
        return true;
    }

    private static bool Separator(ReadOnlySpan<char> text, ref int at)
    {
        if (at >= text.Length || text[at] is not ('-' or '.' or ' '))
        {
            return false;
        }

        at++;
        return true;
    }
}
