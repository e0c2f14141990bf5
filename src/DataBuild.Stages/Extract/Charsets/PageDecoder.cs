using System.Buffers;
using System.Text;
using DataBuild.Stages.Extract.Html;
using UtfUnknown;

namespace DataBuild.Stages.Extract.Charsets;

/// <summary>What came of decoding a page.</summary>
/// <param name="Charset">The encoding's WHATWG name.</param>
/// <param name="Replacements">How many malformed sequences became U+FFFD.</param>
/// <param name="Readable">False for binary data, for the standard's "replacement" encoding, and where more than a tenth of the characters were lost.</param>
internal readonly record struct DecodedPage(string Charset, int Replacements, bool Readable);

/// <summary>
/// Turns a page's bytes into UTF-8 by the encoding sniffing algorithm of the HTML standard (section 13.2.3.2): byte order mark, then the
/// transport's charset, then the page's own declaration, then validity as UTF-8, then detection. Two departures, both where a declaration is
/// plainly wrong: bytes outside ASCII that are valid UTF-8 are read as UTF-8 whatever is declared, and a page declared UTF-8 that is mostly
/// not goes to detection.
/// </summary>
internal static class PageDecoder
{
    private const int PrescanBytes = 4096;
    private const int DetectionBytes = 64 * 1024;

    /// <summary>Decodes a page into the tree's buffer.</summary>
    public static DecodedPage Decode(ReadOnlySpan<byte> payload, string? httpCharset, HtmlTree tree)
    {
        if (payload.Length >= 3 && payload[0] == 0xEF && payload[1] == 0xBB && payload[2] == 0xBF)
        {
            return Utf8(payload[3..], tree, declared: true);
        }

        if (payload.Length >= 2 && ((payload[0] == 0xFF && payload[1] == 0xFE) || (payload[0] == 0xFE && payload[1] == 0xFF)))
        {
            return Legacy(payload[2..], payload[0] == 0xFF ? "UTF-16LE" : "UTF-16BE", tree);
        }

        if (IsBinary(payload))
        {
            tree.Reset(0);
            return new DecodedPage("binary", 0, false);
        }

        string? declared = EncodingLabels.Find(httpCharset?.Trim(' ', '"', '\'')) ?? MetaPrescan.Find(payload[..Math.Min(payload.Length, PrescanBytes)]);
        if (declared is "UTF-16LE" or "UTF-16BE")
        {
            return Legacy(payload, declared, tree);
        }

        if (declared is null or "UTF-8" || !Ascii.IsValid(payload))
        {
            if (System.Text.Unicode.Utf8.IsValid(payload))
            {
                Copy(payload, tree);
                return new DecodedPage("UTF-8", 0, true);
            }

            if (declared == "UTF-8")
            {
                return Utf8(payload, tree, declared: true);
            }
        }

        return Legacy(payload, declared ?? Detect(payload) ?? "windows-1252", tree);
    }

    /// <summary>The encoding that a detector finds most likely; null where it finds none.</summary>
    public static string? Detect(ReadOnlySpan<byte> payload)
    {
        // The detector judges what it is given: bytes around the first ones that are not ASCII say most.
        int first = payload.IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
        int start = Math.Max(0, first - 1024);
        byte[] sample = payload.Slice(start, Math.Min(payload.Length - start, DetectionBytes)).ToArray();
        DetectionDetail? best = CharsetDetector.DetectFromBytes(sample).Detected;
        return best is null || best.Confidence < 0.3 ? null : EncodingLabels.Find(best.EncodingName);
    }

    // Line ends become line feeds, as "preprocessing the input stream" (section 13.2.3.5) says.
    private static void Copy(ReadOnlySpan<byte> utf8, HtmlTree tree)
    {
        tree.Reset(utf8.Length);
        Span<byte> text = tree.Text;
        int written = 0;
        for (int cr = utf8.IndexOf((byte)'\r'); cr >= 0; cr = utf8.IndexOf((byte)'\r'))
        {
            utf8[..cr].CopyTo(text[written..]);
            written += cr;
            text[written++] = (byte)'\n';
            bool pair = cr + 1 < utf8.Length && utf8[cr + 1] == (byte)'\n';
            utf8 = utf8[(cr + (pair ? 2 : 1))..];
        }

        utf8.CopyTo(text[written..]);
        tree.TextLength = tree.SourceLength = written + utf8.Length;
    }

    private static bool IsBinary(ReadOnlySpan<byte> payload)
    {
        ReadOnlySpan<byte> head = payload[..Math.Min(payload.Length, 2048)];
        if (head.StartsWith("%PDF-"u8) || head.StartsWith("PK\u0003\u0004"u8) || head.StartsWith("GIF8"u8))
        {
            return true;
        }

        int control = 0;
        foreach (byte b in head)
        {
            if (b < 0x20 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f' or 0x1B))
            {
                control++;
            }
        }

        return control > 8 && control * 10 > head.Length;
    }

    private static DecodedPage Utf8(ReadOnlySpan<byte> payload, HtmlTree tree, bool declared)
    {
        if (System.Text.Unicode.Utf8.IsValid(payload))
        {
            Copy(payload, tree);
            return new DecodedPage("UTF-8", 0, true);
        }

        int capacity = Math.Max(16, payload.Length * 3);
        byte[] output = ArrayPool<byte>.Shared.Rent(capacity);
        char[] chars = ArrayPool<char>.Shared.Rent(payload.Length + 1);
        try
        {
            int written = 0;
            int replaced = 0;
            ReadOnlySpan<byte> rest = payload;
            while (!rest.IsEmpty)
            {
                OperationStatus status = System.Text.Unicode.Utf8.ToUtf16(rest, chars, out int read, out _, replaceInvalidSequences: false);
                rest[..read].CopyTo(output.AsSpan(written));
                written += read;
                rest = rest[read..];
                if (status == OperationStatus.Done || rest.IsEmpty)
                {
                    break;
                }

                Rune.DecodeFromUtf8(rest, out _, out int bad);
                "\ufffd"u8.CopyTo(output.AsSpan(written));
                written += 3;
                replaced++;
                rest = rest[Math.Max(1, bad)..];
            }

            int multibyte = CountLeads(output.AsSpan(0, written)) - replaced;
            if (declared && replaced > 4 && replaced > multibyte && Detect(payload) is { } other && other != "UTF-8")
            {
                return Legacy(payload, other, tree);
            }

            Copy(output.AsSpan(0, written), tree);
            return new DecodedPage("UTF-8", replaced, replaced < 20 || replaced * 10L < written);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(output);
            ArrayPool<char>.Shared.Return(chars);
        }
    }

    private static int CountLeads(ReadOnlySpan<byte> utf8)
    {
        int n = 0;
        foreach (byte b in utf8)
        {
            n += b >= 0xC0 ? 1 : 0;
        }

        return n;
    }

    private static DecodedPage Legacy(ReadOnlySpan<byte> payload, string name, HtmlTree tree)
    {
        Encoding? encoding = EncodingLabels.Decoder(name);
        if (encoding is null)
        {
            tree.Reset(0);
            return new DecodedPage(name, 1, false);
        }

        char[] chars = ArrayPool<char>.Shared.Rent(encoding.GetMaxCharCount(payload.Length));
        byte[]? output = null;
        try
        {
            int n = encoding.GetChars(payload, chars);
            Span<char> text = chars.AsSpan(0, n);
            LegacyCharacters.Correct(name, text);
            int replaced = text.Count('\uFFFD');
            output = ArrayPool<byte>.Shared.Rent((n * 3) + 16);
            Copy(output.AsSpan(0, Encoding.UTF8.GetBytes(text, output)), tree);
            return new DecodedPage(name, replaced, replaced < 20 || replaced * 10L < n);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(chars);
            if (output is not null)
            {
                ArrayPool<byte>.Shared.Return(output);
            }
        }
    }
}
