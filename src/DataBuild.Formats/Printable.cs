using System.Text;

namespace DataBuild.Formats;

/// <summary>Shows foreign bytes in messages without letting control characters through.</summary>
internal static class Printable
{
    private const int MaxShown = 64;

    public static string Bytes(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder("'");
        foreach (byte b in bytes[..Math.Min(bytes.Length, MaxShown)])
        {
            _ = b is >= 0x20 and < 0x7F and not (byte)'\\' and not (byte)'\'' ? text.Append((char)b) : text.Append("\\x").Append(b.ToString("x2", null));
        }

        return text.Append(bytes.Length > MaxShown ? "...'" : "'").ToString();
    }
}
