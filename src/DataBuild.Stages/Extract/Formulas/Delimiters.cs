using System.Text;

namespace DataBuild.Stages.Extract.Formulas;

/// <summary>Fences: which way they face, and the delimiters that follow <c>\left</c>, <c>\middle</c> and <c>\right</c>.</summary>
internal static class Delimiters
{
    /// <summary>1 for a fence that opens, 2 for one that closes, 3 for a bar that does either, 0 for anything else (MathML Core, appendix B).</summary>
    public static int KindOf(Rune rune) => rune.Value switch
    {
        '(' or '[' or '{' or 0x27E8 or 0x2329 or 0x3008 or 0x2308 or 0x230A or 0x27E6 or 0x27EE or 0x231C or 0x231E or 0x23B0 => 1,
        ')' or ']' or '}' or 0x27E9 or 0x232A or 0x3009 or 0x2309 or 0x230B or 0x27E7 or 0x27EF or 0x231D or 0x231F or 0x23B1 => 2,
        '|' or 0x2016 => 3,
        _ => 0,
    };

    /// <summary>The delimiter of a fence; "." for none at all; null where LaTeX has no such delimiter.</summary>
    public static string? Of(Rune rune) => rune.Value switch
    {
        0 => ".",
        '(' => "(",
        ')' => ")",
        '/' => "/",
        '|' => "|",
        0x27E6 or 0x27E7 => null,
        0x2016 => "\\|",
        _ => KindOf(rune) == 0 ? null : LatexSymbols.Of(rune),
    };
}
