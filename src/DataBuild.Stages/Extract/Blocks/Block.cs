using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Blocks;

/// <summary>What an element stands in.</summary>
[Flags]
internal enum BlockContext
{
    None = 0,
    Link = 1,
    Nav = 1 << 1,
    Aside = 1 << 2,
    Footer = 1 << 3,
    Header = 1 << 4,
    Main = 1 << 5,
    Article = 1 << 6,
    Form = 1 << 7,
    Table = 1 << 8,
    List = 1 << 9,
    Figure = 1 << 10,
    Invisible = 1 << 11,
    Quote = 1 << 12,
    Pre = 1 << 13,
    Button = 1 << 14,
    Noscript = 1 << 15,
    Heading = 1 << 16,
    ArticleBody = 1 << 17,
    Comments = 1 << 18,
    Dialog = 1 << 19,
    Item = 1 << 20,
    Cell = 1 << 21,
    Label = 1 << 22,
    Definition = 1 << 23,
    Details = 1 << 24,
    Address = 1 << 25,

    /// <summary>Read as a formula as a whole.</summary>
    Formula = 1 << 26,
}

/// <summary>What is known of an element once the page is segmented. Counts are of the whole subtree.</summary>
internal struct ElementInfo
{
    /// <summary>Where the element stands, itself included.</summary>
    public BlockContext Context;

    /// <summary>Number of elements above.</summary>
    public short Depth;

    /// <summary>Learned score of the words of its class, id and role, in sixteenths.</summary>
    public short ClassScore;

    /// <summary>The lowest and highest learned score of one of its words.</summary>
    public short ClassLow, ClassHigh;

    /// <summary>Sum of the learned weights of the element's names and, less and less, of those above, in units of <see cref="LearnedTokens.Unit"/>.</summary>
    public float Learned;

    /// <summary>Hash of tag and class.</summary>
    public uint Shape;

    /// <summary>Bytes of text, bytes of it in links, words, words in links.</summary>
    public int TextBytes, LinkBytes, Words, LinkWords;

    /// <summary>Blocks with prices, images and headings.</summary>
    public int Prices, Images, Headings;

    /// <summary>Form controls and buttons, and those of them that are boxes to tick.</summary>
    public int Controls, Choices;

    /// <summary>Elements in the subtree, itself included.</summary>
    public int Elements;

    /// <summary>First block of the subtree and the one after its last.</summary>
    public int FirstBlock, EndBlock;
}

/// <summary>
/// A block: a run of inline content with no block boundary inside. Leaves are the text nodes, line breaks, images and formulas from
/// <see cref="FirstLeaf"/> to <see cref="LastLeaf"/> in document order.
/// </summary>
internal struct Block
{
    /// <summary>The innermost block element around it.</summary>
    public int Container;

    /// <summary>The element that holds the first leaf.</summary>
    public int Parent;

    /// <summary>The first and the last leaf.</summary>
    public int FirstLeaf, LastLeaf;

    /// <summary>Its context.</summary>
    public BlockContext Context;

    /// <summary>The innermost of its tags that matters: heading, item, cell, paragraph, ...</summary>
    public HtmlTag Tag;

    /// <summary>Bytes of text without leading and repeated white space, and those in links.</summary>
    public int TextBytes, LinkBytes;

    /// <summary>Words, words in links, number of links.</summary>
    public int Words, LinkWords, Links;

    /// <summary>Characters of a kind.</summary>
    public int Sentences, Commas, Digits, Capitals, Letters, NonAscii, Breaks, Images;

    /// <summary>Formulas that are elements; each counts as two words.</summary>
    public int Formulas;

    /// <summary>Hash of the text, of white space apart.</summary>
    public uint TextHash;

    /// <summary>Sum of the learned scores of its words, the number of words that have one, the lowest and the highest, in sixteenths.</summary>
    public int WordScore, WordScored;

    /// <summary>Sum of the learned scores of its pairs of neighbouring words, and the score of a short block as a whole, in sixteenths.</summary>
    public int PairScore, TextScore;

    /// <summary>Of a heading: sum of its words' learned scores for the section below it, in sixteenths.</summary>
    public int SectionScore;

    /// <summary>Sum of the learned weights of its words, and of a heading for the blocks below it, in units of <see cref="LearnedTokens.Unit"/>.</summary>
    public int LearnedWords, LearnedSection;

    /// <summary>The lowest and highest learned score of one of its words.</summary>
    public short WordLow, WordHigh;

    /// <summary>The first and last byte that is not white space.</summary>
    public byte First, Last;

    /// <summary>Currency signs with digits.</summary>
    public byte Prices;
}
