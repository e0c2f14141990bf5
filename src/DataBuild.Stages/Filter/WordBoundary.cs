using DataBuild.Text;

namespace DataBuild.Stages.Filter;

/// <summary>What must stand on both sides of a phrase for it to count.</summary>
internal enum WordBoundary
{
    /// <summary>Anything.</summary>
    None,

    /// <summary>The end of the text, or a character that is no letter, digit or underscore.</summary>
    OtherCharacter,

    /// <summary>A change between such characters and others, as <c>\b</c> of regular expressions has it: a phrase that ends with a mark needs a letter after it.</summary>
    Change,

    /// <summary>White space or the end of the text; nothing for a phrase of several words.</summary>
    WhiteSpace,

    /// <summary>A character of the same line other than <c>a</c> to <c>z</c>.</summary>
    NoLetter,
}

/// <summary>Tests of <see cref="WordBoundary"/>.</summary>
internal static class WordBoundaries
{
    /// <summary>True when the phrase from <paramref name="start"/> to <paramref name="end"/> stands between such boundaries.</summary>
    public static bool Stands(this WordBoundary boundary, ReadOnlySpan<char> text, int start, int end) => boundary switch
    {
        WordBoundary.None => true,
        WordBoundary.OtherCharacter => !IsWord(text, start - 1) && !IsWord(text, end),
        WordBoundary.Change => IsWord(text, start - 1) != IsWord(text, start) && IsWord(text, end - 1) != IsWord(text, end),
        WordBoundary.WhiteSpace => text[start..end].Contains(' ') || (IsSpace(text, start - 1) && IsSpace(text, end)),
        _ => IsNoLetter(text, start - 1) && IsNoLetter(text, end),
    };

    private static bool IsWord(ReadOnlySpan<char> text, int at) =>
        (uint)at < (uint)text.Length && (text[at] == '_' || CharacterTable.Is(text[at], CharacterTraits.Letter | CharacterTraits.Digit | CharacterTraits.OtherNumber));

    private static bool IsSpace(ReadOnlySpan<char> text, int at) => (uint)at >= (uint)text.Length || CharacterTable.Is(text[at], CharacterTraits.Whitespace);

    private static bool IsNoLetter(ReadOnlySpan<char> text, int at) => (uint)at < (uint)text.Length && text[at] is not '\n' and not '\r' && !char.IsAsciiLetter(text[at]);
}
