using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Blocks;

/// <content>What class, id, role and the like say of an element.</content>
internal sealed partial class BlockSegmenter
{
    private const uint IdSalt = 0x51ED27;
    private const uint PropertySalt = 0xA7731;
    private const uint RoleSalt = 0x3C6EF3;
    private const uint TargetSalt = 0x77123;
    private const uint TypeSalt = 0x1F83D;
    private const uint LabelSalt = 0x2B9A1;
    private const uint TestSalt = 0x6E0C5;
    private const uint NameSalt = 0x94D049;
    private const uint NamePairSalt = 0x2545F4;
    private const uint TagSalt = 0x369DEA;

    // "comment" with its first letter in upper case, and "disqus", first byte highest.
    private const ulong CommentWord = 0x43_6F6D_6D65_6E74;
    private const ulong DisqusWord = 0x6469_7371_7573;

    private void ReadAttributes(int node, ref ElementInfo e)
    {
        uint shape = (uint)_tree[node].Tag * 0x9E3779B1;
        ReadNamePart(node, ref e, shape + TagSalt);
        foreach (HtmlAttribute a in _tree.AttributesOf(node))
        {
            ReadOnlySpan<byte> name = _tree.Range(a.NameStart, a.NameLength);
            if (a.NameLength is < 2 or > 14)
            {
                continue;
            }

            switch (name[0])
            {
                case (byte)'c' when name.SequenceEqual("class"u8):
                    ReadOnlySpan<byte> cls = _tree.Range(a.ValueStart, Math.Min(a.ValueLength, 256));
                    shape = ReadTokens(node, cls, ref e, shape, 0);
                    break;
                case (byte)'i' when name.SequenceEqual("id"u8):
                    ReadOnlySpan<byte> id = _tree.Range(a.ValueStart, Math.Min(a.ValueLength, 64));
                    ReadTokens(node, id, ref e, 0, IdSalt);
                    break;
                case (byte)'i' when name.SequenceEqual("itemprop"u8):
                    ReadOnlySpan<byte> property = _tree.Range(a.ValueStart, Math.Min(a.ValueLength, 64));
                    if (property.IndexOf("articleBody"u8) >= 0)
                    {
                        e.Context |= BlockContext.ArticleBody;
                    }

                    ReadTokens(node, property, ref e, 0, PropertySalt);
                    break;
                case (byte)'r' when name.SequenceEqual("role"u8):
                    ReadOnlySpan<byte> role = _tree.Range(a.ValueStart, Math.Min(a.ValueLength, 64));
                    e.Context |= RoleContext(role);
                    ReadTokens(node, role, ref e, 0, RoleSalt);
                    break;
                case (byte)'h' when name.SequenceEqual("href"u8):
                    ReadTokens(node, _tree.Range(a.ValueStart, Math.Min(a.ValueLength, 96)), ref e, 0, TargetSalt);
                    break;
                case (byte)'i' when name.SequenceEqual("itemtype"u8):
                    ReadTokens(node, _tree.Range(a.ValueStart, Math.Min(a.ValueLength, 64)), ref e, 0, TypeSalt);
                    break;
                case (byte)'a' when name.SequenceEqual("aria-label"u8):
                    ReadTokens(node, _tree.Range(a.ValueStart, Math.Min(a.ValueLength, 48)), ref e, 0, LabelSalt);
                    break;
                case (byte)'d' when IsTestName(name):
                    ReadTokens(node, _tree.Range(a.ValueStart, Math.Min(a.ValueLength, 48)), ref e, 0, TestSalt);
                    break;
                case (byte)'h' when name.SequenceEqual("hidden"u8):
                    e.Context |= BlockContext.Invisible;
                    break;
                case (byte)'s' when name.SequenceEqual("style"u8):
                    if (IsInvisible(_tree.Range(a.ValueStart, Math.Min(a.ValueLength, 512))))
                    {
                        e.Context |= BlockContext.Invisible;
                    }

                    break;
                case (byte)'a' when name.SequenceEqual("aria-hidden"u8):
                    if (_tree.Range(a.ValueStart, a.ValueLength).SequenceEqual("true"u8))
                    {
                        e.Context |= BlockContext.Invisible;
                    }

                    break;
                default:
                    break;
            }
        }

        e.Shape = shape;
    }

    private void CountControl(int node, ref ElementInfo parent)
    {
        ReadOnlySpan<byte> type = _tree.Attribute(node, "type"u8);
        if (!type.SequenceEqual("hidden"u8))
        {
            parent.Controls++;
            parent.Choices += type.SequenceEqual("checkbox"u8) || type.SequenceEqual("radio"u8) ? 1 : 0;
        }
    }

    // What pages with generated class names call their parts by.
    private static bool IsTestName(ReadOnlySpan<byte> name) =>
        name.StartsWith("data-"u8)
        && (name[5..].SequenceEqual("testid"u8) || name[5..].SequenceEqual("test"u8) || name[5..].SequenceEqual("qa"u8) || name[5..].SequenceEqual("hook"u8)
            || name[5..].SequenceEqual("role"u8) || name[5..].SequenceEqual("type"u8) || name[5..].SequenceEqual("component"u8));

    private static BlockContext RoleContext(ReadOnlySpan<byte> role) =>
        role.SequenceEqual("navigation"u8) || role.SequenceEqual("menu"u8) || role.SequenceEqual("menubar"u8) ? BlockContext.Nav
        : role.SequenceEqual("main"u8) ? BlockContext.Main
        : role.SequenceEqual("article"u8) ? BlockContext.Article
        : role.SequenceEqual("complementary"u8) ? BlockContext.Aside
        : role.SequenceEqual("contentinfo"u8) ? BlockContext.Footer
        : role.SequenceEqual("banner"u8) ? BlockContext.Header
        : role.SequenceEqual("dialog"u8) || role.SequenceEqual("alertdialog"u8) ? BlockContext.Dialog
        : role.SequenceEqual("button"u8) ? BlockContext.Button
        : BlockContext.None;

    private static bool IsInvisible(ReadOnlySpan<byte> style)
    {
        int at = style.IndexOf("display"u8);
        if (at >= 0)
        {
            ReadOnlySpan<byte> rest = style[(at + 7)..].TrimStart(" :"u8);
            if (rest.StartsWith("none"u8))
            {
                return true;
            }
        }

        at = style.IndexOf("visibility"u8);
        return at >= 0 && style[(at + 10)..].TrimStart(" :"u8).StartsWith("hidden"u8);
    }

    // Scores the words of an attribute: runs of letters, also divided where a capital follows a small letter. Digits are left out.
    // A class or id with "comment" or "disqus" anywhere in it marks a comments section; the last eight bytes are compared in one number.
    private uint ReadTokens(int node, ReadOnlySpan<byte> value, ref ElementInfo e, uint shape, uint salt)
    {
        uint hash = 2166136261 ^ salt;
        int length = 0;
        bool previousLower = false;
        uint previous = 0;
        int words = 0;
        ulong last = 0;
        bool comments = false;
        for (int i = 0; i <= value.Length; i++)
        {
            int c = i < value.Length ? value[i] : ' ';
            last = (last << 8) | (uint)c;
            comments |= (last & 0xDF_FFFF_FFFF_FFFF) == CommentWord || (last & 0xFFFF_FFFF_FFFF) == DisqusWord;
            bool upper = (uint)(c - 'A') < 26;
            bool letter = upper || (uint)(c - 'a') < 26 || c >= 0x80;
            if (length > 0 && (!letter || (upper && previousLower)))
            {
                if (length > 1)
                {
                    shape = (shape ^ hash) * 0x85EBCA6B;
                    e.Learned += _classWeights.Score(hash);
                    if (previous != 0)
                    {
                        ReadNamePart(node, ref e, ((previous * 31) ^ hash) + NamePairSalt);
                    }

                    previous = hash;
                    words++;
                    int score = _classScores.Score(hash);
                    if (score != 0)
                    {
                        e.ClassScore += (short)score;
                        e.ClassLow = (short)Math.Min(e.ClassLow, score);
                        e.ClassHigh = (short)Math.Max(e.ClassHigh, score);
                    }

                    Observer?.ClassToken(node, hash);
                }

                hash = 2166136261 ^ salt;
                length = 0;
            }

            if (c == ' ')
            {
                if (words == 1)
                {
                    ReadNamePart(node, ref e, previous + NameSalt);
                }

                previous = 0;
                words = 0;
            }

            if (letter)
            {
                hash = (hash ^ (uint)(upper ? c | 0x20 : c)) * 16777619;
                length++;
            }

            previousLower = letter && !upper;
        }

        if (comments && (salt is 0 or IdSalt))
        {
            e.Context |= BlockContext.Comments;
        }

        return shape;
    }

    private void ReadNamePart(int node, ref ElementInfo e, uint hash)
    {
        e.Learned += _classWeights.Score(hash);
        Observer?.NamePart(node, hash);
    }
}
