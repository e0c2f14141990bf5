namespace DataBuild.Stages.Tokenize.FillInMiddle;

/// <summary>
/// Rearranges documents for fill-in-the-middle training (Bavarian et al. 2022, "Efficient Training of Language Models to Fill
/// in the Middle", section 3): a document is split at two places drawn uniformly; PSM is PRE prefix SUF suffix MID middle,
/// SPM, in the form that shares its start with PSM, is PRE SUF suffix MID prefix middle. Thread-safe.
/// </summary>
public sealed class FimPreparer
{
    [ThreadStatic]
    private static TokenBuffer?[]? _buffers;

    private readonly TextTokenizer _tokenizer;
    private readonly FimOptions _options;

    /// <summary>Makes a preparer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A rate is not between 0 and 1.</exception>
    public FimPreparer(TextTokenizer tokenizer, FimOptions options)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(options);
        CheckRate(options.Rate);
        CheckRate(options.SpmRate);
        _tokenizer = tokenizer;
        _options = options;
    }

    /// <summary>Appends the ids of a document, rearranged or not.</summary>
    /// <param name="utf8">The text, valid UTF-8.</param>
    /// <param name="id">What names the document.</param>
    /// <param name="output">Where ids go.</param>
    public FimOutcome Prepare(ReadOnlySpan<byte> utf8, ReadOnlySpan<byte> id, TokenBuffer output)
    {
        ArgumentNullException.ThrowIfNull(output);
        ulong key = SeededOrder.Key(_options.Seed, id);
        if (SeededOrder.Fraction(_options.Seed, key, 0) >= _options.Rate || utf8.IsEmpty)
        {
            _tokenizer.Encode(utf8, output);
            return default;
        }

        bool suffixFirst = SeededOrder.Fraction(_options.Seed, key, 1) < _options.SpmRate;
        TokenBuffer?[] buffers = _buffers ??= new TokenBuffer?[5];
        TokenBuffer prefix = Cleared(ref buffers[0]);
        TokenBuffer middle = Cleared(ref buffers[1]);
        TokenBuffer suffix = Cleared(ref buffers[2]);
        bool inside = _options.Split == FimSplit.Token
            ? SplitTokens(utf8, key, prefix, middle, suffix)
            : SplitCharacters(utf8, key, prefix, middle, suffix, Cleared(ref buffers[3]), Cleared(ref buffers[4]));
        output.Add(_options.PrefixId);
        if (suffixFirst)
        {
            output.Add(_options.SuffixId);
            output.AddRange(suffix.Span);
            output.Add(_options.MiddleId);
            output.AddRange(prefix.Span);
        }
        else
        {
            output.AddRange(prefix.Span);
            output.Add(_options.SuffixId);
            output.AddRange(suffix.Span);
            output.Add(_options.MiddleId);
        }

        output.AddRange(middle.Span);
        return new FimOutcome(true, suffixFirst, inside);
    }

    private bool SplitTokens(ReadOnlySpan<byte> utf8, ulong key, TokenBuffer prefix, TokenBuffer middle, TokenBuffer suffix)
    {
        _tokenizer.Encode(utf8, prefix);
        (int first, int second) = Places(key, prefix.Count);
        middle.AddRange(prefix.Span[first..second]);
        suffix.AddRange(prefix.Span[second..]);
        prefix.Truncate(first);
        return false;
    }

    private bool SplitCharacters(
        ReadOnlySpan<byte> utf8, ulong key, TokenBuffer prefix, TokenBuffer middle, TokenBuffer suffix, TokenBuffer starts, TokenBuffer ends)
    {
        int characters = 0;
        foreach (byte b in utf8)
        {
            characters += (b & 0xC0) != 0x80 ? 1 : 0;
        }

        (int first, int second) = Places(key, characters);
        first = ByteOf(utf8, first);
        second = ByteOf(utf8, second);
        _tokenizer.EncodeWithOffsets(utf8, prefix, starts, ends);
        bool inside = Inside(first) || Inside(second);
        prefix.Clear();
        _tokenizer.Encode(utf8[..first], prefix);
        _tokenizer.Encode(utf8[first..second], middle);
        _tokenizer.Encode(utf8[second..], suffix);
        return inside;

        bool Inside(int place)
        {
            for (int i = 0; i < starts.Count; i++)
            {
                if (starts[i] < place && place < ends[i])
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Two places among all that lie before, between and after so many units, in order.</summary>
    private (int First, int Second) Places(ulong key, int units)
    {
        int first = SeededOrder.Below(_options.Seed, key, 2, units + 1);
        int second = SeededOrder.Below(_options.Seed, key, 3, units + 1);
        return first <= second ? (first, second) : (second, first);
    }

    private static int ByteOf(ReadOnlySpan<byte> utf8, int character)
    {
        for (int i = 0; i < utf8.Length; i++)
        {
            if ((utf8[i] & 0xC0) != 0x80 && character-- == 0)
            {
                return i;
            }
        }

        return utf8.Length;
    }

    private static TokenBuffer Cleared(ref TokenBuffer? buffer)
    {
        buffer ??= new TokenBuffer();
        buffer.Clear();
        return buffer;
    }

    private static void CheckRate(double rate)
    {
        if (rate is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "A rate is between 0 and 1.");
        }
    }
}
