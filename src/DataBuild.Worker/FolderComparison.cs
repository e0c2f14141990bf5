using System.Globalization;
using System.Security.Cryptography;

namespace DataBuild.Worker;

/// <summary>Two folders compared byte by byte, piece by piece: files of any size.</summary>
/// <param name="Files">Files compared.</param>
/// <param name="Bytes">Bytes of all files in each folder.</param>
/// <param name="Sha256">SHA-256 of all bytes, file after file in the order of their names; lower-case hexadecimal.</param>
/// <param name="Difference">The first file that differs, and how; null when all are the same.</param>
internal sealed record FolderComparison(int Files, long Bytes, string Sha256, (string Name, string How)? Difference)
{
    private const int PieceBytes = 1 << 20;

    /// <summary>Compares all files of two folders, but those of one name.</summary>
    public static FolderComparison Of(string first, string second, string except)
    {
        string[] names = [.. NamesIn(first).Union(NamesIn(second), StringComparer.Ordinal).Where(n => n != except).Order(StringComparer.Ordinal)];
        using IncrementalHash all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long bytes = 0;
        foreach (string name in names)
        {
            string a = Path.Combine(first, name);
            string b = Path.Combine(second, name);
            if (!File.Exists(a) || !File.Exists(b))
            {
                return Different($"only the {(File.Exists(a) ? "first" : "second")} build made it");
            }

            using FileStream left = File.OpenRead(a);
            using FileStream right = File.OpenRead(b);
            long same = SameBytes(left, right, all);
            if (same < left.Length || same < right.Length)
            {
                return Different(string.Create(CultureInfo.InvariantCulture, $"{left.Length} and {right.Length} bytes, the first difference at offset {same}"));
            }

            bytes += same;

            FolderComparison Different(string how) => new(names.Length, bytes, "", (name, how));
        }

        return new FolderComparison(names.Length, bytes, Convert.ToHexStringLower(all.GetHashAndReset()), null);
    }

    // Bytes up to the first difference or the end of the shorter file.
    private static long SameBytes(FileStream left, FileStream right, IncrementalHash hash)
    {
        byte[] a = new byte[PieceBytes];
        byte[] b = new byte[PieceBytes];
        for (long same = 0; ;)
        {
            ReadOnlySpan<byte> x = a.AsSpan(0, left.ReadAtLeast(a, a.Length, throwOnEndOfStream: false));
            ReadOnlySpan<byte> y = b.AsSpan(0, right.ReadAtLeast(b, b.Length, throwOnEndOfStream: false));
            int prefix = x.CommonPrefixLength(y);
            hash.AppendData(x[..prefix]);
            same += prefix;
            if (prefix < PieceBytes)
            {
                return same;
            }
        }
    }

    private static IEnumerable<string> NamesIn(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f));
}
