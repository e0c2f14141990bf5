using System.Runtime.CompilerServices;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Blocks;

/// <content>Leaves: text, line breaks, images, formulas.</content>
internal sealed partial class BlockSegmenter
{
    // Tells words of headings from the same words elsewhere.
    private const uint HeadingSalt = 0x5BD1E995;

    // Likewise pairs of words and whole short blocks.
    private const uint PairSalt = 0x1B873593;
    private const uint TextSalt = 0xCC9E2D51;

    // Words of a block that is scored as a whole.
    private const int MaxWholeWords = 6;

    // Words scored per block: short blocks are where single words tell.
    private const int MaxScoredWords = LearnedTokens.MaxWords;

    private static readonly byte[] Classes = MakeClasses();

    private enum Kind : byte
    {
        Other, Space, Lower, Upper, Digit, Stop, Comma, High, Currency,
    }

    private static byte[] MakeClasses()
    {
        byte[] c = new byte[256];
        for (int i = 0; i < 256; i++)
        {
            c[i] = (byte)(i switch
            {
                ' ' or '\t' or '\n' or '\r' or '\f' => Kind.Space,
                >= 'a' and <= 'z' or '_' => Kind.Lower,
                >= 'A' and <= 'Z' => Kind.Upper,
                >= '0' and <= '9' => Kind.Digit,
                '.' or '!' or '?' => Kind.Stop,
                ',' or ';' => Kind.Comma,
                '$' => Kind.Currency,
                >= 0x80 => Kind.High,
                _ => Kind.Other,
            });
        }

        return c;
    }

    private void Begin(int leaf)
    {
        if (_open)
        {
            return;
        }

        _open = true;
        _hasText = false;
        _current = default;
        _current.FirstLeaf = leaf;
        _current.Parent = _tree[leaf].Parent;
        _afterSpace = true;
        _inWord = false;
        _wordHash = 2166136261;
        _previousWord = 0;
        _wordLength = 0;
        _lastLink = 0;
        _pendingBreaks = 0;
    }

    private void Flush()
    {
        if (!_open)
        {
            return;
        }

        _open = false;
        _pendingBreaks = 0;
        if (!_hasText)
        {
            return;
        }

        EndWord((_elements[_tree[_current.LastLeaf].Parent].Context & BlockContext.Link) != 0);
        if (Count == _blocks.Length)
        {
            Array.Resize(ref _blocks, Count * 2);
        }

        if (_current.Words is > 0 and <= MaxWholeWords && _current.TextHash != 0)
        {
            _current.TextScore = _wordScores.Score(_current.TextHash ^ TextSalt);
            _current.LearnedWords += _wordWeights.Score(_current.TextHash ^ TextSalt);
            Observer?.Word(Count, _current.TextHash ^ TextSalt);
        }

        int container = _current.Parent;
        BlockContext context = _elements[container].Context;
        while (!HtmlTags.Is(_tree[container].Tag, TagTraits.Block) && container != _tree.Body && _tree[container].Parent != 0)
        {
            container = _tree[container].Parent;
        }

        // Inside a listing, block elements are only lines.
        if ((context & BlockContext.Pre) != 0)
        {
            container = _current.Parent;
            while ((_elements[_tree[container].Parent].Context & BlockContext.Pre) != 0)
            {
                container = _tree[container].Parent;
            }
        }

        _current.Container = container;
        _current.Context = context;
        _current.Tag = _tree[container].Tag;
        _blocks[Count++] = _current;
    }

    private void AddBreak(int node)
    {
        if (!_open)
        {
            return;
        }

        if ((_elements[_tree[node].Parent].Context & BlockContext.Pre) != 0)
        {
            _current.LastLeaf = node;
            _afterSpace = true;
            return;
        }

        if (++_pendingBreaks >= 2)
        {
            Flush();
            return;
        }

        EndWord(false);
        _current.Breaks++;
        _current.LastLeaf = node;
        _afterSpace = true;
    }

    private void AddImage(int node)
    {
        Begin(node);
        _current.Images++;
        _current.LastLeaf = node;
    }

    private void AddFormula(int node)
    {
        Begin(node);
        _hasText = true;
        _pendingBreaks = 0;
        _current.LastLeaf = node;
        _current.Formulas++;
        _current.Words += 2;
        _current.TextBytes += 8;
        _current.Letters += 4;
        if (_current.First == 0)
        {
            _current.First = (byte)'x';
        }

        _current.Last = (byte)'x';
        _afterSpace = true;
    }

    private void AddText(int node)
    {
        ReadOnlySpan<byte> text = _tree.TextOf(node);
        BlockContext context = _elements[_tree[node].Parent].Context;
        bool pre = (context & BlockContext.Pre) != 0;
        int skip = 0;
        while (skip < text.Length && Classes[text[skip]] == (byte)Kind.Space)
        {
            skip++;
        }

        if (skip == text.Length)
        {
            if (_open)
            {
                EndWord((context & BlockContext.Link) != 0);
                _afterSpace = true;
                if (pre)
                {
                    _current.LastLeaf = node;
                }
            }

            return;
        }

        Begin(node);
        if (!_hasText)
        {
            _hasText = true;
            _current.Parent = _tree[node].Parent;
        }

        _pendingBreaks = 0;
        _current.LastLeaf = node;
        if (skip > 0)
        {
            EndWord((context & BlockContext.Link) != 0);
            _afterSpace = true;
        }

        bool link = (context & BlockContext.Link) != 0;
        if (link)
        {
            CountLink(node);
        }

        int before = _current.TextBytes;
        Scan(text[skip..], link);
        if (link)
        {
            _current.LinkBytes += _current.TextBytes - before;
        }
    }

    private void CountLink(int node)
    {
        int up = _tree[node].Parent;
        while (up != 0 && _tree[up].Tag != HtmlTag.A)
        {
            up = _tree[up].Parent;
        }

        if (up != _lastLink)
        {
            _lastLink = up;
            _current.Links++;
        }
    }

    private void Scan(ReadOnlySpan<byte> text, bool link)
    {
        byte[] classes = Classes;
        ref Block b = ref _current;
        uint hash = b.TextHash == 0 ? 2166136261 : b.TextHash;
        int bytes = 0;
        for (int i = 0; i < text.Length; i++)
        {
            byte c = text[i];
            Kind kind = (Kind)classes[c];
            switch (kind)
            {
                case Kind.Space:
                    EndWord(link);
                    if (!_afterSpace)
                    {
                        bytes++;
                        _afterSpace = true;
                    }

                    continue;
                case Kind.Lower:
                    b.Letters++;
                    AddToWord(c);
                    break;
                case Kind.Upper:
                    b.Letters++;
                    b.Capitals++;
                    AddToWord((byte)(c | 0x20));
                    break;
                case Kind.Digit:
                    b.Digits++;
                    AddToWord(c);
                    break;
                case Kind.Stop:
                    EndWord(link);
                    if (i + 1 >= text.Length || classes[text[i + 1]] is (byte)Kind.Space or (byte)Kind.Other or (byte)Kind.High)
                    {
                        b.Sentences++;
                    }

                    break;
                case Kind.Comma:
                    EndWord(link);
                    b.Commas++;
                    break;
                case Kind.Currency:
                    EndWord(link);
                    b.Prices++;
                    break;
                case Kind.High:
                    i = ScanHigh(text, i, link, ref bytes);
                    if (i < 0)
                    {
                        i = ~i;
                        continue;
                    }

                    break;
                default:
                    EndWord(link);
                    break;
            }

            hash = (hash ^ c) * 16777619;
            bytes++;
            _afterSpace = false;
            if (b.First == 0)
            {
                b.First = c;
            }

            b.Last = c;
        }

        b.TextHash = hash;
        b.TextBytes += bytes;
    }

    // A character outside ASCII: punctuation and spaces end words, everything else is part of one. Returns the place of its last byte,
    // its complement where it is white space.
    private int ScanHigh(ReadOnlySpan<byte> text, int i, bool link, ref int bytes)
    {
        byte c = text[i];
        int length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
        if (i + length > text.Length)
        {
            return i;
        }

        byte d = text[i + 1];
        if (c == 0xC2 && d == 0xA0)
        {
            EndWord(link);
            if (!_afterSpace)
            {
                bytes++;
                _afterSpace = true;
            }

            return ~(i + 1);
        }

        bool mark = (c == 0xC2 && d < 0xBF) || (c == 0xE2 && d is 0x80 or 0x81) || (c == 0xE3 && d == 0x80 && text[i + 2] < 0xC0)
            || (c == 0xEF && d is 0xBC or 0xBD) || (c == 0xE2 && d is >= 0x86 and <= 0xAF);
        if (mark)
        {
            EndWord(link);
            if (c is 0xE3 or 0xEF)
            {
                byte e = text[i + 2];
                if ((c == 0xE3 && e == 0x82) || (c == 0xEF && d == 0xBC && e is 0x81 or 0x9F))
                {
                    _current.Sentences++;
                }
                else if ((c == 0xE3 && e == 0x81) || (c == 0xEF && e == 0x8C))
                {
                    _current.Commas++;
                }
            }
            else if ((c == 0xC2 && d is 0xA3 or 0xA5) || (c == 0xE2 && d == 0x82))
            {
                _current.Prices++;
            }
        }
        else
        {
            _current.NonAscii++;
            for (int k = 0; k < length; k++)
            {
                AddToWord(text[i + k]);
            }
        }

        bytes += length - 1;
        return i + length - 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddToWord(byte c)
    {
        _wordHash = (_wordHash ^ c) * 16777619;
        _inWord = true;
        _wordLength++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EndWord(bool link)
    {
        if (_inWord)
        {
            FinishWord(link);
        }
    }

    private void FinishWord(bool link)
    {
        ref Block b = ref _current;
        b.Words++;
        if (link)
        {
            b.LinkWords++;
        }

        if (b.Words <= MaxScoredWords && _wordLength > 1)
        {
            int score = _wordScores.Score(_wordHash);
            if (score != 0)
            {
                b.WordScore += score;
                b.WordScored++;
                b.WordLow = (short)Math.Min(b.WordLow, score);
                b.WordHigh = (short)Math.Max(b.WordHigh, score);
            }

            b.LearnedWords += _wordWeights.Score(_wordHash);
            Observer?.Word(Count, _wordHash);
            if (b.Words > 1)
            {
                uint pair = ((_previousWord * 31) ^ _wordHash) + PairSalt;
                b.PairScore += _wordScores.Score(pair);
                b.LearnedWords += _wordWeights.Score(pair);
                Observer?.Word(Count, pair);
            }

            _previousWord = _wordHash;
            if ((_elements[b.Parent].Context & BlockContext.Heading) != 0)
            {
                b.SectionScore += _wordScores.Score(_wordHash ^ HeadingSalt);
                b.LearnedSection += _wordWeights.Score(_wordHash ^ HeadingSalt);
                Observer?.HeadingWord(Count, _wordHash ^ HeadingSalt);
            }
        }

        _inWord = false;
        _wordHash = 2166136261;
        _wordLength = 0;
    }
}
