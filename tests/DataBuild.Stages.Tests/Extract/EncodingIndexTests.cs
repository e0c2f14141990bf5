using System.Globalization;
using System.Text;
using DataBuild.Stages.Extract.Charsets;

namespace DataBuild.Tests.Extract;

/// <summary>Every code of the WHATWG Encoding Standard's indexes, decoded as a page's bytes are.</summary>
public sealed class EncodingIndexTests
{
    [SkippableTheory]
    [InlineData("IBM866")]
    [InlineData("ISO-8859-2")]
    [InlineData("ISO-8859-3")]
    [InlineData("ISO-8859-4")]
    [InlineData("ISO-8859-5")]
    [InlineData("ISO-8859-6")]
    [InlineData("ISO-8859-7")]
    [InlineData("ISO-8859-8")]
    [InlineData("ISO-8859-10")]
    [InlineData("ISO-8859-13")]
    [InlineData("ISO-8859-14")]
    [InlineData("ISO-8859-15")]
    [InlineData("ISO-8859-16")]
    [InlineData("KOI8-R")]
    [InlineData("KOI8-U")]
    [InlineData("macintosh")]
    [InlineData("windows-874")]
    [InlineData("windows-1250")]
    [InlineData("windows-1251")]
    [InlineData("windows-1252")]
    [InlineData("windows-1253")]
    [InlineData("windows-1254")]
    [InlineData("windows-1255")]
    [InlineData("windows-1256")]
    [InlineData("windows-1257")]
    [InlineData("windows-1258")]
    [InlineData("x-mac-cyrillic")]
    public void SingleBytesAreThoseOfTheStandard(string encoding)
    {
        Dictionary<int, int> index = Index(encoding.ToLowerInvariant());
        for (int b = 0; b < 128; b++)
        {
            Assert.Equal(char.ConvertFromUtf32(index.GetValueOrDefault(b, 0xFFFD)), Decode(encoding, [(byte)(b + 128)]));
        }
    }

    // The number of codes that .NET does not know: each comes out as U+FFFD and is counted, none as another character.
    [SkippableTheory]
    [InlineData("Big5", "big5", 43)]
    [InlineData("EUC-KR", "euc-kr", 0)]
    [InlineData("gb18030", "gb18030", 0)]
    [InlineData("GBK", "gb18030", 0)]
    [InlineData("Shift_JIS", "jis0208", 398)]
    [InlineData("EUC-JP", "jis0208", 10)]
    [InlineData("EUC-JP", "jis0212", 6067)]
    [InlineData("ISO-2022-JP", "jis0208", 10)]
    public void PairsAreThoseOfTheStandardOrCounted(string encoding, string index, int unknown)
    {
        int found = 0;
        foreach ((int pointer, int code) in Index(index))
        {
            if (Bytes(encoding, index, pointer) is not { } bytes)
            {
                continue;
            }

            string text = Decode(encoding, bytes);
            if (text != char.ConvertFromUtf32(code))
            {
                Assert.Contains('\uFFFD', text);
                found++;
            }
        }

        Assert.Equal(unknown, found);
    }

    private static byte[]? Bytes(string encoding, string index, int p) => encoding switch
    {
        "Big5" => [(byte)((p / 157) + 0x81), (byte)(p % 157 < 0x3F ? (p % 157) + 0x40 : (p % 157) + 0x62)],
        "EUC-KR" => [(byte)((p / 190) + 0x81), (byte)((p % 190) + 0x41)],
        "gb18030" or "GBK" => [(byte)((p / 190) + 0x81), (byte)(p % 190 < 0x3F ? (p % 190) + 0x40 : (p % 190) + 0x41)],
        "Shift_JIS" => [(byte)(p / 188 < 0x1F ? (p / 188) + 0x81 : (p / 188) + 0xC1), (byte)(p % 188 < 0x3F ? (p % 188) + 0x40 : (p % 188) + 0x41)],
        _ when p >= 94 * 94 => null,
        "EUC-JP" when index == "jis0212" => [0x8F, (byte)((p / 94) + 0xA1), (byte)((p % 94) + 0xA1)],
        "EUC-JP" => [(byte)((p / 94) + 0xA1), (byte)((p % 94) + 0xA1)],
        _ => [0x1B, 0x24, 0x42, (byte)((p / 94) + 0x21), (byte)((p % 94) + 0x21)],
    };

    private static string Decode(string encoding, byte[] bytes)
    {
        char[] chars = new char[16];
        int n = EncodingLabels.Decoder(encoding)!.GetChars(bytes, chars);
        return LegacyCharacters.Correct(encoding, chars.AsSpan(0, n)).ToString();
    }

    private static Dictionary<int, int> Index(string name) =>
        File.ReadLines(TestPaths.Shared($"data/conformance/whatwg-encoding/index-{name}.txt"), Encoding.UTF8)
            .Where(l => l.Length > 0 && l[0] != '#')
            .Select(l => l.Split('\t'))
            .ToDictionary(p => int.Parse(p[0], CultureInfo.InvariantCulture), p => Convert.ToInt32(p[1].Trim()[2..], 16));
}
