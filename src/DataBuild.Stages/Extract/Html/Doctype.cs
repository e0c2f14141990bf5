using System.Text;

namespace DataBuild.Stages.Extract.Html;

/// <summary>
/// A document type declaration, read as the states of section 13.2.5.53 and following of the HTML standard do. Ranges are of
/// <see cref="HtmlTree.Text"/>; a length of -1 says that the part is missing.
/// </summary>
internal struct Doctype
{
    private static readonly string[] QuirkyPrefixes =
    [
        "+//Silmaril//dtd html Pro v0r11 19970101//", "-//AS//DTD HTML 3.0 asWedit + extensions//", "-//AdvaSoft Ltd//DTD HTML 3.0 asWedit + extensions//",
        "-//IETF//DTD HTML 2.0 Level 1//", "-//IETF//DTD HTML 2.0 Level 2//", "-//IETF//DTD HTML 2.0 Strict Level 1//",
        "-//IETF//DTD HTML 2.0 Strict Level 2//", "-//IETF//DTD HTML 2.0 Strict//", "-//IETF//DTD HTML 2.0//", "-//IETF//DTD HTML 2.1E//",
        "-//IETF//DTD HTML 3.0//", "-//IETF//DTD HTML 3.2 Final//", "-//IETF//DTD HTML 3.2//", "-//IETF//DTD HTML 3//", "-//IETF//DTD HTML Level 0//",
        "-//IETF//DTD HTML Level 1//", "-//IETF//DTD HTML Level 2//", "-//IETF//DTD HTML Level 3//", "-//IETF//DTD HTML Strict Level 0//",
        "-//IETF//DTD HTML Strict Level 1//", "-//IETF//DTD HTML Strict Level 2//", "-//IETF//DTD HTML Strict Level 3//", "-//IETF//DTD HTML Strict//",
        "-//IETF//DTD HTML//", "-//Metrius//DTD Metrius Presentational//", "-//Microsoft//DTD Internet Explorer 2.0 HTML Strict//",
        "-//Microsoft//DTD Internet Explorer 2.0 HTML//", "-//Microsoft//DTD Internet Explorer 2.0 Tables//",
        "-//Microsoft//DTD Internet Explorer 3.0 HTML Strict//", "-//Microsoft//DTD Internet Explorer 3.0 HTML//",
        "-//Microsoft//DTD Internet Explorer 3.0 Tables//", "-//Netscape Comm. Corp.//DTD HTML//", "-//Netscape Comm. Corp.//DTD Strict HTML//",
        "-//O'Reilly and Associates//DTD HTML 2.0//", "-//O'Reilly and Associates//DTD HTML Extended 1.0//",
        "-//O'Reilly and Associates//DTD HTML Extended Relaxed 1.0//", "-//SQ//DTD HTML 2.0 HoTMetaL + extensions//",
        "-//SoftQuad Software//DTD HoTMetaL PRO 6.0::19990601::extensions to HTML 4.0//",
        "-//SoftQuad//DTD HoTMetaL PRO 4.0::19971010::extensions to HTML 4.0//", "-//Spyglass//DTD HTML 2.0 Extended//",
        "-//Sun Microsystems Corp.//DTD HotJava HTML//", "-//Sun Microsystems Corp.//DTD HotJava Strict HTML//", "-//W3C//DTD HTML 3 1995-03-24//",
        "-//W3C//DTD HTML 3.2 Draft//", "-//W3C//DTD HTML 3.2 Final//", "-//W3C//DTD HTML 3.2//", "-//W3C//DTD HTML 3.2S Draft//",
        "-//W3C//DTD HTML 4.0 Frameset//", "-//W3C//DTD HTML 4.0 Transitional//", "-//W3C//DTD HTML Experimental 19960712//",
        "-//W3C//DTD HTML Experimental 970421//", "-//W3C//DTD W3 HTML//", "-//W3O//DTD W3 HTML 3.0//", "-//WebTechs//DTD Mozilla HTML 2.0//",
        "-//WebTechs//DTD Mozilla HTML//",
    ];

    /// <summary>The name, in lower case.</summary>
    public int NameStart, NameLength;

    /// <summary>The public identifier.</summary>
    public int PublicStart, PublicLength;

    /// <summary>The system identifier.</summary>
    public int SystemStart, SystemLength;

    /// <summary>Whether the declaration is so wrong that it forces quirks mode.</summary>
    public bool ForceQuirks;

    /// <summary>Reads the range that follows the word DOCTYPE, up to the bracket that ends it or to the end of the page.</summary>
    public static Doctype Read(HtmlTree tree, int start, int stop, bool endOfFile)
    {
        Doctype d = new() { NameLength = -1, PublicLength = -1, SystemLength = -1 };
        ReadOnlySpan<byte> text = tree.Text.AsSpan(0, stop);
        int p = SkipSpaces(text, start);
        if (p == stop)
        {
            d.ForceQuirks = true;
            return d;
        }

        int end = p;
        while (end < stop && !IsSpace(text[end]))
        {
            end++;
        }

        (d.NameStart, d.NameLength) = Lower(tree, p, end);
        p = SkipSpaces(text, end);
        if (p == stop)
        {
            d.ForceQuirks = endOfFile;
            return d;
        }

        bool isPublic = stop - p >= 6 && Ascii.EqualsIgnoreCase(text.Slice(p, 6), "PUBLIC"u8);
        if (!isPublic && !(stop - p >= 6 && Ascii.EqualsIgnoreCase(text.Slice(p, 6), "SYSTEM"u8)))
        {
            d.ForceQuirks = true;
            return d;
        }

        p = SkipSpaces(text, p + 6);
        if (!Quoted(tree, text, ref p, out int from, out int length, ref d.ForceQuirks))
        {
            d.ForceQuirks = true;
            return d;
        }

        if (!isPublic)
        {
            (d.SystemStart, d.SystemLength) = (from, length);
            d.ForceQuirks |= endOfFile && SkipSpaces(text, p) == stop;
            return d;
        }

        (d.PublicStart, d.PublicLength) = (from, length);
        p = SkipSpaces(text, p);
        if (d.ForceQuirks || p == stop)
        {
            d.ForceQuirks |= endOfFile;
            return d;
        }

        if (!Quoted(tree, text, ref p, out d.SystemStart, out d.SystemLength, ref d.ForceQuirks))
        {
            d.SystemLength = -1;
            d.ForceQuirks = true;
            return d;
        }

        d.ForceQuirks |= endOfFile && SkipSpaces(text, p) == stop;
        return d;
    }

    /// <summary>Whether the page is in quirks mode (section 13.2.6.4.1), in which a table does not close an open paragraph.</summary>
    public readonly bool IsQuirky(HtmlTree tree)
    {
        if (ForceQuirks || !tree.Range(NameStart, NameLength).SequenceEqual("html"u8))
        {
            return true;
        }

        if (SystemLength > 0 && Ascii.EqualsIgnoreCase(tree.Range(SystemStart, SystemLength), "http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd"u8))
        {
            return true;
        }

        if (PublicLength <= 0)
        {
            return false;
        }

        ReadOnlySpan<byte> id = tree.Range(PublicStart, PublicLength);
        if (Ascii.EqualsIgnoreCase(id, "-//W3O//DTD W3 HTML Strict 3.0//EN//"u8) || Ascii.EqualsIgnoreCase(id, "-/W3C/DTD HTML 4.0 Transitional/EN"u8)
            || Ascii.EqualsIgnoreCase(id, "HTML"u8))
        {
            return true;
        }

        foreach (string prefix in QuirkyPrefixes)
        {
            if (Starts(id, prefix))
            {
                return true;
            }
        }

        return SystemLength < 0 && (Starts(id, "-//W3C//DTD HTML 4.01 Frameset//") || Starts(id, "-//W3C//DTD HTML 4.01 Transitional//"));
    }

    private static bool Starts(ReadOnlySpan<byte> id, string prefix) => id.Length >= prefix.Length && Ascii.EqualsIgnoreCase(id[..prefix.Length], prefix);

    private static bool IsSpace(byte b) => b is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r' or (byte)'\f';

    private static int SkipSpaces(ReadOnlySpan<byte> text, int p)
    {
        while (p < text.Length && IsSpace(text[p]))
        {
            p++;
        }

        return p;
    }

    // An identifier that is not closed reaches to the end and forces quirks mode. False where no quote comes.
    private static bool Quoted(HtmlTree tree, ReadOnlySpan<byte> text, ref int p, out int start, out int length, ref bool forceQuirks)
    {
        start = length = 0;
        if (p >= text.Length || text[p] is not ((byte)'"' or (byte)'\''))
        {
            return false;
        }

        int close = text[(p + 1)..].IndexOf(text[p]);
        int end = close < 0 ? text.Length : p + 1 + close;
        forceQuirks |= close < 0;
        ReadOnlySpan<byte> value = text[(p + 1)..end];
        (start, length) = value.Contains((byte)0) ? tree.AppendReplacingNul(value) : (p + 1, value.Length);
        p = close < 0 ? end : end + 1;
        return true;
    }

    private static (int Start, int Length) Lower(HtmlTree tree, int start, int end)
    {
        ReadOnlySpan<byte> name = tree.Text.AsSpan(start, end - start);
        if (name.IndexOfAnyInRange((byte)'A', (byte)'Z') < 0 && !name.Contains((byte)0))
        {
            return (start, name.Length);
        }

        (int at, int length) = tree.AppendReplacingNul(name);
        Span<byte> copy = tree.Text.AsSpan(at, length);
        Ascii.ToLowerInPlace(copy, out _);
        return (at, length);
    }
}
