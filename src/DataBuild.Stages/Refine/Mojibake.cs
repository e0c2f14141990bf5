using System.Buffers;
using System.Text;

namespace DataBuild.Stages.Refine;

/// <summary>
/// Finds characters that are UTF-8 read as Windows-1252 (or Latin-1) and decodes them again. A sequence that starts with one of the characters most seen
/// there (<c>Â Ã â ï ð</c>) is taken alone; any other only beside a second one, or when its first character was proven by such a pair before: honest text
/// holds <c>ß“</c> and <c>à «</c>, but not two of them in a row.
/// </summary>
internal sealed class Mojibake : IDocumentAnalysis
{
    // Characters of Windows-1252 for the bytes 0x80 to 0x9F; 0 where it has none.
    private const string Windows1252 =
        "\u20AC\0\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\0\u017D\0\0\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\0\u017E\u0178";

    // The first bytes of sequences: Â to ß for two bytes, à to ï for three, ð to ô for four.
    private static readonly SearchValues<char> Leads = SearchValues.Create(
        string.Concat(Enumerable.Range(0xC2, 0xF4 - 0xC2 + 1).Select(c => (char)c)));

    private readonly bool[] _proven = new bool[256];
    private readonly TextBuilder _first = new();
    private readonly TextBuilder _second = new();
    private TextBuilder _target;

    public Mojibake() => _target = _first;

    /// <summary>A buffer for the composed text.</summary>
    public TextBuilder Composed { get; } = new();

    /// <summary>Nothing: the object only keeps buffers.</summary>
    public void Analyze(Document document)
    {
    }

    /// <summary>False when no character can start a wrongly decoded sequence.</summary>
    public static bool MayOccurIn(ReadOnlySpan<char> text)
    {
        while (true)
        {
            int at = text.IndexOfAny(Leads);
            if (at < 0 || at + 1 >= text.Length)
            {
                return false;
            }

            if (ByteOf(text[at + 1]) is >= 0x80 and < 0xC0)
            {
                return true;
            }

            text = text[(at + 1)..];
        }
    }

    /// <summary>Repairs a text; gives the number of sequences repaired.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isNew">False in further rounds on one text.</param>
    public int Repair(ReadOnlySpan<char> text, bool isNew)
    {
        _target.Clear();
        if (isNew)
        {
            Array.Clear(_proven);
        }

        int repaired = 0;
        while (true)
        {
            int at = text.IndexOfAny(Leads);
            if (at < 0)
            {
                break;
            }

            int length = Decode(text[at..], out Rune rune);
            if (length == 0 || !IsTrusted(text, at, length))
            {
                _ = _target.Append(text[..(at + 1)]);
                text = text[(at + 1)..];
                continue;
            }

            repaired++;
            _ = _target.Append(text[..at]);
            int width = rune.EncodeToUtf16(_target.GetSpan(2));
            _target.Advance(width);
            text = text[(at + length)..];
        }

        _ = _target.Append(text);
        return repaired;
    }

    /// <summary>The text of the last repair; valid until the repair after the next.</summary>
    public ReadOnlySpan<char> TakeResult()
    {
        ReadOnlySpan<char> result = _target.Span;
        _target = ReferenceEquals(_target, _first) ? _second : _first;
        return result;
    }

    private static int Decode(ReadOnlySpan<char> text, out Rune rune)
    {
        Span<byte> bytes = stackalloc byte[4];
        int length = text[0] switch { < '\u00E0' => 2, < '\u00F0' => 3, _ => 4 };
        rune = default;
        if (text.Length < length)
        {
            return 0;
        }

        for (int i = 0; i < length; i++)
        {
            int value = i == 0 ? text[0] : ByteOf(text[i]);
            if (value < 0)
            {
                return 0;
            }

            bytes[i] = (byte)value;
        }

        return Rune.DecodeFromUtf8(bytes[..length], out rune, out int used) == OperationStatus.Done && used == length && IsPlausible(rune) ? length : 0;
    }

    private bool IsTrusted(ReadOnlySpan<char> text, int at, int length)
    {
        char lead = text[at];
        if (lead is 'Â' or 'Ã' or 'â' or 'ï' or 'ð' || _proven[lead])
        {
            return true;
        }

        // Ä and Å begin the letters of central Europe (č, ř, ł, œ): trusted inside a word, where honest text has no sign after them.
        bool nextIsLetter = at + length < text.Length && char.IsLetter(text[at + length]);
        if (lead is 'Ä' or 'Å' && (nextIsLetter || (at > 0 && char.IsLower(text[at - 1]))))
        {
            return true;
        }

        if (at + length < text.Length && Decode(text[(at + length)..], out _) > 0)
        {
            _proven[lead] = true;
            _proven[text[at + length]] = true;
            return true;
        }

        return false;
    }

    private static bool IsPlausible(Rune rune) =>
        Rune.IsLetter(rune) || rune.Value is (>= 0xA0 and <= 0xBF) or 0xD7 or 0xF7 or (>= 0x0300 and <= 0x036F) or (>= 0x2010 and <= 0x205E) or (>= 0x20A0 and <= 0x2BFF)
            or (>= 0x3000 and <= 0x303F) or (>= 0xFE0E and <= 0xFE0F) or 0xFEFF or (>= 0xFF00 and <= 0xFFEF) or (>= 0x1F000 and <= 0x1FAFF)
            || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;

    private static int ByteOf(char c)
    {
        if (c is >= '\u0080' and <= '\u00FF')
        {
            return c;
        }

        int at = c > '\u00FF' ? Windows1252.IndexOf(c, StringComparison.Ordinal) : -1;
        return at < 0 ? -1 : 0x80 + at;
    }
}
