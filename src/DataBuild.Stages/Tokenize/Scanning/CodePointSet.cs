using System.Globalization;
using System.Text;

namespace DataBuild.Stages.Tokenize.Scanning;

/// <summary>A set of code points: general categories, ranges and other sets, perhaps negated. ASCII is looked up in a bitmap.</summary>
internal sealed class CodePointSet
{
    private readonly List<(int First, int Last)> _ranges = [];
    private readonly List<CodePointSet> _parts = [];
    private uint _categories;
    private bool _whiteSpace;
    private bool _word;
    private bool _negated;
    private bool _ignoreCase;
    private UInt128 _ascii;
    private bool _frozen;

    /// <summary>Adds every code point from one to another.</summary>
    public CodePointSet AddRange(int first, int last)
    {
        _ranges.Add((first, last));
        return this;
    }

    /// <summary>Adds the code points of a general category, by its one- or two-letter name.</summary>
    /// <returns>Whether there is such a category.</returns>
    public bool TryAddProperty(string name)
    {
        uint categories = CategoryBits(name);
        if (categories != 0)
        {
            _categories |= categories;
            return true;
        }

        switch (name)
        {
            case "Han" or "Script=Han" or "sc=Han":
                foreach ((int first, int last) in Han)
                {
                    AddRange(first, last);
                }

                return true;
            case "White_Space" or "Whitespace":
                _whiteSpace = true;
                return true;
            case "Any":
                AddRange(0, 0x10FFFF);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Adds White_Space.</summary>
    public CodePointSet AddWhiteSpace()
    {
        _whiteSpace = true;
        return this;
    }

    /// <summary>Adds the word characters of UTS #18, annex C: alphabetic, marks, decimal digits, connectors, joiners.</summary>
    public CodePointSet AddWord()
    {
        _word = true;
        return this;
    }

    /// <summary>Adds another set.</summary>
    public CodePointSet Add(CodePointSet other)
    {
        _parts.Add(other);
        return this;
    }

    /// <summary>Turns the set into its complement.</summary>
    public CodePointSet Negate()
    {
        _negated = !_negated;
        return this;
    }

    /// <summary>Ignores case in what was added.</summary>
    public CodePointSet IgnoreCase()
    {
        _ignoreCase = true;
        return this;
    }

    /// <summary>Fills the bitmap; call it once, after the last change.</summary>
    public CodePointSet Freeze()
    {
        for (int i = 0; i < 128; i++)
        {
            if (Compute(i))
            {
                _ascii |= UInt128.One << i;
            }
        }

        _frozen = true;
        return this;
    }

    /// <summary>Whether a code point is in the set.</summary>
    public bool Contains(int codePoint) =>
        codePoint < 128 && _frozen ? ((ulong)(codePoint < 64 ? _ascii : _ascii >> 64) >> (codePoint & 63) & 1) != 0 : Compute(codePoint);

    /// <summary>Whether a code point is a word character.</summary>
    public static bool IsWord(int codePoint)
    {
        if (codePoint < 128)
        {
            return char.IsAsciiLetterOrDigit((char)codePoint) || codePoint == '_';
        }

        return CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber
                or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
                or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation => true,

            // The joiners, and the enclosed letters that Unicode counts as alphabetic though they are symbols.
            _ => codePoint is 0x200C or 0x200D or (>= 0x24B6 and <= 0x24E9)
                or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189),
        };
    }

    private bool Compute(int codePoint)
    {
        bool found = ComputeOne(codePoint);
        if (!found && _ignoreCase)
        {
            foreach (int other in CaseVariants(codePoint))
            {
                found |= ComputeOne(other);
            }
        }

        return found != _negated;
    }

    private bool ComputeOne(int codePoint)
    {
        foreach ((int first, int last) in _ranges)
        {
            if (codePoint >= first && codePoint <= last)
            {
                return true;
            }
        }

        if (_categories != 0 && (_categories >> (int)CharUnicodeInfo.GetUnicodeCategory(codePoint) & 1) != 0)
        {
            return true;
        }

        if (_whiteSpace && (CharacterClasses.Of(codePoint) & CharacterClasses.Space) != 0)
        {
            return true;
        }

        if (_word && IsWord(codePoint))
        {
            return true;
        }

        foreach (CodePointSet part in _parts)
        {
            if (part.Compute(codePoint))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The other code points of a code point's simple case folding class.</summary>
    private static int[] CaseVariants(int codePoint)
    {
        if (!Rune.IsValid(codePoint))
        {
            return [];
        }

        return codePoint switch
        {
            's' or 'S' => [codePoint ^ 0x20, 0x17F],
            'k' or 'K' => [codePoint ^ 0x20, 0x212A],
            0x17F => ['s', 'S'],
            0x212A => ['k', 'K'],
            _ => [Rune.ToLowerInvariant(new Rune(codePoint)).Value, Rune.ToUpperInvariant(new Rune(codePoint)).Value],
        };
    }

    private static uint CategoryBits(string name)
    {
        ReadOnlySpan<string> names =
        [
            "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co",
            "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
        ];
        uint bits = 0;
        for (int i = 0; i < names.Length; i++)
        {
            if (names[i] == name || (name.Length == 1 && names[i][0] == name[0]))
            {
                bits |= 1u << i;
            }
        }

        return bits;
    }

    /// <summary>Script=Han: Scripts.txt of Unicode 16.</summary>
    private static readonly (int First, int Last)[] Han =
    [
        (0x2E80, 0x2E99), (0x2E9B, 0x2EF3), (0x2F00, 0x2FD5), (0x3005, 0x3005), (0x3007, 0x3007), (0x3021, 0x3029), (0x3038, 0x303B),
        (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFA6D), (0xFA70, 0xFAD9), (0x16FE2, 0x16FE3), (0x16FF0, 0x16FF1),
        (0x20000, 0x2A6DF), (0x2A700, 0x2B739), (0x2B740, 0x2B81D), (0x2B820, 0x2CEA1), (0x2CEB0, 0x2EBE0), (0x2EBF0, 0x2EE5D),
        (0x2F800, 0x2FA1D), (0x30000, 0x3134A), (0x31350, 0x323AF),
    ];
}
