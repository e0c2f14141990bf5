namespace DataBuild.Stages.Extract.Images;

/// <summary>Filter of a resize.</summary>
public enum ImageFilter
{
    /// <summary>Triangle over two source pixels, wider where the image shrinks.</summary>
    Bilinear,

    /// <summary>Cubic with a = -0.5 (Keys 1981) over four source pixels, wider where the image shrinks.</summary>
    Bicubic,
}

/// <summary>How an image is made square.</summary>
public enum ImageFit
{
    /// <summary>The shortest side is scaled to the size, and the middle cut out.</summary>
    Crop,

    /// <summary>Both sides are scaled to the size.</summary>
    Stretch,

    /// <summary>The longest side is scaled to the size; the rest is white.</summary>
    Pad,
}

/// <summary>
/// Scales images with a separable filter that widens where the image shrinks, in double precision and rounded once a pass: the same pixels on every machine. The rule is that of
/// Pillow's resize, with which most vision encoders were trained.
/// </summary>
public static class ImageScaler
{
    /// <summary>Makes an image of the size that an encoder reads.</summary>
    /// <param name="image">The image.</param>
    /// <param name="width">Width to make.</param>
    /// <param name="height">Height to make.</param>
    /// <param name="fit">How.</param>
    /// <param name="filter">Filter.</param>
    public static RgbImage Fit(RgbImage image, int width, int height, ImageFit fit, ImageFilter filter)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (fit == ImageFit.Stretch)
        {
            return Scale(image, width, height, filter);
        }

        double x = (double)width / image.Width;
        double y = (double)height / image.Height;
        double scale = fit == ImageFit.Crop ? Math.Max(x, y) : Math.Min(x, y);
        RgbImage scaled = Scale(
            image,
            fit == ImageFit.Crop ? Math.Max(width, (int)Math.Round(image.Width * scale)) : Math.Clamp((int)Math.Round(image.Width * scale), 1, width),
            fit == ImageFit.Crop ? Math.Max(height, (int)Math.Round(image.Height * scale)) : Math.Clamp((int)Math.Round(image.Height * scale), 1, height),
            filter);
        return Place(scaled, width, height);
    }

    /// <summary>Cuts a part out.</summary>
    public static RgbImage Cut(RgbImage image, int left, int top, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(image);
        byte[] pixels = new byte[width * height * 3];
        for (int y = 0; y < height; y++)
        {
            image.Pixels.AsSpan((((top + y) * image.Width) + left) * 3, width * 3).CopyTo(pixels.AsSpan(y * width * 3));
        }

        return new RgbImage(width, height, pixels);
    }

    /// <summary>Scales an image.</summary>
    public static RgbImage Scale(RgbImage image, int width, int height, ImageFilter filter)
    {
        ArgumentNullException.ThrowIfNull(image);
        byte[] rows = new byte[width * image.Height * 3];
        (int Start, double[] Weights)[] columns = Weights(image.Width, width, filter);
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    rows[(((y * width) + x) * 3) + channel] = Sum(image.Pixels, (((y * image.Width) + columns[x].Start) * 3) + channel, 3, columns[x].Weights);
                }
            }
        }

        byte[] pixels = new byte[width * height * 3];
        (int Start, double[] Weights)[] lines = Weights(image.Height, height, filter);
        for (int y = 0; y < height; y++)
        {
            for (int i = 0; i < width * 3; i++)
            {
                pixels[(y * width * 3) + i] = Sum(rows, (lines[y].Start * width * 3) + i, width * 3, lines[y].Weights);
            }
        }

        return new RgbImage(width, height, pixels);
    }

    private static byte Sum(byte[] source, int start, int stride, double[] weights)
    {
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            sum += weights[i] * source[start + (i * stride)];
        }

        return (byte)Math.Clamp(Math.Floor(sum + 0.5), 0, 255);
    }

    private static (int Start, double[] Weights)[] Weights(int from, int to, ImageFilter filter)
    {
        double scale = (double)from / to;
        double stretch = Math.Max(scale, 1);
        double support = (filter == ImageFilter.Bilinear ? 1 : 2) * stretch;
        (int, double[])[] all = new (int, double[])[to];
        for (int i = 0; i < to; i++)
        {
            double centre = (i + 0.5) * scale;
            int start = Math.Max(0, (int)Math.Floor(centre - support + 0.5));
            int end = Math.Min(from, (int)Math.Floor(centre + support + 0.5));
            double[] weights = [.. Enumerable.Range(start, Math.Max(1, end - start)).Select(x => Value((x + 0.5 - centre) / stretch, filter))];
            double total = weights.Sum();
            all[i] = (start, [.. weights.Select(w => w / total)]);
        }

        return all;
    }

    private static double Value(double x, ImageFilter filter)
    {
        x = Math.Abs(x);
        return filter == ImageFilter.Bilinear ? Math.Max(0, 1 - x)
            : x < 1 ? (((1.5 * x) - 2.5) * x * x) + 1
            : x < 2 ? (((((x - 5) * x) + 8) * x) - 4) * -0.5
            : 0;
    }

    // The middle of a larger image, or a smaller one in the middle of white.
    private static RgbImage Place(RgbImage image, int width, int height)
    {
        if (image.Width >= width && image.Height >= height)
        {
            return Cut(image, (image.Width - width) / 2, (image.Height - height) / 2, width, height);
        }

        byte[] pixels = new byte[width * height * 3];
        Array.Fill(pixels, (byte)255);
        int left = (width - image.Width) / 2;
        int top = (height - image.Height) / 2;
        for (int y = 0; y < image.Height; y++)
        {
            image.Pixels.AsSpan(y * image.Width * 3, image.Width * 3).CopyTo(pixels.AsSpan((((top + y) * width) + left) * 3));
        }

        return new RgbImage(width, height, pixels);
    }
}
