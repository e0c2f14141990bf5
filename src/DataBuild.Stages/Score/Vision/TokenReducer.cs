using DataBuild.Stages.Extract.Images;
using DataBuild.Stages.Score.Vision.Reduction;

namespace DataBuild.Stages.Score.Vision;

/// <summary>Runs the reduction that the options of <see cref="VisualFeaturesStage"/> ask for.</summary>
internal sealed class TokenReducer(VisualFeaturesStage options)
{
    /// <summary>Whether the reduction reads attention.</summary>
    public bool NeedsAttention => options.Reduction is not (TokenReduction.None or TokenReduction.DivPrune or TokenReduction.ToDre or TokenReduction.TransPrune);

    /// <summary>What is left of an image's tokens.</summary>
    /// <param name="views">The whole image, then its tiles row by row.</param>
    public ReducedTokens Reduce(IReadOnlyList<(RgbImage Pixels, EncodedImage Encoded)> views)
    {
        (RgbImage pixels, EncodedImage image) = views[0];
        int keep = Math.Min(options.Keep, image.Patches);
        return options.Reduction switch
        {
            TokenReduction.None => All(views),
            TokenReduction.DivPrune => Keep(image, DiverseTokens.DivPrune(image.Features, image.Dimensions, keep)),
            TokenReduction.ToDre => Keep(image, DiverseTokens.ToDre(image.Features, image.Dimensions, keep)),
            TokenReduction.ZeroTPrune => Keep(image, ZeroTPrune.Select(image.Features, image.Dimensions, ZeroTPrune.Importance(image.Attention[^1], options.RankSteps), keep, options.SimilarShare)),
            TokenReduction.HiPrune => Keep(image, HiPrune.Select(Middle(image).Received(), image.Attention[^1].Received(), Columns(pixels, image), keep, options.Alpha)),
            TokenReduction.HiRed => HiRedOf(views),
            TokenReduction.TransPrune => Keep(image, TransPrune.Select(Transitions(image), [], keep)),
            TokenReduction.VFlowOpt => VFlowOptOf(pixels, image, keep),
            TokenReduction.GtpVit => GtpVit.Propagate(
                image.Features, image.Dimensions, TokenRanking.Top(GtpVit.Scores(image.Attention[^1]), keep), GtpVit.Graph(image.Features, image.Dimensions, Columns(pixels, image), options.Neighbours), options.Alpha),
            TokenReduction.TokenTransforming => TokenTransforming.Reduce(image.Features, image.Dimensions, TokenRanking.Top(image.Attention[^1].FromClass(), keep), options.Temperature),
            _ => throw new InvalidOperationException($"no reduction {options.Reduction}"),
        };
    }

    // Patches are as wide as they are high.
    private static int Columns(RgbImage pixels, EncodedImage image)
    {
        int columns = (int)Math.Round(Math.Sqrt((double)image.Patches * pixels.Width / pixels.Height));
        return columns > 0 && image.Patches % columns == 0
            ? columns
            : throw new StageException("DB4015", $"the encoder gives {image.Patches} patches of {pixels.Width} x {pixels.Height} pixels, which are no grid of squares");
    }

    private AttentionMap Middle(EncodedImage image)
    {
        int layer = options.MiddleLayer == 0 ? (image.Attention.Count + 1) / 2 : options.MiddleLayer;
        return layer <= image.Attention.Count
            ? image.Attention[layer - 1]
            : throw new StageException("DB4016", $"VisualFeatures.MiddleLayer is {layer}; the model gives the attention of {image.Attention.Count} layers");
    }

    private static ReducedTokens Keep(EncodedImage image, int[] kept) => ReducedTokens.Keep(image.Features, image.Dimensions, kept);

    private static ReducedTokens All(IReadOnlyList<(RgbImage Pixels, EncodedImage Encoded)> views) =>
        Join(views, [.. views.Select(v => Enumerable.Range(0, v.Encoded.Patches).ToArray())]);

    private static ReducedTokens Join(IReadOnlyList<(RgbImage Pixels, EncodedImage Encoded)> views, int[][] kept)
    {
        List<int> sources = [];
        List<float> features = [];
        int offset = 0;
        for (int i = 0; i < views.Count; i++)
        {
            EncodedImage view = views[i].Encoded;
            features.AddRange(ReducedTokens.Keep(view.Features, view.Dimensions, kept[i]).Features.Span);
            foreach (int token in kept[i])
            {
                sources.Add(offset + token);
            }

            offset += view.Patches;
        }

        return new ReducedTokens(sources, features.ToArray(), [.. Enumerable.Repeat(1.0, sources.Count)]);
    }

    private ReducedTokens HiRedOf(IReadOnlyList<(RgbImage Pixels, EncodedImage Encoded)> views)
    {
        (RgbImage pixels, EncodedImage image) = views[0];
        int budget = (int)Math.Min(options.Keep, (long)image.Patches * views.Count);
        int[] given = views.Count == 1
            ? [Math.Min(budget, image.Patches)]
            : HiRed.Allocate(image.Attention[^1].FromClass(), Columns(pixels, image), options.TileRows, options.TileColumns, budget, options.Alpha);
        return Join(views, [.. views.Select((v, i) => HiRed.Select(v.Encoded.Attention[^1].FromClass(), given[i]))]);
    }

    private static double[] Transitions(EncodedImage image)
    {
        double[] transitions = new double[image.Patches];
        for (int module = 0; module + 1 < image.States.Count; module += 2)
        {
            TransPrune.AddTransitions(image.States[module], image.States[module + 1], image.States[module].Length / image.Patches, transitions);
        }

        return transitions;
    }

    private ReducedTokens VFlowOptOf(RgbImage pixels, EncodedImage image, int keep)
    {
        double[] entropy = Entropies(pixels, image.Patches, Columns(pixels, image));
        int steps = Math.Min(options.Steps, image.Attention.Count);
        double[][] importance = new double[steps][];
        int[] kept = new int[steps];
        for (int step = 0; step < steps; step++)
        {
            importance[step] = VFlowOpt.Importance(image.Attention[^(steps - step)].FromClass(), entropy);
            kept[step] = step == steps - 1 ? keep : (int)Math.Round(image.Patches * Math.Pow((double)keep / image.Patches, (step + 1.0) / steps));
        }

        return VFlowOpt.Reduce(image.Features, image.Dimensions, importance, kept, options.Recycled);
    }

    private static double[] Entropies(RgbImage pixels, int patches, int columns)
    {
        int width = pixels.Width / columns;
        int height = pixels.Height / (patches / columns);
        double[] entropy = new double[patches];
        byte[] brightness = new byte[width * height];
        for (int patch = 0; patch < patches; patch++)
        {
            for (int i = 0; i < brightness.Length; i++)
            {
                int x = (patch % columns * width) + (i % width);
                int y = (patch / columns * height) + (i / width);
                ReadOnlySpan<byte> rgb = pixels.Pixels.AsSpan(((y * pixels.Width) + x) * 3, 3);

                // ITU-R BT.601 luma, in thousandths.
                brightness[i] = (byte)(((299 * rgb[0]) + (587 * rgb[1]) + (114 * rgb[2]) + 500) / 1000);
            }

            entropy[patch] = VFlowOpt.PatchEntropy(brightness);
        }

        return entropy;
    }
}
