using System.Runtime.InteropServices;
using System.Text;
using DataBuild.Stages.Tokenize.Scanning;

namespace DataBuild.Stages.Tokenize.Normalizing;

/// <summary>The Unicode normalisation forms NFC, NFD, NFKC and NFKD (UAX #15), over the data of Unicode 14.</summary>
/// <param name="compatibility">NFKC or NFKD.</param>
/// <param name="compose">NFC or NFKC.</param>
internal sealed class UnicodeNormalizer(bool compatibility, bool compose) : ITextNormalizer
{
    /// <inheritdoc/>
    public bool KeepsAscii => true;

    /// <inheritdoc/>
    public void Apply(NormalizedText source, NormalizedText target)
    {
        ReadOnlySpan<byte> text = source.Bytes;
        if (Ascii.IsValid(text))
        {
            target.AppendUnchanged(source, 0, text.Length);
            return;
        }

        UnicodeData data = UnicodeData.Instance;
        ref byte first = ref MemoryMarshal.GetReference(text);
        var codePoints = new List<int>();
        Span<byte> encoded = stackalloc byte[4];
        using var output = new MemoryStream();
        for (int at = 0; at < text.Length;)
        {
            // A segment runs from one boundary to the next: nothing crosses it.
            int start = at;
            codePoints.Clear();
            do
            {
                int codePoint = CharacterClasses.Decode(ref first, at, out int size);
                data.Decompose(codePoint, compatibility, codePoints);
                at += size;
            }
            while (at < text.Length && !data.IsBoundary(CharacterClasses.Decode(ref first, at, out _), compatibility));

            Reorder(codePoints, data);
            if (compose)
            {
                Compose(codePoints, data);
            }

            output.SetLength(0);
            foreach (int codePoint in codePoints)
            {
                output.Write(encoded[..new Rune(codePoint).EncodeToUtf8(encoded)]);
            }

            ReadOnlySpan<byte> result = output.GetBuffer().AsSpan(0, (int)output.Length);
            if (result.SequenceEqual(text[start..at]))
            {
                target.AppendUnchanged(source, start, at);
            }
            else
            {
                target.Append(result, source, start, at);
            }
        }
    }

    private static void Reorder(List<int> codePoints, UnicodeData data)
    {
        for (int i = 1; i < codePoints.Count; i++)
        {
            int moved = codePoints[i];
            byte combining = data.ClassOf(moved);
            int to = i;
            while (combining != 0 && to > 0 && data.ClassOf(codePoints[to - 1]) > combining)
            {
                codePoints[to] = codePoints[to - 1];
                to--;
            }

            codePoints[to] = moved;
        }
    }

    private static void Compose(List<int> codePoints, UnicodeData data)
    {
        int starter = -1;
        int kept = 0;
        byte last = 0;
        for (int i = 0; i < codePoints.Count; i++)
        {
            int codePoint = codePoints[i];
            byte combining = data.ClassOf(codePoint);
            bool blocked = starter >= 0 && kept > starter + 1 && (last >= combining || last == 0);
            int composite = starter >= 0 && !blocked ? data.Compose(codePoints[starter], codePoint) : -1;
            if (composite >= 0)
            {
                codePoints[starter] = composite;
                continue;
            }

            if (combining == 0)
            {
                starter = kept;
            }

            last = combining;
            codePoints[kept++] = codePoint;
        }

        codePoints.RemoveRange(kept, codePoints.Count - kept);
    }
}
