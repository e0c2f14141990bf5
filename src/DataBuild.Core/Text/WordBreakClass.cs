namespace DataBuild.Text;

/// <summary>Classes of Unicode Standard Annex 29 (word boundaries), and white space.</summary>
internal enum WordBreakClass : byte
{
    /// <summary>A token by itself: symbols, letters of scripts without spaces that have no list of words.</summary>
    Other,
    Letter,
    HebrewLetter,
    Numeric,
    Katakana,
    ExtendNumLet,
    MidLetter,
    MidNum,
    MidNumLet,
    SingleQuote,
    DoubleQuote,
    Extend,
    Joiner,
    Whitespace,
    LineBreak,
    HighSurrogate,
    RegionalIndicator,

    /// <summary>Ideographs, hiragana, Thai, Lao, Khmer and Burmese letters: runs of them are cut by a list of words.</summary>
    Unspaced,

    /// <summary>U+002E and U+002D, whose runs are one token.</summary>
    Dash,
}
