namespace DataBuild.Text;

/// <summary>Classes of Unicode Standard Annex 29 (word boundaries), and white space.</summary>
internal enum WordBreakClass : byte
{
    /// <summary>A token by itself: symbols, ideographs, hiragana, letters of scripts without spaces.</summary>
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

    /// <summary>U+002E and U+002D, whose runs are one token.</summary>
    Dash,
}
