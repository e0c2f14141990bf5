using System.Globalization;
using DataBuild.Formats.Tensors;
using DataBuild.Stages.Extract.Images;
using DataBuild.Stages.Score.Vision.Reduction;

namespace DataBuild.Stages.Score.Vision;

/// <summary>Figures of <see cref="VisualFeaturesStage"/>.</summary>
/// <param name="Features">Features of the tokens left, one after another.</param>
/// <param name="Ids">Their ids in the codebook; none without one.</param>
/// <param name="Patches">The patch that each token left was, row by row, tile by tile after the whole image; -1 for one that only aggregates others.</param>
/// <param name="Mass">How many tokens each stands for.</param>
/// <param name="Tokens">Tokens before the reduction.</param>
/// <param name="Kept">Tokens left.</param>
[Figures]
public readonly partial record struct VisualFigures(
    ReadOnlyMemory<float> Features, ReadOnlyMemory<int> Ids, ReadOnlyMemory<int> Patches, ReadOnlyMemory<float> Mass, int Tokens, int Kept);

/// <summary>
/// Runs an ONNX vision encoder over images (<c>ReadImage</c> before it) and stores the features of their patches, or ids by a codebook (TokenFlow's shared indices), all of them or those that a
/// training-free reduction leaves: DivPrune, ToDRE, Zero-TPrune, HiPrune, HiRED, TransPrune, VFlowOpt, GTP-ViT, Token Transforming.
/// </summary>
[Stage("VisualFeatures", Version = 1, Phase = StagePhase.Score, ColumnPrefix = "visual")]
public sealed partial record VisualFeaturesStage : ModelStage<VisualFigures>
{
    private VisionEncoder? _encoder;
    private TokenReducer? _reducer;
    private SharedCodebook? _codebook;

    /// <summary>The encoder: an ONNX file with one input, float [images, 3, height, width].</summary>
    [Option(Required = true)]
    public InputFile? Model { get; init; }

    /// <summary>Column of the images' bytes.</summary>
    public string Column { get; init; } = "image.content";

    /// <summary>Width and height of images where the model leaves them free.</summary>
    [Option(Min = 1, Max = 16384, Unit = "pixels")]
    public int Size { get; init; } = 224;

    /// <summary>How an image is made to fit.</summary>
    public ImageFit Fit { get; init; } = ImageFit.Crop;

    /// <summary>Filter of the resize.</summary>
    public ImageFilter Filter { get; init; } = ImageFilter.Bicubic;

    /// <summary>Subtracted from red, green and blue in [0, 1]; CLIP's by default.</summary>
    public IReadOnlyList<string> Mean { get; init; } = ["0.48145466", "0.4578275", "0.40821073"];

    /// <summary>What the rest is divided by; CLIP's by default.</summary>
    public IReadOnlyList<string> Std { get; init; } = ["0.26862954", "0.26130258", "0.27577711"];

    /// <summary>Tokens before the first patch: the class token and registers.</summary>
    [Option(Min = 0, Max = 1024, Unit = "tokens")]
    public int PrefixTokens { get; init; } = 1;

    /// <summary>Output of features; without it <c>last_hidden_state</c>, <c>features</c>, or the first.</summary>
    public string? Output { get; init; }

    /// <summary>Outputs of attention [images, heads, tokens, tokens], first layer first; without them all whose names begin with <c>attention</c>.</summary>
    public IReadOnlyList<string> AttentionOutputs { get; init; } = [];

    /// <summary>Outputs of states before a module, after it, before the next one and so on; without them all whose names begin with <c>state</c>.</summary>
    public IReadOnlyList<string> StateOutputs { get; init; } = [];

    /// <summary>Output of pixel features [images, patches, features], for the codebook.</summary>
    public string? PixelOutput { get; init; }

    /// <summary>Codebook: a safetensors file with the matrix <c>semantic</c>, and <c>pixel</c> where PixelOutput is named.</summary>
    public InputFile? Codebook { get; init; }

    /// <summary>Weight of the pixel distance.</summary>
    [Option(Min = 0, Max = 1000)]
    public double PixelWeight { get; init; } = 1;

    /// <summary>Whether features are stored; ids alone need little room.</summary>
    public bool StoreFeatures { get; init; } = true;

    /// <summary>Which tokens are kept.</summary>
    public TokenReduction Reduction { get; init; }

    /// <summary>Tokens to keep of an image.</summary>
    [Option(Min = 1, Unit = "tokens")]
    public int Keep { get; init; } = int.MaxValue;

    /// <summary>HiPrune: share of anchors with their neighbours (0.1 in the paper). HiRED: share of the whole image. GTP-ViT: part that is propagated.</summary>
    [Option(Min = 0, Max = 1, Unit = "fraction")]
    public double Alpha { get; init; } = 0.1;

    /// <summary>HiPrune: the middle layer, counted from 1; 0 for the one in the middle.</summary>
    [Option(Min = 0)]
    public int MiddleLayer { get; init; }

    /// <summary>Zero-TPrune: share of the dropped tokens that are dropped for their similarity.</summary>
    [Option(Min = 0, Max = 1, Unit = "fraction")]
    public double SimilarShare { get; init; } = 0.5;

    /// <summary>Zero-TPrune: steps of the power iteration at most.</summary>
    [Option(Min = 1, Max = 100000, Unit = "steps")]
    public int RankSteps { get; init; } = 50;

    /// <summary>VFlowOpt: recycled tokens of what is pruned.</summary>
    [Option(Min = 0, Unit = "tokens")]
    public int Recycled { get; init; } = 1;

    /// <summary>VFlowOpt: steps; each ranks by the attention of a later layer and keeps fewer, in equal ratios.</summary>
    [Option(Min = 1, Max = 100, Unit = "steps")]
    public int Steps { get; init; } = 1;

    /// <summary>GTP-ViT: most similar tokens that each one is joined to.</summary>
    [Option(Min = 0, Unit = "tokens")]
    public int Neighbours { get; init; } = 4;

    /// <summary>Token Transforming: temperature of the shares; 0 merges.</summary>
    [Option(Min = 0)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>HiRED: rows of tiles that are encoded beside the whole image.</summary>
    [Option(Min = 0, Max = 64)]
    public int TileRows { get; init; }

    /// <summary>HiRED: tiles in a row.</summary>
    [Option(Min = 0, Max = 64)]
    public int TileColumns { get; init; }

    /// <summary>Decimals of what is stored: the low bits, which other hardware may give differently, are rounded away.</summary>
    [Option(Min = 0, Max = 7, Unit = "decimals")]
    public int Decimals { get; init; } = 4;

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => [Column];

    /// <inheritdoc />
    public override bool ReuseByText => false;

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".features", ".ids", ".patches", ".mass", ".tokens", ".kept"];

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        string path = Model?.PathOrName ?? throw new StageException("DB4001", "the stage VisualFeatures names no model (option Model)");
        if (TileRows * TileColumns > 0 && Reduction is not (TokenReduction.HiRed or TokenReduction.None))
        {
            throw new StageException("DB4016", $"VisualFeatures cuts images into {TileRows} x {TileColumns} tiles and reduces by {Reduction}; tiles go with HiRed, or with no reduction");
        }

        _reducer = new TokenReducer(this);
        VisionEncoder encoder = VisionEncoder.Load(
            path,
            new VisionEncoderOptions
            {
                Size = Size,
                Mean = Numbers(Mean, nameof(Mean)),
                Std = Numbers(Std, nameof(Std)),
                Prefix = PrefixTokens,
                Output = Output,
                ReadsAttention = _reducer.NeedsAttention,
                ReadsStates = Reduction == TokenReduction.TransPrune,
                Attention = AttentionOutputs,
                States = StateOutputs,
                PixelOutput = PixelOutput,
                Threads = context.Threads,
                Provider = RequestProvider(context),
            },
            context.Report);
        if (_reducer.NeedsAttention && encoder.AttentionOutputs.Count == 0)
        {
            throw new StageException("DB4016", $"{Reduction} needs attention, and the model '{path}' has no output for it (option AttentionOutputs)", path);
        }

        if (Reduction == TokenReduction.TransPrune && (encoder.StateOutputs.Count == 0 || encoder.StateOutputs.Count % 2 != 0))
        {
            throw new StageException("DB4016", $"TransPrune needs states before and after modules, and the model '{path}' has {encoder.StateOutputs.Count} outputs of states (option StateOutputs)", path);
        }

        _codebook = Codebook is null ? null : LoadCodebook(Codebook.PathOrName);
        _encoder = encoder;
        ReportProvider(context, Model!, encoder.Provider);
    }

    /// <inheritdoc />
    public override void Measure(IReadOnlyList<Document> documents, Span<VisualFigures> figures)
    {
        ArgumentNullException.ThrowIfNull(documents);
        for (int i = 0; i < documents.Count; i++)
        {
            ReadOnlySpan<byte> content = documents[i].Batch.Find(Column) is StringColumn { Type: ColumnType.Binary } column ? column[documents[i].Row] : default;
            RgbImage image = RgbImage.Decode(content, long.MaxValue, out _, out string? fault)
                ?? throw new InvalidDataException($"column '{Column}' holds {content.Length:N0} bytes that are no image ({fault})");
            figures[i] = Measure(image);
        }
    }

    private VisualFigures Measure(RgbImage image)
    {
        VisionEncoder encoder = _encoder ?? throw new InvalidOperationException("Initialize was not called");
        RgbImage whole = ImageScaler.Fit(image, encoder.Width, encoder.Height, Fit, Filter);
        List<(RgbImage Pixels, EncodedImage Encoded)> views = [(whole, encoder.Encode(whole))];
        if (TileRows * TileColumns > 0)
        {
            RgbImage large = ImageScaler.Fit(image, encoder.Width * TileColumns, encoder.Height * TileRows, Fit, Filter);
            for (int tile = 0; tile < TileRows * TileColumns; tile++)
            {
                RgbImage cut = ImageScaler.Cut(large, tile % TileColumns * encoder.Width, tile / TileColumns * encoder.Height, encoder.Width, encoder.Height);
                views.Add((cut, encoder.Encode(cut)));
            }
        }

        ReducedTokens left = _reducer!.Reduce(views);
        int tokens = views.Sum(v => v.Encoded.Patches);
        int[] ids = _codebook is null ? [] : Quantize(views, left);
        float[] features = StoreFeatures ? [.. left.Features.ToArray().Select(Rounded)] : [];
        return new VisualFigures(features, ids, left.Sources.ToArray(), left.Mass.Select(m => Rounded((float)m)).ToArray(), tokens, left.Sources.Count);
    }

    // An aggregate has no pixels of its own; its id is -1.
    private int[] Quantize(List<(RgbImage Pixels, EncodedImage Encoded)> views, ReducedTokens left)
    {
        EncodedImage first = views[0].Encoded;
        if (first.Dimensions != _codebook!.SemanticDimensions || first.PixelDimensions != _codebook.PixelDimensions)
        {
            throw new StageException("DB4017", $"the codebook '{Codebook!.Value}' has codes of {_codebook.SemanticDimensions} and {_codebook.PixelDimensions} values; the model's features have {first.Dimensions} and {first.PixelDimensions}", Codebook.Path);
        }

        int[] ids = new int[left.Sources.Count];
        Array.Fill(ids, -1);
        for (int i = 0; i < ids.Length; i++)
        {
            if (left.Sources[i] is int source and >= 0)
            {
                EncodedImage view = views[source / first.Patches].Encoded;
                ids[i] = _codebook.Quantize(
                    left.Features.Span.Slice(i * first.Dimensions, first.Dimensions),
                    view.PixelFeatures.AsSpan(source % first.Patches * first.PixelDimensions, first.PixelDimensions))[0];
            }
        }

        return ids;
    }

    private SharedCodebook LoadCodebook(string path)
    {
        try
        {
            (_, int semantic, float[] semanticCodes) = SafetensorsFile.ReadMatrix(path, "semantic");
            (_, int pixel, float[] pixelCodes) = PixelOutput is null ? (0, 0, []) : SafetensorsFile.ReadMatrix(path, "pixel");
            return new SharedCodebook(semanticCodes, semantic, pixelCodes, pixel, PixelWeight);
        }
        catch (Exception error) when (error is SafetensorsFormatException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new StageException("DB4017", $"the codebook '{path}' cannot be used: {error.Message.Split(" (Parameter", StringSplitOptions.None)[0]}", path, error);
        }
    }

    private static double[] Numbers(IReadOnlyList<string> values, string option)
    {
        double[] numbers = [.. values.Select(v => double.TryParse(v, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN)];
        return numbers.Length == 3 && numbers.All(double.IsFinite) && (option == nameof(Mean) || numbers.All(n => n > 0))
            ? numbers
            : throw new StageException("DB4016", $"VisualFeatures.{option} is '{string.Join(';', values)}'; expected three numbers{(option == nameof(Mean) ? "" : " above 0")}, for red, green and blue");
    }

    private float Rounded(float value) => (float)Math.Round((double)value, Decimals, MidpointRounding.ToEven);
}
