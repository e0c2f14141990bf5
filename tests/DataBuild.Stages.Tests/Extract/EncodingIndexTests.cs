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

    [SkippableTheory]
    [InlineData("Big5", "big5")]
    [InlineData("EUC-KR", "euc-kr")]
    [InlineData("gb18030", "gb18030")]
    [InlineData("GBK", "gb18030")]
    [InlineData("Shift_JIS", "jis0208")]
    [InlineData("EUC-JP", "jis0208")]
    [InlineData("EUC-JP", "jis0212")]
    [InlineData("ISO-2022-JP", "jis0208")]
    public void PairsAreThoseOfTheStandard(string encoding, string index)
    {
        Dictionary<int, int> codes = Index(index);
        for (int pointer = 0; pointer <= codes.Keys.Max(); pointer++)
        {
            if (Bytes(encoding, index, pointer) is { } bytes)
            {
                string text = Decode(encoding, bytes);
                string expected = codes.TryGetValue(pointer, out int code) ? char.ConvertFromUtf32(code) : Unassigned(encoding, pointer, bytes[^1]);
                Assert.Equal(expected, text);
            }
        }
    }

    [SkippableFact]
    public void FourBytesOfGb18030AreTheStandardsRanges()
    {
        KeyValuePair<int, int>[] ranges = [.. Index("gb18030-ranges")];
        for (int i = 0; i < ranges.Length; i++)
        {
            (int pointer, int code) = (ranges[i].Key, ranges[i].Value);
            Assert.Equal(char.ConvertFromUtf32(code), Decode("gb18030", Four(pointer)));
            int last = (i + 1 < ranges.Length ? Math.Min(ranges[i + 1].Key - 1, pointer < 39420 ? 39419 : int.MaxValue) : 1237575) - pointer;
            Assert.Equal(pointer + last == 7457 ? "\uE7C7" : char.ConvertFromUtf32(code + last), Decode("gb18030", Four(pointer + last)));
        }

        Assert.Equal("\uFFFD", Decode("gb18030", Four(39420)));
        Assert.Equal("\uFFFD", Decode("gb18030", Four(1237576)));

        static byte[] Four(int p) => [(byte)((p / 12600) + 0x81), (byte)((p / 1260 % 10) + 0x30), (byte)((p / 10 % 126) + 0x81), (byte)((p % 10) + 0x30)];
    }

    // The files of encoding_rs: every code of an index, with what a browser makes of it.
    [SkippableTheory]
    [InlineData("big5", "Big5")]
    [InlineData("euc_kr", "EUC-KR")]
    [InlineData("gb18030", "gb18030")]
    [InlineData("iso_2022_jp", "ISO-2022-JP")]
    [InlineData("jis0208", "EUC-JP")]
    [InlineData("jis0212", "EUC-JP")]
    [InlineData("shift_jis", "Shift_JIS")]
    public void TheFilesOfEncodingRsComeOutAsTheirReference(string file, string encoding)
    {
        string folder = "data/conformance/encoding_rs/tests/test_data/" + file;
        string expected = File.ReadAllText(TestPaths.Shared(folder + "_in_ref.txt"), Encoding.UTF8);
        Assert.Equal(expected, Decode(encoding, File.ReadAllBytes(TestPaths.Shared(folder + "_in.txt"))));
    }

    // By the standard's algorithms: a byte that completes no character stands for itself where it is ASCII and is gone with its lead otherwise.
    [Theory]
    [InlineData("Big5", "8740", "\u43F0")]
    [InlineData("Big5", "8862 8864 88A3 88A5", "\u00CA\u0304 \u00CA\u030C \u00EA\u0304 \u00EA\u030C")]
    [InlineData("Big5", "8130 81FF 80 81", "\uFFFD0 \uFFFD \uFFFD \uFFFD")]
    [InlineData("EUC-KR", "8140 C641 FF A1", "\uFFFD@ \uD78D \uFFFD \uFFFD")]
    [InlineData("GBK", "80 8130 8130813A 81308130 8139 FE39FE", "\u20AC \uFFFD0 \uFFFD0\uFFFD: \u0080 \uFFFD9 \uFFFD")]
    [InlineData("gb18030", "E3329A36 8431A530", "\uFFFD \uFFFD")]
    [InlineData("Shift_JIS", "80 A1 FA40 F040 8130 A0 FD 81", "\u0080 \uFF61 \u2170 \uE000 \uFFFD0 \uFFFD \uFFFD \uFFFD")]
    [InlineData("EUC-JP", "8EB1 8EE0 8FB0A1 8F41 8FA141 A141 8FA1", "\uFF71 \uFFFD \u4E02 \uFFFDA \uFFFDA \uFFFDA \uFFFD")]
    [InlineData("ISO-2022-JP", "1B2442 3021 1B284A 5C7E 1B2849 31 1B2842 5C", "\u4E9C\u00A5\u203E\uFF71\\")]
    [InlineData("ISO-2022-JP", "1B2442 1B2842 41 1B41 1B2441 80 0E 1B", "\uFFFDA\uFFFDA\uFFFD$A\uFFFD\uFFFD\uFFFD")]
    [InlineData("ISO-2022-JP", "1B2442 30 1B2842 41 1B2442 30", "\uFFFDA\uFFFD")]
    public void MalformedBytesAreReadAsTheStandardSays(string encoding, string bytes, string expected)
    {
        // A blank divides characters, but in ISO-2022-JP it would be one of them.
        string hex = encoding == "ISO-2022-JP" ? bytes.Replace(" ", "", StringComparison.Ordinal) : bytes.Replace(" ", "20", StringComparison.Ordinal);
        Assert.Equal(expected, Decode(encoding, Convert.FromHexString(hex)));
    }

    // A pointer without a code; of Big5 four are two characters, of Shift_JIS some are private use.
    private static string Unassigned(string encoding, int pointer, byte last) => (encoding, pointer) switch
    {
        ("Big5", 1133) => "\u00CA\u0304",
        ("Big5", 1135) => "\u00CA\u030C",
        ("Big5", 1164) => "\u00EA\u0304",
        ("Big5", 1166) => "\u00EA\u030C",
        ("Shift_JIS", >= 8836 and <= 10715) => ((char)(0xE000 - 8836 + pointer)).ToString(),
        _ => last < 0x80 && encoding != "ISO-2022-JP" ? "\uFFFD" + (char)last : "\uFFFD",
    };

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
        Encoding decoder = EncodingLabels.Decoder(encoding)!;
        char[] chars = new char[decoder.GetMaxCharCount(bytes.Length)];
        int n = decoder.GetChars(bytes, chars);
        LegacyCharacters.Correct(encoding, chars.AsSpan(0, n));
        return new string(chars, 0, n);
    }

    private static Dictionary<int, int> Index(string name) =>
        File.ReadLines(TestPaths.Shared($"data/conformance/whatwg-encoding/index-{name}.txt"), Encoding.UTF8)
            .Where(l => l.Length > 0 && l[0] != '#')
            .Select(l => l.Split('\t'))
            .ToDictionary(p => int.Parse(p[0], CultureInfo.InvariantCulture), p => Convert.ToInt32(p[1].Trim()[2..], 16));
}
