using DataBuild.Stages.Extract.Html;
using DataBuild.Stages.Extract.Metadata;
using DataBuild.Stages.Extract.Model;

namespace DataBuild.Stages.Extract.Blocks;

/// <summary>Scores a page's blocks with the model. One instance per thread.</summary>
internal sealed class ModelLabeller
{
    private readonly BlockFeatures _features = new();
    private readonly FeatureMatrix _matrix = new();
    private float[] _scores = new float[512];

    /// <summary>Fills <paramref name="probabilities"/> with how likely each block is main content, 0 to 1.</summary>
    public void Score(HtmlTree tree, BlockSegmenter segments, PageMetadata metadata, string? url, BlockModel model, Span<float> probabilities, ExtractTimes? times = null)
    {
        int n = segments.Count;
        if (n == 0)
        {
            return;
        }

        _features.Compute(tree, segments, metadata, url, _matrix);
        if (_scores.Length < _matrix.Stride)
        {
            _scores = new float[_matrix.Stride * 2];
        }

        times?.Mark(ExtractStep.Features);
        model.Ensemble.Score(_matrix.Values, _matrix.Stride, n, _scores);
        for (int i = 0; i < n; i++)
        {
            probabilities[i] = 1f / (1f + MathF.Exp(-_scores[i]));
        }

        times?.Mark(ExtractStep.Trees);
    }
}
