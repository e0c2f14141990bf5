using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace DataBuild.Stages.Extract.Sites;

/// <summary>
/// The pieces of text of one site's pages, and on how many of them each stands. A piece is what stands between two tags; pieces with character
/// references and pieces of fewer than <see cref="MinBytes"/> bytes are not counted.
/// </summary>
internal sealed class SiteTexts
{
    /// <summary>Bytes of a piece at least: shorter ones (separators, counts, single words) stand everywhere by chance.</summary>
    public const int MinBytes = 8;

    /// <summary>Pages of a site from which on repetition says something.</summary>
    public const int MinPages = 3;

    private readonly Dictionary<ulong, (int Pages, int Last)> _pieces = [];
    private readonly HashSet<ulong> _seen = [];

    /// <summary>Pages counted; copies of a page count once.</summary>
    public int Pages { get; private set; }

    /// <summary>Counts the pieces of one page.</summary>
    /// <param name="page">The page as UTF-8.</param>
    public void Add(ReadOnlySpan<byte> page)
    {
        if (!_seen.Add(XxHash3.HashToUInt64(page)))
        {
            return;
        }

        Pages++;
        while (!page.IsEmpty)
        {
            int tag = page.IndexOf((byte)'<');
            Count(tag < 0 ? page : page[..tag]);
            if (tag < 0)
            {
                return;
            }

            page = page[tag..];
            int skipped = IsTag(page, "<script"u8) ? page.IndexOf("</script"u8) : IsTag(page, "<style"u8) ? page.IndexOf("</style"u8) : 0;
            if (skipped < 0)
            {
                return;
            }

            page = page[skipped..];
            int end = page.IndexOf((byte)'>');
            if (end < 0)
            {
                return;
            }

            page = page[(end + 1)..];
        }
    }

    /// <summary>Whether a piece stands on more than half of the pages, and on three at least.</summary>
    /// <param name="piece">A text node of a page that was counted.</param>
    public bool IsRepeated(ReadOnlySpan<byte> piece) =>
        _pieces.TryGetValue(XxHash3.HashToUInt64(Trim(piece)), out (int Pages, int Last) found) && found.Pages >= MinPages && found.Pages * 2 > Pages;

    /// <summary>A piece without the white space around it.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> piece) => piece.Trim(" \t\r\n\f"u8);

    private static bool IsTag(ReadOnlySpan<byte> page, ReadOnlySpan<byte> name) =>
        page.Length > name.Length && System.Text.Ascii.EqualsIgnoreCase(page[..name.Length], name);

    private void Count(ReadOnlySpan<byte> piece)
    {
        piece = Trim(piece);
        if (piece.Length < MinBytes || piece.Contains((byte)'&'))
        {
            return;
        }

        ref (int Pages, int Last) found = ref CollectionsMarshal.GetValueRefOrAddDefault(_pieces, XxHash3.HashToUInt64(piece), out _);
        if (found.Last != Pages)
        {
            found = (found.Pages + 1, Pages);
        }
    }
}
