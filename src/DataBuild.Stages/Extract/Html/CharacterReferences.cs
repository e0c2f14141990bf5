using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using AngleSharp.Html;

namespace DataBuild.Stages.Extract.Html;

/// <summary>Resolves character references as the tokenizer of the HTML standard does (section 13.2.5.72 and following).</summary>
internal static class CharacterReferences
{
    private const int LongestName = 32;

    private static readonly ConcurrentDictionary<string, byte[]> Known = new(StringComparer.Ordinal);

    private static readonly SearchValues<byte> NameBytes = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    // Numeric references 0x80..0x9F are read as windows-1252.
    private static readonly ushort[] Windows1252 =
    [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
        0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
    ];

    /// <summary>
    /// Writes <paramref name="text"/> with its references resolved and returns the bytes written.
    /// <paramref name="output"/> must hold twice the text's length plus 16: <c>&amp;nGt;</c> and its like are the only ones that grow.
    /// </summary>
    public static int Resolve(ReadOnlySpan<byte> text, bool inAttribute, Span<byte> output)
    {
        int written = 0;
        while (true)
        {
            int amp = text.IndexOf((byte)'&');
            if (amp < 0)
            {
                text.CopyTo(output[written..]);
                return written + text.Length;
            }

            text[..amp].CopyTo(output[written..]);
            written += amp;
            text = text[amp..];
            int used = ResolveOne(text, inAttribute, output[written..], out int produced);
            if (used == 0)
            {
                output[written++] = (byte)'&';
                text = text[1..];
            }
            else
            {
                written += produced;
                text = text[used..];
            }
        }
    }

    private static int ResolveOne(ReadOnlySpan<byte> text, bool inAttribute, Span<byte> output, out int produced)
    {
        produced = 0;
        if (text.Length < 2)
        {
            return 0;
        }

        if (text[1] == (byte)'#')
        {
            return ResolveNumeric(text, output, out produced);
        }

        int end = text[1..].IndexOfAnyExcept(NameBytes);
        int length = Math.Min(end < 0 ? text.Length - 1 : end, LongestName);
        if (length == 0)
        {
            return 0;
        }

        bool closed = length + 1 < text.Length && text[length + 1] == (byte)';';
        ReadOnlySpan<byte> name = text.Slice(1, length);
        if (closed)
        {
            ReadOnlySpan<byte> common = Common(name);
            if (!common.IsEmpty)
            {
                common.CopyTo(output);
                produced = common.Length;
                return length + 2;
            }

            byte[] value = Lookup(name, true);
            if (value.Length > 0)
            {
                value.CopyTo(output);
                produced = value.Length;
                return length + 2;
            }
        }

        // Old names may lack the semicolon: the longest that fits.
        for (int n = Math.Min(length, 6); n >= 2; n--)
        {
            byte[] value = Lookup(name[..n], false);
            if (value.Length == 0)
            {
                continue;
            }

            if (inAttribute && n + 1 < text.Length && (text[n + 1] == (byte)'=' || (NameBytes.Contains(text[n + 1]) && !(closed && n == length))))
            {
                return 0;
            }

            value.CopyTo(output);
            produced = value.Length;
            return n + 1;
        }

        return 0;
    }

    private static ReadOnlySpan<byte> Common(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => name.SequenceEqual("lt"u8) ? "<"u8 : name.SequenceEqual("gt"u8) ? ">"u8 : default,
        3 => name.SequenceEqual("amp"u8) ? "&"u8 : default,
        4 => name.SequenceEqual("nbsp"u8) ? "\u00a0"u8 : name.SequenceEqual("quot"u8) ? "\""u8 : name.SequenceEqual("copy"u8) ? "\u00a9"u8 : default,
        5 => name.SequenceEqual("rsquo"u8) ? "\u2019"u8 : name.SequenceEqual("raquo"u8) ? "\u00bb"u8 : name.SequenceEqual("mdash"u8) ? "\u2014"u8 : name.SequenceEqual("ndash"u8) ? "\u2013"u8 : default,
        _ => default,
    };

    private static byte[] Lookup(ReadOnlySpan<byte> name, bool semicolon)
    {
        Span<char> chars = stackalloc char[LongestName + 1];
        int n = 0;
        foreach (byte b in name)
        {
            chars[n++] = (char)b;
        }

        if (semicolon)
        {
            chars[n++] = ';';
        }

        if (Known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(chars[..n], out byte[]? value))
        {
            return value;
        }

        string key = new(chars[..n]);
        string? symbol = HtmlEntityProvider.Resolver.GetSymbol(key);
        value = symbol is null ? [] : Encoding.UTF8.GetBytes(symbol);

        // Pages decide what is looked up: only what exists is kept, and that is a fixed list.
        if (value.Length > 0)
        {
            Known.TryAdd(key, value);
        }

        return value;
    }

    private static int ResolveNumeric(ReadOnlySpan<byte> text, Span<byte> output, out int produced)
    {
        produced = 0;
        int i = 2;
        bool hex = i < text.Length && (text[i] | 0x20) == 'x';
        if (hex)
        {
            i++;
        }

        int first = i;
        uint code = 0;
        for (; i < text.Length; i++)
        {
            int b = text[i];
            int digit = b is >= '0' and <= '9' ? b - '0'
                : hex && (b | 0x20) is >= 'a' and <= 'f' ? (b | 0x20) - 'a' + 10
                : -1;
            if (digit < 0)
            {
                break;
            }

            if (code <= 0x10FFFF)
            {
                code = (code * (hex ? 16u : 10u)) + (uint)digit;
            }
        }

        if (i == first)
        {
            return 0;
        }

        if (i < text.Length && text[i] == (byte)';')
        {
            i++;
        }

        if (code is >= 0x80 and <= 0x9F)
        {
            code = Windows1252[code - 0x80];
        }

        if (!Rune.TryCreate(code, out Rune rune) || code == 0)
        {
            rune = Rune.ReplacementChar;
        }

        produced = rune.EncodeToUtf8(output);
        return i;
    }
}
