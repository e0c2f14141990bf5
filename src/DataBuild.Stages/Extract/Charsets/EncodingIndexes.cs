using System.IO.Compression;
using System.Reflection;

namespace DataBuild.Stages.Extract.Charsets;

/// <summary>
/// The indexes of the WHATWG Encoding Standard (section 5) for encodings of several bytes a character. The extraction benchmark's <c>indexes</c> command
/// makes the resource that holds them from the standard's index files.
/// </summary>
internal sealed class EncodingIndexes
{
    private static readonly Lazy<EncodingIndexes> Loaded = new(Load);

    private EncodingIndexes(int[] big5, int[] eucKr, int[] gb18030, int[] jis0208, int[] jis0212, (int Pointer, int Code)[] ranges)
    {
        Big5 = big5;
        EucKr = eucKr;
        Gb18030 = gb18030;
        Jis0208 = jis0208;
        Jis0212 = jis0212;
        Gb18030Ranges = ranges;
    }

    /// <summary>The indexes.</summary>
    public static EncodingIndexes Shipped => Loaded.Value;

    /// <summary>Code points by pointer; 0 where the index has none.</summary>
    public int[] Big5 { get; }

    /// <inheritdoc cref="Big5"/>
    public int[] EucKr { get; }

    /// <inheritdoc cref="Big5"/>
    public int[] Gb18030 { get; }

    /// <inheritdoc cref="Big5"/>
    public int[] Jis0208 { get; }

    /// <inheritdoc cref="Big5"/>
    public int[] Jis0212 { get; }

    /// <summary>Where ranges of consecutive code points begin, by pointer of four bytes in GB 18030.</summary>
    public (int Pointer, int Code)[] Gb18030Ranges { get; }

    /// <summary>The code point of a pointer; 0 where the index has none.</summary>
    public static int Find(int[] index, int pointer) => (uint)pointer < (uint)index.Length ? index[pointer] : 0;

    /// <summary>The code point of four bytes in GB 18030; 0 where there is none (section 5, "index gb18030 ranges code point").</summary>
    public int FindRange(int pointer)
    {
        if (pointer is > 39419 and < 189000 or > 1237575)
        {
            return 0;
        }

        if (pointer == 7457)
        {
            return 0xE7C7;
        }

        int low = 0;
        int high = Gb18030Ranges.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = Gb18030Ranges[middle].Pointer <= pointer ? (middle, high) : (low, middle - 1);
        }

        return Gb18030Ranges[low].Code + pointer - Gb18030Ranges[low].Pointer;
    }

    /// <summary>Writes indexes in the form of the resource: code points as differences to the one before, compressed.</summary>
    public static void Write(Stream stream, IEnumerable<int[]> indexes, IReadOnlyList<(int Pointer, int Code)> ranges)
    {
        using BrotliStream compressed = new(stream, CompressionLevel.SmallestSize, leaveOpen: true);
        using BinaryWriter writer = new(compressed);
        foreach (int[] index in indexes)
        {
            writer.Write7BitEncodedInt(index.Length);
            int previous = 0;
            foreach (int code in index)
            {
                int step = code - previous - 1;
                writer.Write7BitEncodedInt(code == 0 ? 0 : ((step << 1) ^ (step >> 31)) + 1);
                previous = code == 0 ? previous : code;
            }
        }

        writer.Write7BitEncodedInt(ranges.Count);
        foreach ((int pointer, int code) in ranges)
        {
            writer.Write7BitEncodedInt(pointer);
            writer.Write7BitEncodedInt(code);
        }
    }

    private static EncodingIndexes Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("DataBuild.Stages.Extract.indexes.bin")!;
        using BrotliStream compressed = new(stream, CompressionMode.Decompress);
        using BufferedStream buffered = new(compressed);
        using BinaryReader reader = new(buffered);
        int[][] indexes = new int[5][];
        for (int i = 0; i < indexes.Length; i++)
        {
            int[] index = new int[reader.Read7BitEncodedInt()];
            int previous = 0;
            for (int pointer = 0; pointer < index.Length; pointer++)
            {
                int value = reader.Read7BitEncodedInt() - 1;
                if (value >= 0)
                {
                    index[pointer] = previous += ((value >> 1) ^ -(value & 1)) + 1;
                }
            }

            indexes[i] = index;
        }

        (int, int)[] ranges = new (int, int)[reader.Read7BitEncodedInt()];
        for (int i = 0; i < ranges.Length; i++)
        {
            ranges[i] = (reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt());
        }

        return new EncodingIndexes(indexes[0], indexes[1], indexes[2], indexes[3], indexes[4], ranges);
    }
}
