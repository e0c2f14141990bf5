using System.Text;
using DataBuild.Stages.Extract.Charsets;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract;

/// <summary>Decodes payloads that are text and no HTML: WET records, text files on the web.</summary>
internal static class PlainText
{
    [ThreadStatic]
    private static HtmlTree? _buffer;

    /// <summary>True for the media types whose payload is the text itself.</summary>
    public static bool IsTextType(string? mediaType) => mediaType is "text/plain" or "text/markdown";

    /// <summary>The text of a payload, decoded as a page would be.</summary>
    public static ExtractFigures Decode(ReadOnlySpan<byte> payload, string? httpCharset, int maxBytes)
    {
        if (payload.Length > maxBytes)
        {
            return Dropped("", 0, "budget_bytes");
        }

        _buffer ??= new HtmlTree();
        DecodedPage decoded = PageDecoder.Decode(payload, httpCharset, _buffer);
        if (!decoded.Readable)
        {
            return Dropped(decoded.Charset, decoded.Replacements, "undecodable");
        }

        string text = Encoding.UTF8.GetString(_buffer.Text.AsSpan(0, _buffer.TextLength)).ReplaceLineEndings("\n").Trim();
        return text.Length == 0
            ? Dropped(decoded.Charset, decoded.Replacements, "no_content")
            : new ExtractFigures(text.AsMemory(), null, null, null, null, null, null, null, decoded.Charset, decoded.Replacements, null, null, null);
    }

    private static ExtractFigures Dropped(string charset, int replacements, string reason) =>
        new(null, null, null, null, null, null, null, null, charset, replacements, reason, null, null);
}
