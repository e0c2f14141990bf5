using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace DataBuild.Stages.Refine;

/// <summary>Kinds of personal data that can be told by form.</summary>
internal enum PiiKind
{
    Email,
    IpAddress,
    Phone,
    Card,
    Iban,
}

/// <summary>A piece of personal data in a text.</summary>
internal readonly record struct PiiSpan(PiiKind Kind, int Start, int Length)
{
    public int End => Start + Length;
}

/// <summary>
/// Finds e-mail addresses (RFC 5322 dot-atoms before '@', host names or bracketed addresses after it), public IP addresses, phone numbers (international form,
/// North American form), card numbers (ISO/IEC 7812 check digit) and IBANs (ISO 13616 check digits), from left to right without overlap.
/// </summary>
internal static class PiiScanner
{
    private static readonly SearchValues<char> Starts = SearchValues.Create("@+0123456789:");

    /// <summary>Adds every find to the list, in order.</summary>
    public static void Scan(ReadOnlySpan<char> text, List<PiiSpan> found)
    {
        int at = 0;
        int taken = 0;
        while (at < text.Length)
        {
            int next = text[at..].IndexOfAny(Starts);
            if (next < 0)
            {
                break;
            }

            at += next;
            PiiSpan? span = text[at] switch
            {
                '@' => EmailAround(text, at, taken),
                ':' => Ipv6Around(text, at, taken),
                _ => NumberAt(text, at, taken),
            };
            if (span is { } hit)
            {
                found.Add(hit);
                taken = hit.End;
                at = hit.End;
            }
            else
            {
                at++;
            }
        }
    }

    private static PiiSpan? EmailAround(ReadOnlySpan<char> text, int at, int taken)
    {
        int start = at;
        while (start > taken && IsLocal(text[start - 1]) && !(text[start - 1] == '.' && (start == at || text[start] == '.')))
        {
            start--;
        }

        while (start < at && !IsAsciiWord(text[start]))
        {
            start++;
        }

        if (start == at || (start > 0 && char.IsLetterOrDigit(text[start - 1])))
        {
            return null;
        }

        int end = text[(at + 1)..] is ['[', ..] ? EndOfBracketedAddress(text, at + 1) : EndOfHost(text, at + 1);
        return end < 0 ? null : new PiiSpan(PiiKind.Email, start, end - start);
    }

    private static int EndOfBracketedAddress(ReadOnlySpan<char> text, int open)
    {
        int close = text[open..].IndexOf(']');
        return close > 0 && TryIpv4(text.Slice(open + 1, close - 1), out _) ? open + close + 1 : -1;
    }

    // Labels of letters, digits and inner hyphens, two at least.
    private static int EndOfHost(ReadOnlySpan<char> text, int start)
    {
        int labels = 0;
        int end = -1;
        int at = start;
        while (at < text.Length && char.IsAsciiLetterOrDigit(text[at]))
        {
            int last = at;
            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '-'))
            {
                last = text[at] == '-' ? last : at;
                at++;
            }

            labels++;
            end = last + 1;
            if (end != at || at >= text.Length || text[at] != '.')
            {
                break;
            }

            at++;
        }

        return labels >= 2 ? end : -1;
    }

    private static PiiSpan? NumberAt(ReadOnlySpan<char> text, int at, int taken)
    {
        // Only the first digit of a run of digits starts something.
        if (at > 0 && (char.IsAsciiDigit(text[at - 1]) || (text[at - 1] == '+' && at - 1 >= taken)))
        {
            return null;
        }

        return Iban(text, at, taken) ?? Ipv4(text, at) ?? Card(text, at) ?? PhoneNumbers.Find(text, at, taken);
    }

    private static PiiSpan? Ipv4(ReadOnlySpan<char> text, int at)
    {
        if (text[at] == '+' || (at > 0 && char.IsLetterOrDigit(text[at - 1])) || (at > 1 && text[at - 1] == '.' && char.IsAsciiDigit(text[at - 2])))
        {
            return null;
        }

        int end = at;
        while (end < text.Length && end - at < 16 && (char.IsAsciiDigit(text[end]) || text[end] == '.'))
        {
            end++;
        }

        while (end > at && text[end - 1] == '.')
        {
            end--;
        }

        bool followed = end < text.Length && (char.IsLetterOrDigit(text[end]) || (text[end] == '.' && end + 1 < text.Length && char.IsAsciiDigit(text[end + 1])));
        return !followed && TryIpv4(text[at..end], out uint address) && IsPublic(address) ? new PiiSpan(PiiKind.IpAddress, at, end - at) : null;
    }

    private static bool TryIpv4(ReadOnlySpan<char> text, out uint address)
    {
        address = 0;
        int parts = 0;
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> part = text[range];
            if (++parts > 4 || part.Length is 0 or > 3 || (part.Length > 1 && part[0] == '0') || part.ContainsAnyExceptInRange('0', '9'))
            {
                return false;
            }

            int value = int.Parse(part, System.Globalization.CultureInfo.InvariantCulture);
            if (value > 255)
            {
                return false;
            }

            address = (address << 8) | (uint)value;
        }

        return parts == 4;
    }

    // Neither private, nor loopback, link-local, shared, documentation, benchmark, multicast nor reserved (RFC 6890).
    private static bool IsPublic(uint address) => (address >> 24) switch
    {
        0 or 10 or 127 or >= 224 => false,
        100 => (address >> 22) != ((100u << 2) | 1),
        169 => (address >> 16) != ((169u << 8) | 254),
        172 => (address >> 20) != ((172u << 4) | 1),
        192 => (address >> 16) != ((192u << 8) | 168) && (address >> 8) is not ((192u << 16) | 2) and not (192u << 16),
        198 => (address >> 17) != ((198u << 7) | 9) && (address >> 8) != ((198u << 16) | (51u << 8) | 100),
        203 => (address >> 8) != ((203u << 16) | 113),
        _ => true,
    };

    private static PiiSpan? Ipv6Around(ReadOnlySpan<char> text, int at, int taken)
    {
        int start = at;
        while (start > taken && (char.IsAsciiHexDigit(text[start - 1]) || text[start - 1] == ':'))
        {
            start--;
        }

        int end = at + 1;
        while (end < text.Length && end - start < 46 && (char.IsAsciiHexDigit(text[end]) || text[end] is ':' or '.'))
        {
            end++;
        }

        while (end > start && text[end - 1] == '.')
        {
            end--;
        }

        ReadOnlySpan<char> candidate = text[start..end];
        bool bounded = (start == 0 || !char.IsLetterOrDigit(text[start - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end]));
        return bounded && candidate.Count(':') >= 3 && candidate.Length >= 8 && IPAddress.TryParse(candidate, out IPAddress? address)
            && address.AddressFamily == AddressFamily.InterNetworkV6 && IsPublic(address)
            ? new PiiSpan(PiiKind.IpAddress, start, end - start)
            : null;
    }

    // Global unicast (2000::/3) but for the documentation prefix 2001:db8::/32.
    private static bool IsPublic(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = address.TryWriteBytes(bytes, out _);
        return (bytes[0] & 0xE0) == 0x20 && !(bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0D && bytes[3] == 0xB8);
    }

    private static PiiSpan? Card(ReadOnlySpan<char> text, int at)
    {
        if (text[at] == '+' || (at > 0 && char.IsLetterOrDigit(text[at - 1])))
        {
            return null;
        }

        Span<byte> digits = stackalloc byte[20];
        int count = 0;
        int end = at;
        for (int i = at; i < text.Length && count < digits.Length; i++)
        {
            if (char.IsAsciiDigit(text[i]))
            {
                digits[count++] = (byte)(text[i] - '0');
                end = i + 1;
            }
            else if (text[i] is not (' ' or '-') || i + 1 >= text.Length || !char.IsAsciiDigit(text[i + 1]))
            {
                break;
            }
        }

        bool bounded = end == text.Length || !char.IsLetterOrDigit(text[end]);
        return bounded && count is >= 13 and <= 19 && digits[0] is >= 2 and <= 6 && PassesLuhn(digits[..count]) ? new PiiSpan(PiiKind.Card, at, end - at) : null;
    }

    /// <summary>The check of ISO/IEC 7812-1, annex B: from the right, every second digit counts double, its digits added.</summary>
    internal static bool PassesLuhn(ReadOnlySpan<byte> digits)
    {
        int sum = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            int digit = digits[^(i + 1)];
            digit = i % 2 == 0 ? digit : digit * 2;
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0;
    }

    // The two check digits stand after the two letters of the country.
    private static PiiSpan? Iban(ReadOnlySpan<char> text, int at, int taken)
    {
        int start = at - 2;
        if (start < taken || !char.IsAsciiLetterUpper(text[start]) || !char.IsAsciiLetterUpper(text[start + 1]) || (start > 0 && char.IsLetterOrDigit(text[start - 1])))
        {
            return null;
        }

        int expected = IbanLengths.Of(text[start], text[start + 1]);
        int remainder = 0;
        int count = 0;
        int end = start;
        Span<char> symbols = stackalloc char[34];
        for (int i = start; i < text.Length && count < expected; i++)
        {
            if (char.IsAsciiLetterUpper(text[i]) || char.IsAsciiDigit(text[i]))
            {
                symbols[count++] = text[i];
                end = i + 1;
            }
            else if (text[i] != ' ' || count < 4)
            {
                break;
            }
        }

        if (expected == 0 || count != expected || (end < text.Length && char.IsLetterOrDigit(text[end])))
        {
            return null;
        }

        for (int i = 0; i < count; i++)
        {
            char symbol = symbols[(i + 4) % count];
            remainder = char.IsAsciiDigit(symbol) ? ((remainder * 10) + (symbol - '0')) % 97 : ((remainder * 100) + (symbol - 'A' + 10)) % 97;
        }

        return remainder == 1 ? new PiiSpan(PiiKind.Iban, start, end - start) : null;
    }

    private static bool IsAsciiWord(char c) => c == '_' || char.IsAsciiLetterOrDigit(c);

    private static bool IsLocal(char c) =>
        char.IsAsciiLetterOrDigit(c) || c is '.' or '!' or '#' or '$' or '%' or '&' or '\'' or '*' or '+' or '/' or '=' or '?' or '^' or '_' or '`' or '{' or '|' or '}' or '~' or '-';
}
