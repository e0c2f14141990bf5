using System.Buffers.Binary;
using DataBuild.Formats;
using DataBuild.Stages.Extract.Images;
using SkiaSharp;

namespace DataBuild.Stages.Tests.Score.Vision;

/// <summary>Images of kinds that cameras and old programs write.</summary>
public sealed class RgbImageTests
{
    private const int Width = 32;
    private const int Height = 16;

    [Fact]
    public void ABitmapIsReadFromItsLowestRow()
    {
        // Two rows of two pixels, blue, green, red, filled up to four bytes; the lower row first.
        byte[] file = [.. "BM"u8, .. new byte[68]];
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), 70);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), 2);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), 2);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(28), 24);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(34), 16);
        ((ReadOnlySpan<byte>)[1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 11, 12, 0, 0]).CopyTo(file.AsSpan(54));
        RgbImage image = RgbImage.Decode(file, 100, out string? format, out string? fault)!;
        Assert.Equal(("bmp", null, 2, 2), (format, fault, image.Width, image.Height));
        Assert.Equal([9, 8, 7, 12, 11, 10, 3, 2, 1, 6, 5, 4], image.Pixels);

        // And as a file of a crawl, whatever its name.
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, file);
            using CrawlReader reader = CrawlReader.Open(path);
            Assert.True(reader.TryRead(out RawDocument? document));
            using (document)
            {
                Assert.Equal("image/bmp", document.MediaType);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Orientations of EXIF (CIPA DC-008, tag 0x0112): where the corner that is red in the file stands in the picture as it is seen.</summary>
    [Theory]
    [InlineData(1, false, 0, 0)]
    [InlineData(2, false, 1, 0)]
    [InlineData(3, false, 1, 1)]
    [InlineData(4, false, 0, 1)]
    [InlineData(5, true, 0, 0)]
    [InlineData(6, true, 1, 0)]
    [InlineData(7, true, 1, 1)]
    [InlineData(8, true, 0, 1)]
    public void APhotographIsTurnedAsItsExifSays(int orientation, bool swaps, int right, int lower)
    {
        RgbImage image = RgbImage.Decode(Photograph(orientation), 10_000, out string? format, out string? fault)!;
        Assert.Equal(("jpeg", null), (format, fault));
        Assert.Equal(swaps ? (Height, Width) : (Width, Height), (image.Width, image.Height));
        for (int x = 0; x < 2; x++)
        {
            for (int y = 0; y < 2; y++)
            {
                int at = ((((y * (image.Height - 5)) + 2) * image.Width) + (x * (image.Width - 5)) + 2) * 3;
                bool isRed = image.Pixels[at] > 200 && image.Pixels[at + 1] < 60;
                Assert.Equal(x == right && y == lower, isRed);
            }
        }
    }

    // White, its upper left quarter red, with an APP1 segment behind the start of the image.
    private static byte[] Photograph(int orientation)
    {
        using SKBitmap bitmap = new(Width, Height);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                bitmap.SetPixel(x, y, x < Width / 2 && y < Height / 2 ? SKColors.Red : SKColors.White);
            }
        }

        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 100);
        byte[] jpeg = data.ToArray();
        byte[] exif = [.. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];
        return [.. jpeg[..2], 0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];
    }
}
