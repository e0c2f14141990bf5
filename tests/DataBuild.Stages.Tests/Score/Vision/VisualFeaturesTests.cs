using DataBuild.Formats.Tensors;
using DataBuild.Stages.Extract.Images;
using DataBuild.Stages.Score.Onnx;
using DataBuild.Stages.Score.Vision;
using DataBuild.Stages.Score.Vision.Reduction;
using DataBuild.Tests;
using SkiaSharp;

namespace DataBuild.Stages.Tests.Score.Vision;

public sealed class VisualFeaturesTests : IDisposable
{
    private readonly TestModels _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData(SKEncodedImageFormat.Png, "png")]
    [InlineData(SKEncodedImageFormat.Jpeg, "jpeg")]
    [InlineData(SKEncodedImageFormat.Webp, "webp")]
    public void Images_are_read_whatever_their_kind(SKEncodedImageFormat format, string name)
    {
        byte[] file = Picture(40, 24, format);
        ImageFigures figures = Read(file);

        Assert.Equal((name, 40, 24, null), (figures.Format, figures.Width, figures.Height, figures.Fault));
        Assert.Equal(file, figures.Content.ToArray());
    }

    [Fact]
    public void What_is_no_image_is_dropped_with_its_reason()
    {
        byte[] png = Picture(40, 24, SKEncodedImageFormat.Png);

        Assert.Equal("not_an_image", new ReadImage().Decide(Read("<html>"u8.ToArray())).Reason);
        Assert.Equal("not_an_image", new ReadImage().Decide(Read([])).Reason);
        Assert.Equal("damaged_image", new ReadImage().Decide(Read(png[..(png.Length / 2)])).Reason);
        Assert.Equal("image_too_large", new ReadImage().Decide(Read(png, new ReadImage { MaxPixels = 959 })).Reason);
        Assert.Equal("image_too_small", new ReadImage { MinSide = 25 }.Decide(Read(png)).Reason);
        Assert.Equal("image_too_long", new ReadImage { MaxAspect = 1.5 }.Decide(Read(png)).Reason);
        Assert.True(new ReadImage { MinSide = 24, MaxAspect = 2 }.Decide(Read(png)).IsKeep);
    }

    [Fact]
    public void Transparent_parts_lie_over_white()
    {
        using SKBitmap bitmap = new(new SKImageInfo(2, 1, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        bitmap.SetPixel(0, 0, new SKColor(255, 0, 0, 0));
        bitmap.SetPixel(1, 0, new SKColor(10, 20, 30, 255));
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);

        Assert.Equal([255, 255, 255, 10, 20, 30], RgbImage.Decode(data.ToArray(), 100, out _, out _)!.Pixels);
    }

    [Fact]
    public void A_flat_image_stays_flat_and_a_halved_one_is_averaged()
    {
        RgbImage flat = new(5, 3, [.. Enumerable.Repeat((byte)77, 45)]);
        RgbImage steps = new(4, 1, [0, 0, 0, 100, 100, 100, 200, 200, 200, 250, 250, 250]);

        foreach (ImageFilter filter in Enum.GetValues<ImageFilter>())
        {
            Assert.All(ImageScaler.Scale(flat, 16, 2, filter).Pixels, p => Assert.Equal(77, p));
            Assert.Equal(steps.Pixels, ImageScaler.Scale(steps, 4, 1, filter).Pixels);
        }

        // Triangle of width 2 around 1 and 3, cut at the edges: (.75 * 0 + .75 * 100 + .25 * 200) / 1.75 and its mirror.
        Assert.Equal([71, 71, 71, 207, 207, 207], ImageScaler.Scale(steps, 2, 1, ImageFilter.Bilinear).Pixels);
    }

    [Fact]
    public void Cropped_images_lose_their_ends_and_padded_ones_gain_white()
    {
        RgbImage wide = new(4, 2, [.. Enumerable.Range(0, 8).SelectMany(i => Enumerable.Repeat((byte)(i % 4 * 10), 3))]);

        Assert.Equal([10, 20, 10, 20], Reds(ImageScaler.Fit(wide, 2, 2, ImageFit.Crop, ImageFilter.Bilinear)));
        Assert.Equal([255, 255, 255, 255, 0, 10, 20, 30, 0, 10, 20, 30, 255, 255, 255, 255], Reds(ImageScaler.Fit(wide, 4, 4, ImageFit.Pad, ImageFilter.Bilinear)));
        Assert.Equal(3 * 3, Reds(ImageScaler.Fit(wide, 3, 3, ImageFit.Stretch, ImageFilter.Bicubic)).Length);
    }

    [Fact]
    public void Features_are_what_the_graph_makes_of_normalised_planes()
    {
        // One token a channel: the mean of its plane.
        byte[] model = new OnnxModelBuilder("means")
            .Input("pixels", OnnxElementType.Single, "images", "3", "2", "2")
            .Output("features", OnnxElementType.Single, "images", "3", "1")
            .Constant<long>("shape", [0, 3, 4], 3)
            .Node("Reshape", ["pixels", "shape"], "planes")
            .Node("ReduceMean", ["planes"], "features", "axes", [2])
            .Build();
        VisualFeaturesStage stage = new() { Model = InputFile.FromPath(_models.Write(model)), PrefixTokens = 0, Mean = ["0.5", "0", "0"], Std = ["0.5", "1", "2"] };
        using SKBitmap bitmap = new(2, 2);
        bitmap.Erase(new SKColor(255, 51, 102));
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);

        Assert.Equal([1f, 0.2f, 0.2f], Measure(stage, data.ToArray()).Features.ToArray());
    }

    [Theory]
    [InlineData(TokenReduction.None, 64)]
    [InlineData(TokenReduction.DivPrune, 10)]
    [InlineData(TokenReduction.ToDre, 10)]
    [InlineData(TokenReduction.ZeroTPrune, 10)]
    [InlineData(TokenReduction.HiPrune, 10)]
    [InlineData(TokenReduction.HiRed, 10)]
    [InlineData(TokenReduction.TransPrune, 10)]
    [InlineData(TokenReduction.VFlowOpt, 12)]
    [InlineData(TokenReduction.GtpVit, 10)]
    [InlineData(TokenReduction.TokenTransforming, 10)]
    public void Every_reduction_leaves_what_is_asked_for_of_a_real_encoder(TokenReduction reduction, int left)
    {
        VisualFeaturesStage stage = Vit() with { Reduction = reduction, Keep = 10, Recycled = 2 };
        VisualFigures figures = Measure(stage, Picture(90, 70, SKEncodedImageFormat.Png));

        Assert.Equal((64, left), (figures.Tokens, figures.Kept));
        Assert.Equal(left * TinyVit.Dimensions, figures.Features.Length);
        Assert.Equal(left, figures.Patches.Length);
        Assert.All(figures.Features.ToArray(), f => Assert.True(float.IsFinite(f)));
        Assert.All(figures.Patches.ToArray(), p => Assert.InRange(p, -1, 63));
        Assert.Equal(figures.Patches.ToArray().Where(p => p >= 0).Order().Distinct(), figures.Patches.ToArray().Where(p => p >= 0));
        if (reduction is TokenReduction.VFlowOpt or TokenReduction.TokenTransforming)
        {
            Assert.Equal(64, figures.Mass.ToArray().Sum(), 0.01);
        }

        Assert.Equal(figures.Features.ToArray(), Measure(stage, Picture(90, 70, SKEncodedImageFormat.Png)).Features.ToArray());
    }

    [Fact]
    public void Tiles_share_the_budget_with_the_whole_image()
    {
        VisualFigures figures = Measure(Vit() with { Reduction = TokenReduction.HiRed, Keep = 40, Alpha = 0.25, TileRows = 2, TileColumns = 2 }, Picture(200, 120, SKEncodedImageFormat.Png));

        Assert.Equal((5 * 64, 40), (figures.Tokens, figures.Kept));
        Assert.Equal(10, figures.Patches.ToArray().Count(p => p < 64));
    }

    [Fact]
    public void Ids_are_those_of_the_nearest_codes()
    {
        byte[] picture = Picture(64, 64, SKEncodedImageFormat.Png);
        float[] features = Measure(Vit() with { Decimals = 7 }, picture).Features.ToArray();

        // Every token's own features as codes: each is its own nearest one, or an equal one before it.
        using MemoryStream file = new();
        SafetensorsFile.Write(file, [("semantic", 64, TinyVit.Dimensions, features)]);
        VisualFeaturesStage stage = Vit() with { Codebook = InputFile.FromPath(_models.Write(file.ToArray(), "codes.safetensors")), StoreFeatures = false };
        VisualFigures figures = Measure(stage, picture);

        Assert.Equal(Enumerable.Range(0, 64), figures.Ids.ToArray());
        Assert.True(figures.Features.IsEmpty);
    }

    [Theory]
    [InlineData("DB4015")]
    [InlineData("DB4016")]
    [InlineData("DB4017")]
    public void What_does_not_fit_is_said_with_its_code(string code)
    {
        VisualFeaturesStage[] stages = code switch
        {
            "DB4015" => [Vit() with { Output = "nothing" }, new() { Model = InputFile.FromPath(_models.Write(TestModels.MeanOfIds(), "text.onnx")) }],
            "DB4016" => [Vit() with { Mean = ["1", "2"] }, Vit() with { Std = ["1", "0", "1"] }, Vit() with { Reduction = TokenReduction.DivPrune, TileRows = 1, TileColumns = 1 }, Vit() with { Reduction = TokenReduction.TransPrune, StateOutputs = ["last_hidden_state"] }],
            _ => [Vit() with { Codebook = InputFile.FromPath(_models.Write([1, 2], "codes.safetensors")) }],
        };

        Assert.All(stages, stage => Assert.Equal(code, Assert.Throws<StageException>(() => Measure(stage, Picture(64, 64, SKEncodedImageFormat.Png))).Code));
    }

    [Fact]
    public void The_example_runs_the_encoder_that_is_built_here()
    {
        string path = Path.Combine(TestPaths.RepositoryRoot, "example-datasets/VisualTokens/models/tiny-vit.onnx");
        if (Environment.GetEnvironmentVariable("DATABUILD_UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, TinyVit.Build());
            using FileStream codebook = File.Create(Path.Combine(TestPaths.RepositoryRoot, "example-datasets/VisualTokens/models/codebook.safetensors"));
            WriteCodebook(codebook);
        }

        Assert.Equal(TinyVit.Build(), File.ReadAllBytes(path));
        Assert.InRange(new FileInfo(path).Length, 1, 300_000);
    }

    // The 64 most diverse tokens of the example's pictures.
    private void WriteCodebook(Stream stream)
    {
        VisualFeaturesStage semantic = Vit() with { Decimals = 7 };
        VisualFeaturesStage pixel = semantic with { Output = "pixel_features", PrefixTokens = 0 };
        List<float> features = [];
        List<float> pixels = [];
        foreach (string picture in Directory.EnumerateFiles(Path.Combine(TestPaths.RepositoryRoot, "example-datasets/VisualTokens/crawl"), "*.*g").Order(StringComparer.Ordinal))
        {
            features.AddRange(Measure(semantic, File.ReadAllBytes(picture)).Features.Span);
            pixels.AddRange(Measure(pixel, File.ReadAllBytes(picture)).Features.Span);
        }

        int[] codes = DiverseTokens.DivPrune(features.ToArray(), TinyVit.Dimensions, 64);
        SafetensorsFile.Write(stream, [
            ("semantic", codes.Length, TinyVit.Dimensions, ReducedTokens.Keep(features.ToArray(), TinyVit.Dimensions, codes).Features.ToArray()),
            ("pixel", codes.Length, 12, ReducedTokens.Keep(pixels.ToArray(), 12, codes).Features.ToArray())]);
    }

    private VisualFeaturesStage Vit() => new() { Model = InputFile.FromPath(_models.Write(TinyVit.Build(), "vit.onnx")) };

    private static byte[] Reds(RgbImage image) => [.. image.Pixels.Where((_, i) => i % 3 == 0)];

    private static ImageFigures Read(byte[] file, ReadImage? stage = null)
    {
        Document document = Document.Create("");
        document.SetPayload(file, "image/png", null);
        return (stage ?? new ReadImage()).Measure(document);
    }

    private static VisualFigures Measure(VisualFeaturesStage stage, byte[] file)
    {
        stage.Initialize(new StageContext(Path.GetTempPath(), Path.GetTempPath()));
        StringColumnBuilder builder = new(ColumnType.Binary);
        builder.Append(file.AsSpan());
        VisualFigures[] figures = new VisualFigures[1];
        stage.Measure([Document.Create("", columns: ("image.content", builder.Build()))], figures);
        return figures[0];
    }

    // A disc on a slope, with a little noise that a seed fixes.
    private static byte[] Picture(int width, int height, SKEncodedImageFormat format)
    {
        using SKBitmap bitmap = new(width, height);
        Random random = new(7);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                bool inside = ((x - (width / 2)) * (x - (width / 2))) + ((y - (height / 2)) * (y - (height / 2))) < width * height / 16;
                bitmap.SetPixel(x, y, inside ? new SKColor(220, (byte)random.Next(60), 30) : new SKColor((byte)(x * 255 / width), (byte)(y * 255 / height), (byte)random.Next(40)));
            }
        }

        using SKData data = bitmap.Encode(format, 95);
        return data.ToArray();
    }
}
