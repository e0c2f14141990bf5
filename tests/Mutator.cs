using System.Diagnostics;
using System.IO.Compression;
using System.Text;

namespace DataBuild.Tests;

/// <summary>A seeded loop of mutations. <c>DATABUILD_FUZZ_SECONDS</c> in the environment makes it as long as that; <c>DATABUILD_SEED</c> gives other mutations.</summary>
internal static class Mutator
{
    /// <summary>Calls the reader with mutations of a seed. What it throws fails the test and is saved with the input.</summary>
    /// <param name="seed">A valid input.</param>
    /// <param name="iterations">Mutations in a short run.</param>
    /// <param name="tokens">Pieces of the format to put in.</param>
    /// <param name="read">The reader; catches the exceptions that it may throw.</param>
    public static int Run(byte[] seed, int iterations, string[] tokens, Action<byte[]> read) => Run([seed], iterations, tokens, read);

    /// <summary>As the other, over several seeds in turn.</summary>
    public static int Run(IReadOnlyList<byte[]> seeds, int iterations, string[] tokens, Action<byte[]> read)
    {
        int seconds = LongRun.Count("DATABUILD_FUZZ_SECONDS", 0);
        Random random = new(LongRun.Count("DATABUILD_SEED", 20240501));
        long start = Stopwatch.GetTimestamp();
        int done = 0;
        while (seconds > 0 ? Stopwatch.GetElapsedTime(start).TotalSeconds < seconds : done < iterations)
        {
            byte[] input = Mutate(seeds[done % seeds.Count], random, tokens);
            try
            {
                read(input);
            }
            catch (Exception exception)
            {
                string path = Path.Combine(Path.GetTempPath(), $"databuild-fuzz-{Guid.NewGuid():N}.bin");
                File.WriteAllBytes(path, input);
                throw new InvalidOperationException($"mutation {done} ({input.Length} bytes, saved in '{path}'): {exception.Message}", exception);
            }

            done++;
        }

        return done;
    }

    /// <summary>The seed, and in a long run real files beside it: those of the shared data folder that are there and no larger than 512 KiB.</summary>
    /// <param name="seed">What is always there.</param>
    /// <param name="realFiles">Paths below the shared data folder; <c>.gz</c> is unpacked where <paramref name="unpack"/> asks for it.</param>
    /// <param name="unpack">Whether gzip files hold the format, and not it them.</param>
    public static IReadOnlyList<byte[]> WithRealSeeds(byte[] seed, string[] realFiles, bool unpack = false)
    {
        if (LongRun.Count("DATABUILD_FUZZ_SECONDS", 0) == 0 || !TestPaths.HasShared)
        {
            return [seed];
        }

        string[] present = [.. realFiles.Select(TestPaths.SharedOrNull).OfType<string>().Where(path => new FileInfo(path).Length <= 512 << 10)];
        return [seed, .. present.Select(path => unpack && path.EndsWith(".gz", StringComparison.Ordinal) ? Unpack(path) : File.ReadAllBytes(path))];
    }

    private static byte[] Unpack(string path)
    {
        using GZipStream packed = new(File.OpenRead(path), CompressionMode.Decompress);
        MemoryStream unpacked = new();
        packed.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    private static byte[] Mutate(byte[] seed, Random random, string[] tokens)
    {
        List<byte> bytes = [.. seed];
        int changes = 1 + random.Next(4);
        for (int i = 0; i < changes && bytes.Count > 0; i++)
        {
            int at = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 200), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count - length + 1), length));
                    break;
                case 3:
                    bytes.InsertRange(at, Enumerable.Range(0, length).Select(_ => (byte)random.Next(256)));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 5:
                    bytes[at] = (byte)"0123456789-: \r\n\0\xFF"[random.Next(17)];
                    break;
                default:
                    bytes.InsertRange(at, Encoding.Latin1.GetBytes(tokens[random.Next(tokens.Length)]));
                    break;
            }
        }

        return [.. bytes];
    }
}
