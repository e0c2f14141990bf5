namespace DataBuild.Stages.Extract.JusText;

/// <summary>What jusText takes a paragraph for.</summary>
internal enum ParagraphClass
{
    /// <summary>Boilerplate.</summary>
    Bad,

    /// <summary>Too short to be judged by itself.</summary>
    Short,

    /// <summary>Some running text.</summary>
    NearGood,

    /// <summary>Main text.</summary>
    Good,
}
