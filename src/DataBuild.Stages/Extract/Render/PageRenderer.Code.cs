using DataBuild.Stages.Extract.Blocks;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Render;

/// <content>Code blocks: exact text of <c>pre</c> and of what stands in for it, language, without line numbers.</content>
internal sealed partial class PageRenderer
{
    private readonly Utf8Writer _code = new();
    private bool _afterBreak;
    private bool _afterGutter;

    private void RenderCode(ref Block b)
    {
        int pre = b.Container;
        _code.Clear();
        _afterBreak = _afterGutter = false;
        WriteCode(pre, !KeepsSpace(pre));
        TrimCode();
        if (_code.Length == 0 || IsNumbersOnly(_code.Written))
        {
            // A gutter.
            return;
        }

        WriteListing(pre);
    }

    private void WriteListing(int stated)
    {
        StartParagraph(false);
        _lastWasItem = false;
        if (!_markdown)
        {
            _out.Write(_code.Written);
            return;
        }

        int fence = 3;
        int run = 0;
        foreach (byte c in _code.Written)
        {
            run = c == '`' ? run + 1 : 0;
            fence = Math.Max(fence, run + 1);
        }

        _out.Repeat((byte)'`', fence);
        WriteLanguage(stated);
        _out.Write((byte)'\n');
        _out.Write(_code.Written);
        _out.Write((byte)'\n');
        _out.Repeat((byte)'`', fence);
    }

    // Elements whose style sheet keeps white space as pre does: GitHub's tables, Crayon, Doxygen.
    private bool KeepsSpace(int node)
    {
        if (_tree[node].Tag is HtmlTag.Pre or HtmlTag.Listing or HtmlTag.Xmp or HtmlTag.Plaintext)
        {
            return true;
        }

        ReadOnlySpan<byte> cls = _tree.Attribute(node, "class"u8);
        return cls.IndexOf("js-file-line-container"u8) >= 0 || cls.IndexOf("crayon-code"u8) >= 0 || cls.IndexOf("fragment"u8) >= 0;
    }

    // A paragraph that is nothing but code, and more than a name, is a listing that its page marks up as running text.
    private bool TryRenderCodeParagraph(ref Block b)
    {
        const BlockContext Inline = BlockContext.Heading | BlockContext.Item | BlockContext.Definition | BlockContext.Link | BlockContext.Button | BlockContext.Label;
        if (!_markdown || (b.Context & Inline) != 0 || b.Formulas > 0 || _tree[b.Container].Tag is HtmlTag.Caption or HtmlTag.Figcaption or HtmlTag.Summary)
        {
            return false;
        }

        int last = b.LastLeaf;
        while (_tree[last].LastChild != 0)
        {
            last = _tree[last].LastChild;
        }

        _code.Clear();
        _afterBreak = _afterGutter = false;
        int code = 0;
        bool more = false;
        for (int node = b.FirstLeaf; node != 0; node = _tree.Next(node, 0))
        {
            if (_tree[node].Kind == HtmlNodeKind.Text)
            {
                if (!IsSpaceOnly(node))
                {
                    int element = CodeAround(node, b.Container);
                    if (element == 0)
                    {
                        return false;
                    }

                    code = code == 0 ? element : code;
                    more |= _tree.TextOf(node).Trim(" \t\r\n\f"u8).IndexOfAny(CodeBytes) >= 0;
                }

                WriteCodeText(_tree.TextOf(node), true);
            }
            else if (_tree[node].Tag == HtmlTag.Br)
            {
                _code.Write((byte)'\n');
                _afterBreak = true;
                more = true;
            }

            if (node == last)
            {
                break;
            }
        }

        TrimCode();
        if (code == 0 || !more || _code.Length == 0)
        {
            return false;
        }

        WriteListing(code);
        return true;
    }

    private int CodeAround(int node, int container)
    {
        for (int up = _tree[node].Parent; up != 0; up = _tree[up].Parent)
        {
            if (_tree[up].Tag is HtmlTag.Code or HtmlTag.Samp)
            {
                return up;
            }

            if (up == container)
            {
                break;
            }
        }

        return 0;
    }

    private static readonly System.Buffers.SearchValues<byte> CodeBytes = System.Buffers.SearchValues.Create(" (){}[];="u8);

    // White space collapses in elements other than pre; there br and block elements make the lines.
    private void WriteCode(int pre, bool collapse)
    {
        int node = _tree[pre].FirstChild;
        while (node != 0)
        {
            ref HtmlNode n = ref _tree[node];
            bool enter = true;
            if (n.PreviousSibling != 0 && _code.Length > 0 && _code.Last != (byte)'\n' && IsCodeLine(_tree[n.PreviousSibling].Tag))
            {
                _code.Write((byte)'\n');
            }

            if (n.Kind == HtmlNodeKind.Text)
            {
                // White space between the rows and cells of a table is none of the code's.
                if (_tree[n.Parent].Tag is not (HtmlTag.Table or HtmlTag.Tbody or HtmlTag.Tr))
                {
                    WriteCodeText(_tree.TextOf(node), collapse);
                }
            }
            else if (n.Kind == HtmlNodeKind.Element)
            {
                if (n.Tag == HtmlTag.Br)
                {
                    _code.Write((byte)'\n');
                    _afterBreak = true;
                }
                else if (HtmlTags.Is(n.Tag, TagTraits.Hidden) || n.Tag == HtmlTag.Button)
                {
                    enter = false;
                }
                else if (IsGutter(node))
                {
                    enter = false;
                    _afterGutter = true;
                }
                else if (IsCodeLine(n.Tag) && _code.Length > 0 && _code.Last != (byte)'\n')
                {
                    _code.Write((byte)'\n');
                }
            }

            node = enter ? _tree.Next(node, pre) : _tree.NextAfter(node, pre);
        }
    }

    private static bool IsCodeLine(HtmlTag tag) =>
        HtmlTags.Is(tag, TagTraits.Block) && tag is not (HtmlTag.Td or HtmlTag.Th or HtmlTag.Tbody or HtmlTag.Table);

    private void WriteCodeText(ReadOnlySpan<byte> text, bool collapse)
    {
        int start = 0;
        if (collapse && _afterBreak && text.Length > 0)
        {
            // Spaces on the source line of a line break are meant: those of the source's own layout stand on a line of their own.
            int spaces = text.IndexOfAnyExcept((byte)' ');
            spaces = spaces < 0 ? text.Length : spaces;
            if (spaces > 1 && (spaces == text.Length || text[spaces] is not ((byte)'\n' or (byte)'\r' or (byte)'\t')))
            {
                _code.Write(text[..spaces]);
                start = spaces;
            }

            _afterBreak = false;
        }

        if (_afterGutter && text.Length > 0)
        {
            // Doxygen's space between the number and the line.
            start += text[start..].StartsWith("\u00a0"u8) ? 2 : 0;
            _afterGutter = false;
        }

        for (int i = start; i < text.Length; i++)
        {
            byte b = text[i];
            if (collapse && b is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r' or (byte)'\f')
            {
                if (_code.Length > 0 && _code.Last is not ((byte)'\n' or (byte)' '))
                {
                    _code.Write((byte)' ');
                }
            }
            else if (b == '\r')
            {
                if (i + 1 >= text.Length || text[i + 1] != '\n')
                {
                    _code.Write((byte)'\n');
                }
            }
            else if (b == 0xC2 && i + 1 < text.Length && text[i + 1] == 0xA0)
            {
                _code.Write((byte)' ');
                i++;
            }
            else if (b == 0xE2 && i + 2 < text.Length && text[i + 1] == 0x80 && text[i + 2] == 0x8B)
            {
                i += 2;
            }
            else
            {
                _code.Write(b);
            }
        }
    }

    // Empty lines at both ends go; so does white space at the end of the last line.
    private void TrimCode()
    {
        _code.TrimEnd();
        ReadOnlySpan<byte> text = _code.Written;
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
            {
                start = i + 1;
            }
            else if (text[i] is not ((byte)' ' or (byte)'\t'))
            {
                break;
            }
        }

        if (start > 0)
        {
            byte[] rest = text[start..].ToArray();
            _code.Clear();
            _code.Write(rest);
        }
    }

    private static bool IsNumbersOnly(ReadOnlySpan<byte> text)
    {
        int lines = 0;
        int previous = -1;
        int number = 0;
        bool digits = false;
        for (int i = 0; i <= text.Length; i++)
        {
            int b = i < text.Length ? text[i] : '\n';
            if ((uint)(b - '0') < 10 && number < 1_000_000)
            {
                number = (number * 10) + b - '0';
                digits = true;
            }
            else if (b is ' ' or '\n' or '\t' or '.')
            {
                if (digits)
                {
                    if (previous >= 0 && number != previous + 1)
                    {
                        return false;
                    }

                    previous = number;
                    lines++;
                    number = 0;
                    digits = false;
                }
            }
            else
            {
                return false;
            }
        }

        return lines >= 2;
    }

    private bool IsGutter(int node)
    {
        if (_tree.TryGetAttribute(node, "class"u8, out ReadOnlySpan<byte> cls)
            && (cls.IndexOf("lineno"u8) >= 0 || cls.IndexOf("line-num"u8) >= 0 || cls.IndexOf("linenumber"u8) >= 0 || cls.IndexOf("line_num"u8) >= 0
                || cls.IndexOf("gutter"u8) >= 0 || cls.IndexOf("blob-num"u8) >= 0 || cls.IndexOf("ln-num"u8) >= 0 || cls.IndexOf("numbering"u8) >= 0 || cls.IndexOf("ln-n"u8) >= 0))
        {
            // Some highlighters give such a class to the whole line; a number alone is what goes.
            int end = node;
            for (int inner = _tree.Next(node, node); inner != 0; inner = _tree.Next(inner, node))
            {
                end = inner;
                if (_tree[inner].Kind == HtmlNodeKind.Text && _tree.TextOf(inner).IndexOfAnyExcept(NumberBytes) >= 0)
                {
                    return false;
                }
            }

            return end != node;
        }

        return false;
    }

    // The language as the element, its code child or the wrappers above state it.
    private void WriteLanguage(int pre)
    {
        int child = _tree[pre].FirstChild;
        while (child != 0 && _tree[child].Kind != HtmlNodeKind.Element)
        {
            child = _tree[child].NextSibling;
        }

        if (child != 0 && TryWriteLanguage(child))
        {
            return;
        }

        int up = pre;
        for (int level = 0; level <= 4 && up != 0 && up != _tree.Body; up = _tree[up].Parent)
        {
            level += _tree[up].Tag is HtmlTag.Td or HtmlTag.Tr or HtmlTag.Tbody or HtmlTag.Table ? 0 : 1;
            if (TryWriteLanguage(up))
            {
                return;
            }
        }
    }

    private bool TryWriteLanguage(int node)
    {
        foreach (ReadOnlyMemory<byte> name in LanguageAttributes)
        {
            if (_tree.TryGetAttribute(node, name.Span, out ReadOnlySpan<byte> stated) && WriteName(stated))
            {
                return true;
            }
        }

        if (!_tree.TryGetAttribute(node, "class"u8, out ReadOnlySpan<byte> cls))
        {
            return false;
        }

        foreach (ReadOnlyMemory<byte> prefix in LanguagePrefixes)
        {
            int at = cls.IndexOf(prefix.Span);
            if (at >= 0 && (at == 0 || cls[at - 1] == ' ') && WriteName(cls[(at + prefix.Length)..].TrimStart((byte)' ')))
            {
                return true;
            }
        }

        // Pandoc and highlight.js: the language is a class of its own.
        if (cls.StartsWith("sourceCode "u8))
        {
            return WriteName(cls[11..]);
        }

        if (cls.StartsWith("syntaxhighlighter "u8))
        {
            return WriteName(cls[18..].TrimStart((byte)' '));
        }

        return cls.StartsWith("hljs "u8) && WriteName(cls[5..]);
    }

    private static readonly ReadOnlyMemory<byte>[] LanguageAttributes = ["data-lang"u8.ToArray(), "data-language"u8.ToArray()];

    private static readonly ReadOnlyMemory<byte>[] LanguagePrefixes =
    [
        "language-"u8.ToArray(), "lang-"u8.ToArray(), "highlight-source-"u8.ToArray(), "highlight-text-"u8.ToArray(), "brush:"u8.ToArray(),
        "highlight-"u8.ToArray(), "code-"u8.ToArray(),
    ];

    private bool WriteName(ReadOnlySpan<byte> name)
    {
        int end = name.IndexOfAny(NameEnd);
        name = end < 0 ? name : name[..end];
        if (name.Length is 0 or > 24 || name.IndexOfAnyExcept(LanguageBytes) >= 0
            || name.SequenceEqual("none"u8) || name.SequenceEqual("default"u8) || name.SequenceEqual("block"u8) || name.SequenceEqual("wrapper"u8)
            || name.SequenceEqual("toolbar"u8) || name.SequenceEqual("container"u8) || name.SequenceEqual("plaintext"u8))
        {
            return false;
        }

        Span<byte> lower = stackalloc byte[24];
        System.Text.Ascii.ToLower(name, lower, out int n);
        _out.Write(lower[..n]);
        return true;
    }

    private static readonly System.Buffers.SearchValues<byte> NumberBytes = System.Buffers.SearchValues.Create("0123456789 \r\n\t.:|"u8);

    private static readonly System.Buffers.SearchValues<byte> NameEnd = System.Buffers.SearchValues.Create(" ;,\t\n"u8);

    private static readonly System.Buffers.SearchValues<byte> LanguageBytes =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+#-_."u8);
}
