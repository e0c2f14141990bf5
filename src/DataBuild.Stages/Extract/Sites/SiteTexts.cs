using System.IO.Hashing;
using System.Text;

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

    private readonly HashSet<ulong> _seen = [];

    // An open table by hash, at most half full: most of a survey's time is spent looking up.
    private Piece[] _pieces = new Piece[4096];
    private int _count;

    private struct Piece
    {
        public ulong Hash;
        public int Pages, Last;
    }

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
        _pieces[Find(HashOf(Trim(piece)))] is { Pages: >= MinPages } found && found.Pages * 2 > Pages;

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

        ulong hash = HashOf(piece);
        ref Piece found = ref _pieces[Find(hash)];
        if (found.Hash == 0)
        {
            found.Hash = hash;
            if (++_count * 2 > _pieces.Length)
            {
                found.Pages = 1;
                found.Last = Pages;
                Grow();
                return;
            }
        }

        if (found.Last != Pages)
        {
            found.Pages++;
            found.Last = Pages;
        }
    }

    // The slot of a hash, or the empty one where it would stand.
    private int Find(ulong hash)
    {
        int mask = _pieces.Length - 1;
        int slot = (int)hash & mask;
        while (_pieces[slot].Hash != 0 && _pieces[slot].Hash != hash)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Grow()
    {
        Piece[] old = _pieces;
        _pieces = new Piece[old.Length * 2];
        foreach (Piece piece in old)
        {
            if (piece.Hash != 0)
            {
                _pieces[Find(piece.Hash)] = piece;
            }
        }
    }

    // Line ends count as the tree has them; 0 stands for an empty slot.
    private static ulong HashOf(ReadOnlySpan<byte> piece)
    {
        ulong hash = piece.Contains((byte)'\r')
            ? XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(piece).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n')))
            : XxHash3.HashToUInt64(piece);
        return hash == 0 ? 1 : hash;
    }
}
