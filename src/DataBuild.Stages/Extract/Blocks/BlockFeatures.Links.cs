using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Blocks;

/// <content>Form controls around a block, and where its link leads.</content>
internal sealed partial class BlockFeatures
{
    private void Controls()
    {
        Span<Block> blocks = _segments.Blocks;
        for (int level = 0; level < 6; level += 2)
        {
            Span<float> controls = Add("controls^" + level);
            Span<float> choices = Add("choices^" + level);
            for (int i = 0; i < blocks.Length; i++)
            {
                ref ElementInfo e = ref _segments[AncestorOf(blocks[i].Container, level)];
                float size = Math.Max(1, e.EndBlock - e.FirstBlock);
                controls[i] = e.Controls / size;
                choices[i] = e.Choices / size;
            }
        }
    }

    // Where a block's first link leads: nowhere, elsewhere on the page, to another site, and how much of its path is the page's own.
    private void Links(string? url)
    {
        Span<Block> blocks = _segments.Blocks;
        Span<float> kind = Add("link_kind");
        Span<float> shared = Add("link_shared_path");
        Span<float> depth = Add("link_depth");
        string path = PathOf(url);
        byte[] own = System.Text.Encoding.UTF8.GetBytes(path);
        byte[] host = System.Text.Encoding.UTF8.GetBytes(HostOf(url));
        int lastLink = 0;
        (float Kind, float Shared, float Depth) last = default;
        for (int i = 0; i < blocks.Length; i++)
        {
            ref Block b = ref blocks[i];
            shared[i] = depth[i] = -1;
            if (b.LinkBytes == 0)
            {
                continue;
            }

            int link = FirstLink(ref b);
            if (link != lastLink)
            {
                lastLink = link;
                last = Target(_tree.Attribute(link, "href"u8), own, host);
            }

            (kind[i], shared[i], depth[i]) = last;
        }
    }

    private int FirstLink(ref Block b)
    {
        int leaf = b.FirstLeaf;
        for (int k = 0; k < 16 && leaf != 0; k++, leaf = _tree.Next(leaf, 0))
        {
            if (_tree[leaf].Kind == HtmlNodeKind.Text)
            {
                int up = _tree[leaf].Parent;
                if ((_segments[up].Context & BlockContext.Link) != 0)
                {
                    while (up != 0 && _tree[up].Tag != HtmlTag.A)
                    {
                        up = _tree[up].Parent;
                    }

                    return up;
                }
            }

            if (leaf == b.LastLeaf)
            {
                break;
            }
        }

        return 0;
    }

    private static (float Kind, float Shared, float Depth) Target(ReadOnlySpan<byte> href, ReadOnlySpan<byte> own, ReadOnlySpan<byte> host)
    {
        if (href.IsEmpty)
        {
            return (1, -1, -1);
        }

        if (href[0] == '#' || href.StartsWith("javascript"u8) || href.StartsWith("mailto"u8) || href.StartsWith("tel:"u8))
        {
            return (2, -1, -1);
        }

        int scheme = href.IndexOf("//"u8);
        float kind = 3;
        if (scheme is >= 0 and <= 6)
        {
            href = href[(scheme + 2)..];
            int slash = href.IndexOf((byte)'/');
            ReadOnlySpan<byte> name = slash < 0 ? href : href[..slash];
            href = slash < 0 ? default : href[slash..];
            kind = host.IsEmpty || name.EndsWith(host) || host.EndsWith(name) ? 3 : 4;
        }

        int common = href.CommonPrefixLength(own);
        int parts = href.Length > 512 ? 20 : href.Count((byte)'/');
        return (kind, own.Length == 0 ? -1 : common / (float)own.Length, parts);
    }

    private static string HostOf(string? url)
    {
        int start = url?.IndexOf("://", StringComparison.Ordinal) ?? -1;
        if (start < 0)
        {
            return "";
        }

        int end = url!.IndexOf('/', start + 3);
        string host = end < 0 ? url[(start + 3)..] : url[(start + 3)..end];
        return host.StartsWith("www.", StringComparison.Ordinal) ? host[4..] : host;
    }
}
