namespace DataBuild.Stages.Tokenize.Training;

/// <summary>What fills a vocabulary up to a power of two.</summary>
public enum TokenPadding
{
    /// <summary>Control tokens that no text holds.</summary>
    Unused,

    /// <summary>Runs of spaces and of line feeds, from two on, in turn: as KL3M's tokenizers are filled, up to runs of hundreds.</summary>
    Runs,
}
