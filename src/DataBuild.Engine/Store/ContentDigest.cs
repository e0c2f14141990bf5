using System.Runtime.InteropServices;

namespace DataBuild.Engine.Store;

/// <summary>A SHA-256 digest in 32 bytes, where its 64 hexadecimal digits would take 152 as a string.</summary>
internal readonly record struct ContentDigest
{
    private const int Bytes = 32;

    private readonly UInt128 _first;
    private readonly UInt128 _second;

    private ContentDigest(ReadOnlySpan<byte> bytes) =>
        (_first, _second) = (MemoryMarshal.Read<UInt128>(bytes), MemoryMarshal.Read<UInt128>(bytes[(Bytes / 2)..]));

    /// <summary>Reads a digest.</summary>
    /// <param name="digits">64 lower-case hexadecimal digits.</param>
    /// <exception cref="FormatException">It is something else.</exception>
    public static ContentDigest Parse(string? digits)
    {
        if (!StoreLayout.IsDigest(digits))
        {
            throw new FormatException("a digest is 64 lower-case hexadecimal digits");
        }

        Span<byte> bytes = stackalloc byte[Bytes];
        _ = Convert.FromHexString(digits!, bytes, out _, out _);
        return new ContentDigest(bytes);
    }

    /// <summary>Its 64 lower-case hexadecimal digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        MemoryMarshal.Write(bytes, _first);
        MemoryMarshal.Write(bytes[(Bytes / 2)..], _second);
        return Convert.ToHexStringLower(bytes);
    }
}
