namespace DataBuild.Stages.Tokenize.Training;

/// <summary>Options of <see cref="BinaryChunks"/>.</summary>
public sealed record BinaryChunkOptions
{
    /// <summary>Bytes of a chunk; at least 1.</summary>
    public int ChunkSize { get; init; } = 8192;

    /// <summary>Least entropy of a chunk's bytes, in bits a byte; 0 to 8. Padding and tables of zeros have little.</summary>
    public double MinEntropy { get; init; }

    /// <summary>Most entropy of a chunk's bytes, in bits a byte; 0 to 8. Compressed and encrypted parts come near to 8.</summary>
    public double MaxEntropy { get; init; } = 8;
}

/// <summary>Cuts executables into chunks to train on, as words of their own.</summary>
public static class BinaryChunks
{
    /// <summary>Chunks of the file whose entropy is within the limits, in order.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Cut(ReadOnlyMemory<byte> file, BinaryChunkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.ChunkSize, nameof(options));
        return Chunks(file, options);
    }

    /// <summary>Shannon entropy of the bytes' frequencies, in bits a byte; 0 for no bytes.</summary>
    public static double Entropy(ReadOnlySpan<byte> bytes)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (byte b in bytes)
        {
            counts[b]++;
        }

        double entropy = 0;
        foreach (int count in counts)
        {
            if (count > 0)
            {
                double p = (double)count / bytes.Length;
                entropy -= p * Math.Log2(p);
            }
        }

        return entropy;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Chunks(ReadOnlyMemory<byte> file, BinaryChunkOptions options)
    {
        for (int start = 0; start < file.Length; start += options.ChunkSize)
        {
            ReadOnlyMemory<byte> chunk = file.Slice(start, Math.Min(options.ChunkSize, file.Length - start));
            double entropy = Entropy(chunk.Span);
            if (entropy >= options.MinEntropy && entropy <= options.MaxEntropy)
            {
                yield return chunk;
            }
        }
    }
}
