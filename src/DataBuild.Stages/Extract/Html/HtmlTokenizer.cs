using System.Buffers;

namespace DataBuild.Stages.Extract.Html;

/// <summary>How the tokenizer reads what follows a start tag.</summary>
internal enum TextMode : byte
{
    Data,
    RcData,
    RawText,
    ScriptData,
    PlainText,
}

/// <summary>The kind of a token.</summary>
internal enum TokenKind : byte
{
    EndOfFile,
    Text,
    StartTag,
    EndTag,
    Comment,
    Doctype,
}

/// <summary>
/// Tokenizes UTF-8 HTML as the HTML standard's section 13.2.5 says, over whole runs instead of single characters.
/// One token at a time is held in the properties; attributes go straight into the tree's list.
/// </summary>
internal sealed class HtmlTokenizer(HtmlTree tree)
{
    private static readonly SearchValues<byte> TagNameEnd = SearchValues.Create("\t\n\f\r />"u8);
    private static readonly SearchValues<byte> AttributeNameEnd = SearchValues.Create("\t\n\f\r />="u8);
    private static readonly SearchValues<byte> UnquotedEnd = SearchValues.Create("\t\n\f\r >"u8);
    private static readonly SearchValues<byte> UpperCase = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    private int _position;
    private int _length;
    private byte[] _rawName = [];
    private bool _hasNul;
    private Doctype _doctype;

    /// <summary>What the next text is, set by tree construction.</summary>
    public TextMode Mode { get; set; }

    /// <summary>Whether <c>&lt;![CDATA[</c> is text: true inside foreign elements.</summary>
    public bool AcceptCData { get; set; }

    /// <summary>The kind of the current token.</summary>
    public TokenKind Kind { get; private set; }

    /// <summary>The name of the current tag.</summary>
    public HtmlTag Tag { get; private set; }

    /// <summary>Where the current text or comment is, or the current tag's first attribute.</summary>
    public int Start { get; private set; }

    /// <summary>The length of the current text or comment, or the current tag's number of attributes.</summary>
    public int Length { get; private set; }

    /// <summary>Whether the current tag ends in <c>/&gt;</c>.</summary>
    public bool SelfClosing { get; private set; }

    /// <summary>The current document type declaration.</summary>
    public ref readonly Doctype Doctype => ref _doctype;

    /// <summary>Whether the page has NUL bytes, which tree construction leaves out or replaces.</summary>
    public bool HasNul => _hasNul;

    /// <summary>Attributes kept per element; further ones are dropped.</summary>
    public int MaxAttributes { get; set; } = 256;

    /// <summary>Bytes kept of an attribute's value; a longer value is cut.</summary>
    public int MaxAttributeLength { get; set; } = int.MaxValue;

    /// <summary>Starts at the beginning of the tree's page.</summary>
    public void Reset()
    {
        _position = 0;
        _length = tree.SourceLength;
        _hasNul = tree.Text.AsSpan(0, _length).Contains((byte)0);
        Mode = TextMode.Data;
        AcceptCData = false;
        Kind = TokenKind.EndOfFile;
    }

    /// <summary>Reads the next token.</summary>
    public void Read()
    {
        if (_position >= _length)
        {
            Kind = TokenKind.EndOfFile;
            return;
        }

        if (Mode != TextMode.Data)
        {
            if (ReadRaw())
            {
                return;
            }
        }

        ReadOnlySpan<byte> source = tree.Text.AsSpan(0, _length);
        int p = _position;
        while (true)
        {
            if (source[p] != (byte)'<')
            {
                ReadText(source, p);
                return;
            }

            if (p + 1 < _length)
            {
                int c = source[p + 1];
                if ((uint)((c | 0x20) - 'a') < 26)
                {
                    if (ReadTag(source, p + 1, TokenKind.StartTag))
                    {
                        return;
                    }

                    Kind = TokenKind.EndOfFile;
                    return;
                }

                if (c == '!')
                {
                    ReadMarkup(source, p);
                    return;
                }

                if (c == '/')
                {
                    if (p + 2 < _length)
                    {
                        int d = source[p + 2];
                        if ((uint)((d | 0x20) - 'a') < 26)
                        {
                            if (!ReadTag(source, p + 2, TokenKind.EndTag))
                            {
                                Kind = TokenKind.EndOfFile;
                            }

                            return;
                        }

                        if (d == '>')
                        {
                            p += 3;
                            _position = p;
                            if (p >= _length)
                            {
                                Kind = TokenKind.EndOfFile;
                                return;
                            }

                            continue;
                        }

                        ReadBogusComment(source, p + 2);
                        return;
                    }
                }
                else if (c == '?')
                {
                    ReadBogusComment(source, p + 1);
                    return;
                }
            }

            ReadText(source, p);
            return;
        }
    }

    /// <summary>Takes a line feed off the start of the current text.</summary>
    public void DropLineFeed()
    {
        if (Kind == TokenKind.Text && Length > 0 && tree.Text[Start] == (byte)'\n')
        {
            Start++;
            Length--;
        }
    }

    // Text from p to the next '<' that starts something.
    private void ReadText(ReadOnlySpan<byte> source, int p)
    {
        int end = p + 1;
        while (true)
        {
            int lt = end < _length ? source[end..].IndexOf((byte)'<') : -1;
            if (lt < 0)
            {
                end = _length;
                break;
            }

            end += lt;
            if (end + 1 >= _length)
            {
                end = _length;
                break;
            }

            int c = source[end + 1];
            if ((uint)((c | 0x20) - 'a') < 26 || c == '!' || c == '/' || c == '?')
            {
                break;
            }

            end++;
        }

        Emit(source, p, end, true);
        _position = end;
    }

    private void Emit(ReadOnlySpan<byte> source, int start, int end, bool references)
    {
        Kind = TokenKind.Text;
        ReadOnlySpan<byte> run = source[start..end];
        if (references && run.Contains((byte)'&'))
        {
            (Start, Length) = Resolve(run, false);
        }
        else
        {
            Start = start;
            Length = end - start;
        }
    }

    private (int Start, int Length) Resolve(ReadOnlySpan<byte> run, bool inAttribute)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent((run.Length * 2) + 16);
        int n = CharacterReferences.Resolve(run, inAttribute, rented);
        int start = tree.AppendText(rented.AsSpan(0, n));
        ArrayPool<byte>.Shared.Return(rented);
        return (start, n);
    }

    // Text up to the end tag of the element that switched the mode. False where that end tag comes at once.
    private bool ReadRaw()
    {
        ReadOnlySpan<byte> source = tree.Text.AsSpan(0, _length);
        int p = _position;
        int end = Mode switch
        {
            TextMode.PlainText => _length,
            TextMode.ScriptData => FindScriptEnd(source, p),
            _ => FindEndTag(source, p),
        };
        bool references = Mode == TextMode.RcData;
        if (Mode != TextMode.PlainText)
        {
            Mode = TextMode.Data;
        }

        if (end == p)
        {
            return false;
        }

        if (_hasNul && source[p..end].Contains((byte)0))
        {
            (int start, int length) = tree.AppendReplacingNul(source[p..end]);
            source = tree.Text.AsSpan(0, tree.TextLength);
            Emit(source, start, start + length, references);
        }
        else
        {
            Emit(source, p, end, references);
        }

        _position = end;
        return true;
    }

    private int FindEndTag(ReadOnlySpan<byte> source, int p)
    {
        while (true)
        {
            int lt = source[p..].IndexOf("</"u8);
            if (lt < 0)
            {
                return _length;
            }

            p += lt;
            if (IsTag(source, p + 2, _rawName))
            {
                return p;
            }

            p += 2;
        }
    }

    // Script data with its escaped and double escaped states.
    private int FindScriptEnd(ReadOnlySpan<byte> source, int p)
    {
        ReadOnlySpan<byte> script = "script"u8;
        while (true)
        {
            int lt = source[p..].IndexOf((byte)'<');
            if (lt < 0)
            {
                return _length;
            }

            p += lt;
            if (p + 1 >= _length)
            {
                return _length;
            }

            if (source[p + 1] == '/' && IsTag(source, p + 2, _rawName))
            {
                return p;
            }

            if (source[(p + 1)..].StartsWith("!--"u8))
            {
                int q = p + 2;
                bool doubled = false;
                while (true)
                {
                    int next = source[q..].IndexOfAny((byte)'<', (byte)'>');
                    if (next < 0)
                    {
                        return _length;
                    }

                    q += next;
                    if (source[q] == '>')
                    {
                        if (source[q - 1] == '-' && source[q - 2] == '-')
                        {
                            p = q + 1;
                            break;
                        }

                        q++;
                    }
                    else if (q + 1 < _length && source[q + 1] == '/' && IsTag(source, q + 2, doubled ? script : _rawName))
                    {
                        if (!doubled)
                        {
                            return q;
                        }

                        doubled = false;
                        q += 8;
                    }
                    else if (!doubled && IsTag(source, q + 1, script))
                    {
                        doubled = true;
                        q += 7;
                    }
                    else
                    {
                        q++;
                    }
                }
            }
            else
            {
                p++;
            }

            if (p >= _length)
            {
                return _length;
            }
        }
    }

    private static bool IsTag(ReadOnlySpan<byte> source, int p, ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || p + name.Length >= source.Length)
        {
            return false;
        }

        for (int i = 0; i < name.Length; i++)
        {
            if ((source[p + i] | 0x20) != name[i])
            {
                return false;
            }
        }

        return source[p + name.Length] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\f' or (byte)'\r' or (byte)'/' or (byte)'>';
    }

    /// <summary>Reads what follows as text up to the end tag of this element.</summary>
    public void EnterRaw(TextMode mode, HtmlTag tag)
    {
        Mode = mode;
        _rawName = HtmlTags.Name(tag).ToArray();
    }

    private bool ReadTag(ReadOnlySpan<byte> source, int p, TokenKind kind)
    {
        int end = p + 1;
        while (end < source.Length && !TagNameEnd.Contains(source[end]))
        {
            end++;
        }

        if (end >= source.Length)
        {
            _position = _length;
            return false;
        }

        ReadOnlySpan<byte> name = source[p..end];
        HtmlTag tag = _hasNul && name.Contains((byte)0) ? HtmlTag.None : HtmlTags.Find(name);
        if (tag == HtmlTag.None)
        {
            tag = Unknown(name);
        }

        Tag = tag;
        SelfClosing = false;
        int first = tree.AttributeCount;
        p = end;
        while (true)
        {
            // Before attribute name.
            while (p < source.Length && (source[p] is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r' or (byte)'\f'))
            {
                p++;
            }

            if (p >= source.Length)
            {
                tree.AttributeCount = first;
                _position = _length;
                return false;
            }

            byte c = source[p];
            if (c == '>')
            {
                p++;
                break;
            }

            if (c == '/')
            {
                if (p + 1 < source.Length && source[p + 1] == '>')
                {
                    SelfClosing = true;
                    p += 2;
                    break;
                }

                p++;
                continue;
            }

            p = ReadAttribute(source, p, first);
            if (p < 0)
            {
                tree.AttributeCount = first;
                _position = _length;
                return false;
            }
        }

        if (kind == TokenKind.EndTag)
        {
            tree.AttributeCount = first;
        }

        Kind = kind;
        Start = first;
        Length = tree.AttributeCount - first;
        _position = p;
        return true;
    }

    private HtmlTag Unknown(ReadOnlySpan<byte> name)
    {
        if (name.Length > 256)
        {
            name = name[..256];
        }

        Span<byte> lower = stackalloc byte[256 * 3];
        int n = 0;
        foreach (byte b in name)
        {
            if (b == 0)
            {
                "\ufffd"u8.CopyTo(lower[n..]);
                n += 3;
            }
            else
            {
                lower[n++] = b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
            }
        }

        return tree.InternUnknown(lower[..n]);
    }

    // Reads one attribute and returns the position after it, -1 at the end of the page.
    private int ReadAttribute(ReadOnlySpan<byte> source, int p, int first)
    {
        int nameStart = p;
        p++;
        while (p < source.Length && !AttributeNameEnd.Contains(source[p]))
        {
            p++;
        }

        int nameEnd = p;
        while (p < source.Length && (source[p] is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r' or (byte)'\f'))
        {
            p++;
        }

        if (p >= source.Length)
        {
            return -1;
        }

        int valueStart = 0;
        int valueEnd = 0;
        if (source[p] == '=')
        {
            p++;
            while (p < source.Length && (source[p] is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r' or (byte)'\f'))
            {
                p++;
            }

            if (p >= source.Length)
            {
                return -1;
            }

            byte quote = source[p];
            if (quote is (byte)'"' or (byte)'\'')
            {
                p++;
                int n = source[p..].IndexOf(quote);
                if (n < 0)
                {
                    return -1;
                }

                valueStart = p;
                valueEnd = p + n;
                p = valueEnd + 1;
            }
            else if (quote != '>')
            {
                int n = source[p..].IndexOfAny(UnquotedEnd);
                if (n < 0)
                {
                    return -1;
                }

                valueStart = p;
                valueEnd = p + n;
                p = valueEnd;
            }
        }

        int count = tree.AttributeCount - first;
        if (count >= MaxAttributes)
        {
            return p;
        }

        ReadOnlySpan<byte> name = source[nameStart..nameEnd];
        int storedName = nameStart;
        if (_hasNul && name.Contains((byte)0))
        {
            (storedName, int length) = tree.AppendReplacingNul(name);
            name = tree.Text.AsSpan(storedName, length);
        }

        if (name.ContainsAny(UpperCase))
        {
            storedName = LowerName(name);
            name = tree.Text.AsSpan(storedName, name.Length);
        }

        for (int i = first; i < tree.AttributeCount; i++)
        {
            ref HtmlAttribute a = ref tree.AttributeAt(i);
            if (a.NameLength == name.Length && tree.Text.AsSpan(a.NameStart, a.NameLength).SequenceEqual(name))
            {
                return p;
            }
        }

        int valueLength = Math.Min(valueEnd - valueStart, MaxAttributeLength);
        ReadOnlySpan<byte> value = source.Slice(valueStart, valueLength);
        if (_hasNul && value.Contains((byte)0))
        {
            (valueStart, valueLength) = tree.AppendReplacingNul(value);
            value = tree.Text.AsSpan(valueStart, valueLength);
        }

        if (value.Contains((byte)'&'))
        {
            (valueStart, valueLength) = Resolve(value, true);
        }

        tree.AddAttribute(new HtmlAttribute
        {
            NameStart = storedName,
            NameLength = name.Length,
            ValueStart = valueStart,
            ValueLength = valueLength,
        });
        return p;
    }

    private int LowerName(ReadOnlySpan<byte> name)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(name.Length);
        for (int i = 0; i < name.Length; i++)
        {
            byte b = name[i];
            rented[i] = b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
        }

        int start = tree.AppendText(rented.AsSpan(0, name.Length));
        ArrayPool<byte>.Shared.Return(rented);
        return start;
    }

    private void ReadMarkup(ReadOnlySpan<byte> source, int p)
    {
        ReadOnlySpan<byte> rest = source[(p + 2)..];
        if (rest.StartsWith("--"u8))
        {
            ReadComment(source, p + 4);
        }
        else if (rest.Length >= 7 && StartsWithIgnoreCase(rest, "doctype"u8))
        {
            ReadDoctype(source, p + 9);
        }
        else if (AcceptCData && rest.StartsWith("[CDATA["u8))
        {
            int start = p + 9;
            int end = source[start..].IndexOf("]]>"u8);
            int stop = end < 0 ? _length : start + end;
            _position = end < 0 ? _length : stop + 3;
            Emit(source, start, stop, false);
        }
        else
        {
            ReadBogusComment(source, p + 2);
        }
    }

    private static bool StartsWithIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower)
    {
        for (int i = 0; i < lower.Length; i++)
        {
            if ((text[i] | 0x20) != lower[i])
            {
                return false;
            }
        }

        return true;
    }

    private void ReadComment(ReadOnlySpan<byte> source, int p)
    {
        FindCommentEnd(source, p);
        ReplaceNulInComment();
    }

    private void ReplaceNulInComment()
    {
        if (_hasNul && tree.Range(Start, Length).Contains((byte)0))
        {
            (Start, Length) = tree.AppendReplacingNul(tree.Range(Start, Length));
        }
    }

    private void FindCommentEnd(ReadOnlySpan<byte> source, int p)
    {
        Kind = TokenKind.Comment;
        Start = p;
        if (p < _length && source[p] == '>')
        {
            Length = 0;
            _position = p + 1;
            return;
        }

        if (p + 1 < _length && source[p] == '-' && source[p + 1] == '>')
        {
            Length = 0;
            _position = p + 2;
            return;
        }

        int from = p;
        while (true)
        {
            int dash = source[from..].IndexOf("--"u8);
            if (dash < 0)
            {
                int stop = _length;
                if (stop > p && source[stop - 1] == '-')
                {
                    stop--;
                }

                Length = stop - p;
                _position = _length;
                return;
            }

            int at = from + dash;
            int q = at + 2;
            while (q < _length && source[q] == '-')
            {
                q++;
            }

            if (q >= _length)
            {
                Length = q - 2 - p;
                _position = _length;
                return;
            }

            if (source[q] == '>')
            {
                Length = q - 2 - p;
                _position = q + 1;
                return;
            }

            if (source[q] == '!')
            {
                if (q + 1 >= _length)
                {
                    Length = q - 2 - p;
                    _position = _length;
                    return;
                }

                if (source[q + 1] == '>')
                {
                    Length = q - 2 - p;
                    _position = q + 2;
                    return;
                }
            }

            from = q;
        }
    }

    private void ReadBogusComment(ReadOnlySpan<byte> source, int p)
    {
        Kind = TokenKind.Comment;
        int end = source[p..].IndexOf((byte)'>');
        int stop = end < 0 ? _length : p + end;
        Start = p;
        Length = stop - p;
        _position = end < 0 ? _length : stop + 1;
        ReplaceNulInComment();
    }

    private void ReadDoctype(ReadOnlySpan<byte> source, int p)
    {
        Kind = TokenKind.Doctype;
        int end = source[p..].IndexOf((byte)'>');
        int stop = end < 0 ? _length : p + end;
        _position = end < 0 ? _length : stop + 1;
        _doctype = Html.Doctype.Read(tree, p, stop, end < 0);
    }
}
