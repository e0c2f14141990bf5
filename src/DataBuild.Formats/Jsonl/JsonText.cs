using System.Globalization;
using System.Text;
using System.Text.Json;

namespace DataBuild.Formats.Jsonl;

/// <summary>JSON strings as valid UTF-8: lone surrogates and invalid bytes, on which the platform's reader gives up, become U+FFFD.</summary>
internal static class JsonText
{
    public static void Append(ref Utf8JsonReader reader, PooledBytes output)
    {
        if (!reader.ValueIsEscaped && System.Text.Unicode.Utf8.IsValid(reader.ValueSpan))
        {
            output.Append(reader.ValueSpan);
            return;
        }

        try
        {
            int written = reader.CopyString(output.Free(reader.ValueSpan.Length));
            output.Advance(written);
        }
        catch (InvalidOperationException)
        {
            // The platform reports both invalid UTF-8 and lone surrogates so; both are replaced here.
            output.Append(Encoding.UTF8.GetBytes(Unescape(reader.ValueSpan)));
        }
    }

    public static string Get(ref Utf8JsonReader reader)
    {
        using var text = new PooledBytes(Math.Max(16, reader.ValueSpan.Length));
        Append(ref reader, text);
        return Encoding.UTF8.GetString(text.Span);
    }

    private static string Unescape(ReadOnlySpan<byte> value)
    {
        string raw = Encoding.UTF8.GetString(value);
        var text = new StringBuilder(raw.Length);
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }

            char escape = raw[++i];
            if (escape == 'u')
            {
                text.Append((char)ushort.Parse(raw.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 4;
            }
            else
            {
                text.Append(escape switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', _ => escape });
            }
        }

        return text.ToString();
    }
}
