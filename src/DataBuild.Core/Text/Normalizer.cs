using System.Text;

namespace DataBuild.Text;

/// <summary>
/// Unicode normalisation form C (Unicode Standard Annex 15), from tables of its own: the runtime's <c>string.Normalize</c> changes nothing where
/// globalization is invariant, and another system library would give another dataset.
/// </summary>
public static class Normalizer
{
    private const int SBase = 0xAC00;
    private const int LBase = 0x1100;
    private const int VBase = 0x1161;
    private const int TBase = 0x11A7;
    private const int LCount = 19;
    private const int VCount = 21;
    private const int TCount = 28;
    private const int SCount = LCount * VCount * TCount;

    private static readonly Dictionary<int, (int First, int Second)> Decompositions = [];
    private static readonly Dictionary<(int First, int Second), int> Compositions = [];
    private static readonly Dictionary<int, byte> Classes = [];

    // Code units that may not stand in composed text, or may compose with what stands before, or whose place may change.
    private static readonly bool[] Unsettled = new bool[0x10000];

    static Normalizer()
    {
        ReadOnlySpan<uint> data = CanonicalData.Decompositions;
        for (int i = 0; i < data.Length; i += 3)
        {
            int character = (int)data[i];
            int first = (int)data[i + 1];
            int second = (int)(data[i + 2] & ~CanonicalData.Excluded);
            bool excluded = (data[i + 2] & CanonicalData.Excluded) != 0;
            Decompositions[character] = (first, second);
            if (excluded)
            {
                Unsettle(character);
            }
            else
            {
                Compositions[(first, second)] = character;
                Unsettle(second);
            }
        }

        data = CanonicalData.CombiningClasses;
        for (int i = 0; i < data.Length; i += 3)
        {
            for (int character = (int)data[i]; character <= data[i + 1]; character++)
            {
                Classes[character] = (byte)data[i + 2];
                Unsettle(character);
            }
        }

        for (int jamo = VBase; jamo < VBase + VCount; jamo++)
        {
            Unsettle(jamo);
        }

        for (int jamo = TBase + 1; jamo < TBase + TCount; jamo++)
        {
            Unsettle(jamo);
        }
    }

    /// <summary>Writes the text in form C; true when that changed it.</summary>
    public static bool ToFormC(ReadOnlySpan<char> text, TextBuilder output)
    {
        ArgumentNullException.ThrowIfNull(output);
        int written = 0;
        bool changed = false;
        int at = 0;
        while (at < text.Length)
        {
            // Nothing below U+0300 can change or compose.
            int skip = text[at..].IndexOfAnyExceptInRange('\0', '\u02FF');
            if (skip < 0)
            {
                break;
            }

            at += skip;
            if (!Unsettled[text[at]])
            {
                at++;
                continue;
            }

            int start = Math.Max(written, StartBefore(text, at));
            int end = at + 1;
            while (end < text.Length && Unsettled[text[end]])
            {
                end++;
            }

            // A surrogate pair stays whole.
            end += end < text.Length && char.IsLowSurrogate(text[end]) && char.IsHighSurrogate(text[end - 1]) ? 1 : 0;
            _ = output.Append(text[written..start]);
            changed |= NormalizeRun(text[start..end], output);
            written = end;
            at = end;
        }

        _ = output.Append(text[written..]);
        return changed;
    }

    // The character before may compose with what follows it.
    private static int StartBefore(ReadOnlySpan<char> text, int at)
    {
        int start = at - 1;
        while (start > 0 && (Unsettled[text[start]] || char.IsLowSurrogate(text[start])))
        {
            start--;
        }

        return Math.Max(0, start);
    }

    private static bool NormalizeRun(ReadOnlySpan<char> run, TextBuilder output)
    {
        List<int> points = [];
        int before = output.Length;
        for (int i = 0; i < run.Length;)
        {
            if (Rune.DecodeFromUtf16(run[i..], out Rune rune, out int used) == System.Buffers.OperationStatus.Done)
            {
                Decompose(rune.Value, points);
            }
            else
            {
                points.Add(run[i]);
            }

            i += Math.Max(1, used);
        }

        Reorder(points);
        Compose(points);
        foreach (int point in points)
        {
            if (point > 0xFFFF)
            {
                output.Advance(new Rune(point).EncodeToUtf16(output.GetSpan(2)));
            }
            else
            {
                _ = output.Append((char)point);
            }
        }

        return !output.Span[before..].SequenceEqual(run);
    }

    private static void Decompose(int point, List<int> points)
    {
        int syllable = point - SBase;
        if (syllable is >= 0 and < SCount)
        {
            points.Add(LBase + (syllable / (VCount * TCount)));
            points.Add(VBase + (syllable % (VCount * TCount) / TCount));
            if (syllable % TCount != 0)
            {
                points.Add(TBase + (syllable % TCount));
            }
        }
        else if (Decompositions.TryGetValue(point, out (int First, int Second) parts))
        {
            Decompose(parts.First, points);
            if (parts.Second != 0)
            {
                Decompose(parts.Second, points);
            }
        }
        else
        {
            points.Add(point);
        }
    }

    // Stable sort of marks by combining class between starters; the sort is not quadratic in the number of marks.
    private static void Reorder(List<int> points)
    {
        for (int start = 0; start < points.Count; start++)
        {
            int end = start;
            bool isSorted = true;
            while (end < points.Count && ClassOf(points[end]) != 0)
            {
                isSorted &= end == start || ClassOf(points[end - 1]) <= ClassOf(points[end]);
                end++;
            }

            if (!isSorted)
            {
                int[] sorted = [.. points.GetRange(start, end - start).OrderBy(ClassOf)];
                for (int i = 0; i < sorted.Length; i++)
                {
                    points[start + i] = sorted[i];
                }
            }

            start = end;
        }
    }

    private static void Compose(List<int> points)
    {
        int starter = -1;
        byte last = 0;
        int count = 0;
        for (int i = 0; i < points.Count; i++)
        {
            int point = points[i];
            byte own = ClassOf(point);
            bool isBlocked = starter >= 0 && count > starter + 1 && (last == 0 || last >= own);
            if (starter >= 0 && !isBlocked && Combine(points[starter], point) is > 0 and int composite)
            {
                points[starter] = composite;
                continue;
            }

            if (own == 0)
            {
                starter = count;
            }

            last = own;
            points[count++] = point;
        }

        points.RemoveRange(count, points.Count - count);
    }

    private static int Combine(int first, int second)
    {
        if (first is >= LBase and < LBase + LCount && second is >= VBase and < VBase + VCount)
        {
            return SBase + ((((first - LBase) * VCount) + (second - VBase)) * TCount);
        }

        if (first is >= SBase and < SBase + SCount && (first - SBase) % TCount == 0 && second is > TBase and < TBase + TCount)
        {
            return first + (second - TBase);
        }

        return Compositions.GetValueOrDefault((first, second));
    }

    private static byte ClassOf(int point) => point < 0x300 ? (byte)0 : Classes.GetValueOrDefault(point);

    private static void Unsettle(int point)
    {
        if (point <= 0xFFFF)
        {
            Unsettled[point] = true;
        }
        else
        {
            // Both halves: runs of such characters are rare, and normalising one that needs nothing changes nothing.
            string pair = char.ConvertFromUtf32(point);
            Unsettled[pair[0]] = true;
            Unsettled[pair[1]] = true;
        }
    }
}
