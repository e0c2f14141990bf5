using System.Buffers;
using System.Numerics;
using System.Text;

namespace DataBuild.Stages.Deduplicate;

/// <summary>
/// A document's words as near-duplicate detection sees them: lower case; a number (digits, once followed by a point or comma and digits) is <c>0</c>;
/// punctuation, symbols and controls separate words as white space does; letters stand without non-spacing marks (canonical decomposition).
/// Scripts written without spaces (Han, kana, Thai, Lao, Khmer, Burmese, Tibetan) give a word a letter.
/// The text is that of DataTrove's <c>simplify_text</c> in order and intent; the word rule for scripts without spaces is our own.
/// </summary>
public sealed class SimplifiedText : IDocumentAnalysis
{
    private char[] _text = [];
    private int _textLength;
    private int[] _ends = new int[256];
    private int[] _sourceStarts = new int[256];
    private int[] _sourceEnds = new int[256];
    private ulong[] _hashes = new ulong[256];

    /// <summary>The words, with one blank between them.</summary>
    public ReadOnlySpan<char> Text => _text.AsSpan(0, _textLength);

    /// <summary>Number of words.</summary>
    public int WordCount { get; private set; }

    /// <summary>A 64-bit hash of each word; the same on every machine.</summary>
    public ReadOnlySpan<ulong> WordHashes => _hashes.AsSpan(0, WordCount);

    /// <summary>Where each word starts in the document's text, in UTF-16 units.</summary>
    public ReadOnlySpan<int> SourceStarts => _sourceStarts.AsSpan(0, WordCount);

    /// <summary>Where each word ends in the document's text (exclusive), in UTF-16 units.</summary>
    public ReadOnlySpan<int> SourceEnds => _sourceEnds.AsSpan(0, WordCount);

    /// <summary>A word by its index.</summary>
    public ReadOnlySpan<char> Word(int index) => _text.AsSpan(index == 0 ? 0 : _ends[index - 1] + 1, _ends[index] - (index == 0 ? 0 : _ends[index - 1] + 1));

    /// <inheritdoc />
    public void Analyze(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        Analyze(document.Text);
    }

    /// <summary>Computes the words of a text.</summary>
    public void Analyze(ReadOnlySpan<char> source)
    {
        // A Hangul syllable becomes up to three letters, and a letter of a script without spaces gets a blank.
        int capacity = checked((source.Length * 3) + 16);
        if (_text.Length < capacity)
        {
            _text = GC.AllocateUninitializedArray<char>((int)BitOperations.RoundUpToPowerOf2((uint)capacity));
        }

        ReadOnlySpan<byte> kinds = CharacterKinds.Kinds;
        ReadOnlySpan<char> folds = CharacterKinds.Folds;
        char[] text = _text;
        WordCount = 0;
        int length = 0;
        int wordStart = 0;
        int i = 0;
        int sourceStart = -1;
        while (i < source.Length)
        {
            char c = source[i];
            CharacterKind kind = (CharacterKind)kinds[c];
            if (kind == CharacterKind.Letter)
            {
                // Copies of the captured variables stay in registers here.
                int from = i;
                int to = length;
                do
                {
                    text[to++] = folds[c];
                    from++;
                }
                while (from < source.Length && kinds[c = source[from]] == (byte)CharacterKind.Letter);
                sourceStart = sourceStart < 0 ? i : sourceStart;
                i = from;
                length = to;
                continue;
            }

            switch (kind)
            {
                case CharacterKind.Separator:
                    EndWord(i);
                    i++;
                    break;
                case CharacterKind.Digit:
                    AppendNumber();
                    i = EndOfNumber(source, i);
                    break;
                case CharacterKind.Dropped:
                    i++;
                    break;
                case CharacterKind.Hangul:
                    sourceStart = sourceStart < 0 ? i : sourceStart;
                    length += DecomposeHangul(c, text.AsSpan(length));
                    i++;
                    break;
                case CharacterKind.Single:
                    EndWord(i);
                    sourceStart = i;
                    text[length++] = folds[c];
                    i++;
                    EndWord(i);
                    break;
                default:
                    Supplementary(source[i..]);
                    break;
            }
        }

        EndWord(source.Length);
        _textLength = Math.Max(0, length - 1);

        void EndWord(int sourceEnd)
        {
            if (length == wordStart)
            {
                sourceStart = -1;
                return;
            }

            if (WordCount == _ends.Length)
            {
                GrowWords();
            }

            _ends[WordCount] = length;
            _sourceStarts[WordCount] = sourceStart;
            _sourceEnds[WordCount] = sourceEnd;
            _hashes[WordCount] = StableHash.Of(text.AsSpan(wordStart, length - wordStart));
            WordCount++;
            text[length++] = ' ';
            wordStart = length;
            sourceStart = -1;
        }

        // Digits that follow digits, with a dropped character between them or of another plane, are the same number.
        void AppendNumber()
        {
            sourceStart = sourceStart < 0 ? i : sourceStart;
            if (length == wordStart || text[length - 1] != '0')
            {
                text[length++] = '0';
            }
        }

        void Supplementary(ReadOnlySpan<char> rest)
        {
            OperationStatus status = Rune.DecodeFromUtf16(rest, out Rune rune, out int consumed);
            CharacterKind kind = status == OperationStatus.Done ? CharacterKinds.Of(rune) : CharacterKind.Separator;
            if (kind is CharacterKind.Separator or CharacterKind.Single)
            {
                EndWord(i);
            }

            if (kind == CharacterKind.Digit)
            {
                AppendNumber();
            }
            else if (kind is CharacterKind.Letter or CharacterKind.Single)
            {
                sourceStart = sourceStart < 0 ? i : sourceStart;
                length += Rune.ToLowerInvariant(rune).EncodeToUtf16(text.AsSpan(length));
            }

            i += consumed;
            if (kind == CharacterKind.Single)
            {
                EndWord(i);
            }
        }
    }

    private static int EndOfNumber(ReadOnlySpan<char> source, int start)
    {
        ReadOnlySpan<byte> kinds = CharacterKinds.Kinds;
        int i = start + 1;
        bool hasFraction = false;
        while (i < source.Length)
        {
            if (kinds[source[i]] == (byte)CharacterKind.Digit)
            {
                i++;
            }
            else if (!hasFraction && source[i] is '.' or ',' && i + 1 < source.Length && kinds[source[i + 1]] == (byte)CharacterKind.Digit)
            {
                hasFraction = true;
                i += 2;
            }
            else
            {
                break;
            }
        }

        return i;
    }

    /// <summary>The Unicode Standard, section 3.12, Hangul syllable decomposition.</summary>
    private static int DecomposeHangul(char syllable, Span<char> destination)
    {
        const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7, VowelCount = 21, TrailCount = 28;
        int index = syllable - SyllableBase;
        destination[0] = (char)(LeadBase + (index / (VowelCount * TrailCount)));
        destination[1] = (char)(VowelBase + (index % (VowelCount * TrailCount) / TrailCount));
        int trail = index % TrailCount;
        if (trail == 0)
        {
            return 2;
        }

        destination[2] = (char)(TrailBase + trail);
        return 3;
    }

    private void GrowWords()
    {
        int size = _ends.Length * 2;
        Array.Resize(ref _ends, size);
        Array.Resize(ref _sourceStarts, size);
        Array.Resize(ref _sourceEnds, size);
        Array.Resize(ref _hashes, size);
    }
}
