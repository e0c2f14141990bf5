using System.Security.Cryptography;
using System.Text;

namespace DataBuild.Stages.Sandboxing;

/// <summary>Keys of a <see cref="GradeStore{T}"/>.</summary>
public static class GradeKey
{
    /// <summary>The key of parts, 64 hexadecimal digits.</summary>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string part in parts)
        {
            // Lengths first, so that no two different lists of parts give the same bytes.
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes((long)bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
