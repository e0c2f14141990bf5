using DataBuild.Stages.Tokenize.Normalizing;
using DataBuild.Stages.Tokenize.PreTokenizing;

namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>What one thread needs to encode with one tokenizer.</summary>
internal sealed class EncoderState
{
    /// <summary>Words met lately.</summary>
    public WordCache Words { get; } = new();

    /// <summary>Arrays for merging.</summary>
    public MergeWorkspace Workspace { get; } = new();

    /// <summary>The section of the input that is being normalised.</summary>
    public NormalizedText Section { get; set; } = new();

    /// <summary>Room for the next normaliser's text.</summary>
    public NormalizedText SpareSection { get; set; } = new();

    /// <summary>The part of the section that is being cut into words.</summary>
    public PreTokenizedText Pieces { get; } = new();

    /// <summary>Where ids go.</summary>
    public TokenSink Sink { get; } = new();

    /// <summary>Segments of the input between added tokens.</summary>
    public List<TextSegment> Segments { get; } = [];

    /// <summary>Segments of the normalised section between added tokens.</summary>
    public List<TextSegment> SectionSegments { get; } = [];

    /// <summary>The state of a search for the best segmentation: score, start and id of the best token that ends at each byte.</summary>
    public (double Score, int Start, int Id)[] Lattice { get; set; } = [];
}
