namespace DataBuild.Stages.Extract.JusText;

/// <summary>A block of text of a page, as jusText sees it.</summary>
internal sealed class JusTextParagraph
{
    /// <summary>The text, white space in single characters: a line feed where there was one.</summary>
    public required string Text { get; init; }

    /// <summary>Length of the text in code points.</summary>
    public required int Length { get; init; }

    /// <summary>Code points of the text nodes inside links, white space at their ends counted.</summary>
    public int LinkCharacters { get; init; }

    /// <summary>Elements inside the paragraph that do not divide it.</summary>
    public int Tags { get; init; }

    /// <summary>A heading element is above it.</summary>
    public bool IsHeading { get; init; }

    /// <summary>A select element is above it.</summary>
    public bool IsInSelect { get; init; }

    /// <summary>What the paragraph is by itself.</summary>
    public ParagraphClass ContextFree { get; set; }

    /// <summary>What it is among its neighbours.</summary>
    public ParagraphClass Class { get; set; }

    /// <summary>Share of characters in links; 0 for an empty text.</summary>
    public double LinkDensity => Length == 0 ? 0 : (double)LinkCharacters / Length;
}
