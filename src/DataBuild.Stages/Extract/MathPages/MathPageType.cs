namespace DataBuild.Stages.Extract.MathPages;

/// <summary>What a fetched document of a mathematical crawl is.</summary>
public enum MathPageType
{
    /// <summary>Text that passes as it is.</summary>
    Text,

    /// <summary>A page that is rendered.</summary>
    Html,

    /// <summary>A Jupyter notebook, of which cells and outputs are taken.</summary>
    Notebook,
}
