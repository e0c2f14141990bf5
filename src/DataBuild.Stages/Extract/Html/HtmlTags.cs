using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace DataBuild.Stages.Extract.Html;

/// <summary>What the parser and the segmenter need to know of a tag.</summary>
[Flags]
internal enum TagTraits : ushort
{
    None = 0,

    /// <summary>Never has content (HTML syntax, "void elements").</summary>
    Void = 1,

    /// <summary>The "special" category of HTML's tree construction.</summary>
    Special = 2,

    /// <summary>The "formatting" category of HTML's tree construction.</summary>
    Formatting = 4,

    /// <summary>Closed by "generate implied end tags".</summary>
    ImpliedEnd = 8,

    /// <summary>Starts a new line in the default style sheet.</summary>
    Block = 16,

    /// <summary>Never rendered as text.</summary>
    Hidden = 32,

    /// <summary>Ends the "in scope" search.</summary>
    Scope = 64,
}

/// <summary>Tag names, numbers and traits.</summary>
internal static class HtmlTags
{
    /// <summary>The first number of a name that <see cref="HtmlTag"/> does not list.</summary>
    public const int FirstUnknown = 512;

    private const int TableSize = 2048;
    private static readonly ulong[] ShortKeys = new ulong[TableSize];
    private static readonly ushort[] ShortTags = new ushort[TableSize];
    private static readonly Dictionary<string, HtmlTag> LongNames = [];
    private static readonly byte[][] Names = new byte[(int)HtmlTag.Count][];
    private static readonly TagTraits[] TraitTable = new TagTraits[(int)HtmlTag.Count];

    static HtmlTags()
    {
        for (int i = 0; i < (int)HtmlTag.Count; i++)
        {
            string name = (HtmlTag)i switch
            {
                HtmlTag.None => "",
                HtmlTag.AnnotationXml => "annotation-xml",
                _ => ((HtmlTag)i).ToString().ToLowerInvariant(),
            };
            Names[i] = Encoding.ASCII.GetBytes(name);
            if (name.Length is > 0 and <= 8)
            {
                ulong key = Key(Names[i]);
                uint slot = Slot(key);
                while (ShortKeys[slot] != 0)
                {
                    slot = (slot + 1) % TableSize;
                }

                ShortKeys[slot] = key;
                ShortTags[slot] = (ushort)i;
            }
            else if (name.Length > 8)
            {
                LongNames.Add(name, (HtmlTag)i);
            }
        }

        Mark(TagTraits.Void, "area base basefont bgsound br col command embed frame hr image img input keygen link meta param source track wbr");
        Mark(TagTraits.Special, "address applet area article aside base basefont bgsound blockquote body br button caption center col colgroup dd details dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img input keygen li link listing main marquee menu meta nav noembed noframes noscript object ol p param plaintext pre script search section select source style summary table tbody td template textarea tfoot th thead title tr track ul wbr xmp");
        Mark(TagTraits.Formatting, "a b big code em font i nobr s small strike strong tt u");
        Mark(TagTraits.ImpliedEnd, "dd dt li optgroup option p rb rp rt rtc");
        Mark(TagTraits.Block, "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup option p plaintext pre search section summary table tbody td tfoot th thead tr ul xmp");
        Mark(TagTraits.Hidden, "applet area audio base basefont bgsound canvas col colgroup command datalist embed frame frameset head iframe link map meta noembed noframes object param script source style template title track video");
        Mark(TagTraits.Scope, "applet caption html table td th marquee object select template");
    }

    /// <summary>The traits of a tag; none for unknown names.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TagTraits Traits(HtmlTag tag)
    {
        TagTraits[] table = TraitTable;
        return (uint)tag < (uint)table.Length ? table[(int)tag] : TagTraits.None;
    }

    /// <summary>Whether a tag has a trait.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Is(HtmlTag tag, TagTraits trait) => (Traits(tag) & trait) != 0;

    /// <summary>The lower-case name of a listed tag.</summary>
    public static ReadOnlySpan<byte> Name(HtmlTag tag) => Names[(int)tag];

    /// <summary>Finds a tag by name in any case; <see cref="HtmlTag.None"/> where the list lacks it.</summary>
    public static HtmlTag Find(ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > 20)
        {
            return HtmlTag.None;
        }

        if (name.Length <= 8)
        {
            ulong key = Key(name);
            uint slot = Slot(key);
            while (true)
            {
                ulong k = ShortKeys[slot];
                if (k == key)
                {
                    return (HtmlTag)ShortTags[slot];
                }

                if (k == 0)
                {
                    return HtmlTag.None;
                }

                slot = (slot + 1) % TableSize;
            }
        }

        Span<char> lower = stackalloc char[20];
        for (int i = 0; i < name.Length; i++)
        {
            byte b = name[i];
            lower[i] = (char)(b is >= (byte)'A' and <= (byte)'Z' ? b | 0x20 : b);
        }

        return LongNames.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(lower[..name.Length], out HtmlTag tag) ? tag : HtmlTag.None;
    }

    private static ulong Key(ReadOnlySpan<byte> name)
    {
        ulong v;
        if (name.Length == 8)
        {
            v = BinaryPrimitives.ReadUInt64LittleEndian(name);
        }
        else
        {
            v = 0;
            for (int i = name.Length - 1; i >= 0; i--)
            {
                v = (v << 8) | name[i];
            }
        }

        // Letters fold to lower case; no other byte of a listed name changes, and none of these maps onto a letter's code.
        ulong mask = 0x2020202020202020UL >> ((8 - name.Length) * 8);
        ulong upper = v & 0x4040404040404040UL;
        return v | ((upper >> 1) & mask);
    }

    private static uint Slot(ulong key) => (uint)((key * 0x9E3779B97F4A7C15UL) >> 53);

    private static void Mark(TagTraits trait, string names)
    {
        foreach (string name in names.Split(' '))
        {
            TraitTable[(int)Find(Encoding.ASCII.GetBytes(name))] |= trait;
        }
    }
}
