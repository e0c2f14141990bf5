namespace DataBuild.Text;

/// <summary>What the filters ask of a character; a set of flags.</summary>
[Flags]
public enum CharacterTraits : byte
{
    /// <summary>None of the others.</summary>
    None = 0,

    /// <summary>A letter (Unicode categories L*).</summary>
    Letter = 1,

    /// <summary>A decimal digit of any script (category Nd).</summary>
    Digit = 2,

    /// <summary>White space as Python's <c>str.split</c> sees it: White_Space and U+001C to U+001F.</summary>
    Whitespace = 4,

    /// <summary>A symbol of the punctuation set that the field's word filters ignore; see <see cref="CharacterTable.Punctuation"/>.</summary>
    Punctuation = 8,

    /// <summary>Ends a sentence (Unicode property Sentence_Terminal).</summary>
    SentenceTerminal = 16,

    /// <summary>An upper-case letter (category Lu).</summary>
    Upper = 32,

    /// <summary>A lower-case letter (category Ll).</summary>
    Lower = 64,

    /// <summary>A number that is no decimal digit (categories Nl, No): Ⅳ, ½, ².</summary>
    OtherNumber = 128,
}
