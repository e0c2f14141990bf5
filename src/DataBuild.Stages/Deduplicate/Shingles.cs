using System.Text;

namespace DataBuild.Stages.Deduplicate;

/// <summary>Hashes of the n-grams of a sequence, by a rolling polynomial modulo 2^64 whose value is then mixed.</summary>
internal static class Shingles
{
    private const ulong Base = 0xA0761D6478BD642F | 1;

    /// <summary>
    /// Hashes every n-gram of a sequence of element hashes. A sequence shorter than n gives one shingle, the whole of it; an empty one none.
    /// </summary>
    /// <param name="elements">Well mixed hashes of the elements (words, characters).</param>
    /// <param name="n">Elements in a shingle.</param>
    /// <param name="shingles">Receives the hashes; room for <c>elements.Length</c>.</param>
    /// <returns>Number of shingles.</returns>
    public static int Hash(ReadOnlySpan<ulong> elements, int n, Span<ulong> shingles)
    {
        if (elements.IsEmpty)
        {
            return 0;
        }

        int first = Math.Min(n, elements.Length);
        ulong value = 0;
        ulong highest = 1;
        for (int i = 0; i < first; i++)
        {
            value = (value * Base) + elements[i];
            highest = i == 0 ? 1 : highest * Base;
        }

        shingles[0] = StableHash.Mix(value);
        int count = elements.Length - first + 1;
        for (int i = 1; i < count; i++)
        {
            value = ((value - (elements[i - 1] * highest)) * Base) + elements[i + first - 1];
            shingles[i] = StableHash.Mix(value);
        }

        return count;
    }

    /// <summary>Hashes of the code points of a text.</summary>
    /// <returns>Number of code points.</returns>
    public static int HashCharacters(ReadOnlySpan<char> text, Span<ulong> elements)
    {
        int count = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            elements[count++] = StableHash.Mix((ulong)rune.Value + 1);
        }

        return count;
    }
}
