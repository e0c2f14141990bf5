using SkiaSharp;

namespace DataBuild.Stages.Extract.Images;

/// <summary>A decoded image: red, green and blue of every pixel, row by row.</summary>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pixels">Three bytes a pixel; transparent parts lie over white.</param>
public sealed record RgbImage(int Width, int Height, byte[] Pixels)
{
    /// <summary>Decodes the first frame of a PNG, JPEG, GIF, WebP, BMP or ICO, turned as its EXIF orientation says.</summary>
    /// <param name="content">The file.</param>
    /// <param name="maxPixels">Most pixels; a larger image is not decoded.</param>
    /// <param name="format">The kind of file by its decoder, in lower case; null for none.</param>
    /// <param name="fault">Why there is no image: <c>not_an_image</c>, <c>image_too_large</c> or <c>damaged_image</c>.</param>
    public static RgbImage? Decode(ReadOnlySpan<byte> content, long maxPixels, out string? format, out string? fault)
    {
        using SKData data = SKData.CreateCopy(content);
        using SKCodec? codec = SKCodec.Create(data);
        format = codec?.EncodedFormat.ToString().ToLowerInvariant();
        fault = codec is null ? "not_an_image" : (long)codec.Info.Width * codec.Info.Height > maxPixels ? "image_too_large" : null;
        if (codec is null || fault is not null)
        {
            return null;
        }

        SKImageInfo info = new(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        byte[] rgba = new byte[info.BytesSize];
        SKCodecResult result;
        unsafe
        {
            fixed (byte* pixels = rgba)
            {
                result = codec.GetPixels(info, (nint)pixels);
            }
        }

        if (result != SKCodecResult.Success)
        {
            fault = "damaged_image";
            return null;
        }

        return Turned(rgba, info.Width, info.Height, codec.EncodedOrigin);
    }

    private static RgbImage Turned(byte[] rgba, int width, int height, SKEncodedOrigin origin)
    {
        bool swaps = origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        int w = swaps ? height : width;
        int h = swaps ? width : height;
        byte[] rgb = new byte[w * h * 3];
        for (int y = 0; y < h; y++)
        {
            for (int x = 0; x < w; x++)
            {
                (int sx, int sy) = origin switch
                {
                    SKEncodedOrigin.TopRight => (width - 1 - x, y),
                    SKEncodedOrigin.BottomRight => (width - 1 - x, height - 1 - y),
                    SKEncodedOrigin.BottomLeft => (x, height - 1 - y),
                    SKEncodedOrigin.LeftTop => (y, x),
                    SKEncodedOrigin.RightTop => (y, height - 1 - x),
                    SKEncodedOrigin.RightBottom => (width - 1 - y, height - 1 - x),
                    SKEncodedOrigin.LeftBottom => (width - 1 - y, x),
                    _ => (x, y),
                };
                ReadOnlySpan<byte> pixel = rgba.AsSpan(((sy * width) + sx) * 4, 4);
                for (int channel = 0; channel < 3; channel++)
                {
                    rgb[(((y * w) + x) * 3) + channel] = (byte)(((pixel[channel] * pixel[3]) + (255 * (255 - pixel[3])) + 127) / 255);
                }
            }
        }

        return new RgbImage(w, h, rgb);
    }
}
