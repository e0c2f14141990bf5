using DataBuild.Stages.Score.Vision.Reduction;

namespace DataBuild.Stages.Score.Vision;

/// <summary>What a vision encoder says of one image.</summary>
/// <param name="Features">Features of its patches, one after another.</param>
/// <param name="Dimensions">Features of a patch.</param>
/// <param name="Attention">Attention of the layers, first layer first.</param>
/// <param name="States">States of the patches before and after modules, in the order in which the model computes them.</param>
/// <param name="PixelFeatures">Features of the pixels of every patch; empty where no output is named.</param>
/// <param name="PixelDimensions">Of how many values each is.</param>
public sealed record EncodedImage(
    float[] Features,
    int Dimensions,
    IReadOnlyList<AttentionMap> Attention,
    IReadOnlyList<float[]> States,
    float[] PixelFeatures,
    int PixelDimensions)
{
    /// <summary>Patches.</summary>
    public int Patches => Features.Length / Dimensions;
}
