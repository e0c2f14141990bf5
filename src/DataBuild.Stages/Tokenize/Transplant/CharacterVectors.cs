using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace DataBuild.Stages.Tokenize.Transplant;

/// <summary>Vectors of strings from their own characters: hashed n-grams of 1 to 3 with marked ends, each with a sign. Stands in where no text encoder is given.</summary>
internal static class CharacterVectors
{
    private const int Width = 256;

    public static float[][] Of(IReadOnlyList<string> texts) => [.. texts.Select(Of)];

    private static float[] Of(string text)
    {
        float[] vector = new float[Width];
        string marked = $"\u0002{text}\u0003";
        for (int length = 1; length <= 3; length++)
        {
            for (int start = 0; start + length <= marked.Length; start++)
            {
                ulong hash = XxHash64.HashToUInt64(MemoryMarshal.AsBytes(marked.AsSpan(start, length)), length);
                vector[hash % Width] += (hash >> 63) == 0 ? 1 : -1;
            }
        }

        return vector;
    }
}
