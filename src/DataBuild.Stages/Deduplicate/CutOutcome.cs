using System.Text;

namespace DataBuild.Stages.Deduplicate;

/// <summary>What a stage that cuts repeated parts leaves of a document.</summary>
/// <param name="Text">The text without the parts; null when the document took no part.</param>
/// <param name="Removed">Parts removed: paragraphs, sentences, tokens or bytes.</param>
/// <param name="RemovedLength">Bytes of UTF-8 removed.</param>
/// <param name="KeptLength">Bytes of UTF-8 left, white space at both ends not counted.</param>
[Figures]
public readonly partial record struct CutOutcome([Column("text")] string? Text, int Removed, int RemovedLength, int KeptLength)
{
    /// <summary>Share of the text's bytes that is left, 1 for an empty text that lost nothing.</summary>
    public double KeptFraction => RemovedLength == 0 ? 1 : (double)KeptLength / (KeptLength + RemovedLength);

    /// <summary>Drops a text of which nothing, or less than a fraction, is left.</summary>
    internal Verdict Decide(double minKept, string reason) =>
        Verdict.DropIf(RemovedLength > 0 && (KeptLength == 0 || KeptFraction < minKept), reason);

    /// <summary>Cuts ranges of parts out of a text.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="parts">Start and end of each part in the text.</param>
    /// <param name="ranges">Ranges of parts, ascending and apart; the end is exclusive.</param>
    /// <remarks>A range that starts or ends within a character leaves that character whole.</remarks>
    internal static CutOutcome Cut(ReadOnlySpan<byte> text, PartList parts, IReadOnlyList<(int Start, int End)> ranges)
    {
        if (ranges.Count == 0)
        {
            return new CutOutcome(Encoding.UTF8.GetString(text), 0, 0, Trim(text).Length);
        }

        StringBuilder kept = new();
        int copied = 0;
        int removed = 0;
        int removedLength = 0;
        foreach ((int first, int end) in ranges)
        {
            int from = parts.Start(first);
            int to = parts.End(end - 1);
            while (from < to && IsContinuation(text, from))
            {
                from++;
            }

            while (to > from && IsContinuation(text, to))
            {
                to--;
            }

            if (to > from)
            {
                kept.Append(Encoding.UTF8.GetString(text[copied..from]));
                copied = to;
                removed += end - first;
                removedLength += to - from;
            }
        }

        kept.Append(Encoding.UTF8.GetString(text[copied..]));
        string result = removed == 0 ? kept.ToString() : kept.ToString().Trim();
        return new CutOutcome(result, removed, removedLength, Encoding.UTF8.GetByteCount(result.AsSpan().Trim()));
    }

    private static bool IsContinuation(ReadOnlySpan<byte> text, int index) => index < text.Length && (text[index] & 0xC0) == 0x80;

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n"u8);
}

/// <summary>The parts of a text, as start and end offsets in bytes.</summary>
internal sealed class PartList
{
    private int[] _starts = new int[256];
    private int[] _ends = new int[256];

    /// <summary>Number of parts.</summary>
    public int Count { get; private set; }

    /// <summary>Removes all parts.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a part.</summary>
    public void Add(int start, int end)
    {
        if (Count == _starts.Length)
        {
            Array.Resize(ref _starts, Count * 2);
            Array.Resize(ref _ends, Count * 2);
        }

        _starts[Count] = start;
        _ends[Count++] = end;
    }

    /// <summary>Where a part starts.</summary>
    public int Start(int part) => _starts[part];

    /// <summary>Where a part ends (exclusive).</summary>
    public int End(int part) => _ends[part];
}
