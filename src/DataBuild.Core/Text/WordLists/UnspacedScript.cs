namespace DataBuild.Text;

/// <summary>Scripts written without spaces between words that have a list of words here.</summary>
internal enum UnspacedScript
{
    /// <summary>None of them.</summary>
    None,

    /// <summary>Han, hiragana and katakana: one list for Chinese and Japanese, with costs by frequency.</summary>
    ChineseJapanese,
    Thai,
    Lao,
    Khmer,
    Burmese,
}
