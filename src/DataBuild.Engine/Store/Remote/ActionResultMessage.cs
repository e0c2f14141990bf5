using System.Security.Cryptography;
using System.Text;

namespace DataBuild.Engine.Store.Remote;

/// <summary>
/// The message of a remote cache's <c>ac/</c> entries: <c>ActionResult</c> of the Bazel remote execution API (build.bazel.remote.execution.v2), so that servers
/// that check entries, or keep the files that an entry names, know them. The record travels in <c>stdout_raw</c>, its signature in <c>stderr_raw</c>.
/// </summary>
internal static class ActionResultMessage
{
    private const int OutputFiles = 2;
    private const int StdoutRaw = 5;
    private const int StderrRaw = 7;
    private const int FilePath = 1;
    private const int FileDigest = 2;
    private const int DigestHash = 1;
    private const int DigestSize = 2;
    private const int LengthDelimited = 2;

    /// <summary>Writes the message.</summary>
    public static byte[] Write(string key, byte[] record, IEnumerable<RemoteFile> files, byte[]? secret)
    {
        using MemoryStream message = new();
        foreach (RemoteFile file in files)
        {
            using MemoryStream digest = new();
            Bytes(digest, DigestHash, Encoding.ASCII.GetBytes(file.Digest));
            Varint(digest, DigestSize << 3);
            Varint(digest, (ulong)file.Length);
            using MemoryStream output = new();
            Bytes(output, FilePath, Encoding.ASCII.GetBytes(file.Digest));
            Bytes(output, FileDigest, digest.ToArray());
            Bytes(message, OutputFiles, output.ToArray());
        }

        Bytes(message, StdoutRaw, record);
        if (secret is not null)
        {
            Bytes(message, StderrRaw, Sign(key, record, secret));
        }

        return message.ToArray();
    }

    /// <summary>The record in a message; null when the bytes are no such message, or the signature is not the one of the secret.</summary>
    public static byte[]? TryRead(string key, ReadOnlySpan<byte> message, byte[]? secret)
    {
        byte[]? record = null;
        byte[]? signature = null;
        while (!message.IsEmpty)
        {
            if (!TryVarint(ref message, out ulong tag))
            {
                return null;
            }

            if ((tag & 7) != LengthDelimited)
            {
                // The only other kind in an ActionResult: exit_code.
                if ((tag & 7) != 0 || !TryVarint(ref message, out _))
                {
                    return null;
                }

                continue;
            }

            if (!TryVarint(ref message, out ulong length) || length > (ulong)message.Length)
            {
                return null;
            }

            ReadOnlySpan<byte> value = message[..(int)length];
            message = message[(int)length..];
            switch (tag >> 3)
            {
                case StdoutRaw:
                    record = value.ToArray();
                    break;
                case StderrRaw:
                    signature = value.ToArray();
                    break;
            }
        }

        bool trusted = secret is null || (record is not null && signature is not null && CryptographicOperations.FixedTimeEquals(signature, Sign(key, record, secret)));
        return trusted ? record : null;
    }

    private static byte[] Sign(string key, byte[] record, byte[] secret)
    {
        using IncrementalHash hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hmac.AppendData(Encoding.ASCII.GetBytes(key));
        hmac.AppendData(record);
        return hmac.GetHashAndReset();
    }

    private static void Bytes(MemoryStream stream, int field, ReadOnlySpan<byte> value)
    {
        Varint(stream, (ulong)((field << 3) | LengthDelimited));
        Varint(stream, (ulong)value.Length);
        stream.Write(value);
    }

    private static void Varint(MemoryStream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (int i = 0; i < bytes.Length && i < 10; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
