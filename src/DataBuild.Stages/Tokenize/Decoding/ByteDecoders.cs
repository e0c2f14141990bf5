using System.Globalization;
using System.Text;
using DataBuild.Stages.Tokenize.Loading;

namespace DataBuild.Stages.Tokenize.Decoding;

/// <summary>Turns the printable characters that stand for bytes back into bytes.</summary>
internal sealed class ByteLevelDecoder : ITokenDecoder
{
    /// <inheritdoc/>
    public void Apply(List<string> tokens)
    {
        var bytes = new MemoryStream();
        foreach (string token in tokens)
        {
            // A token with any character outside of the alphabet is an added one, and is text already.
            bytes.Write(ByteAlphabet.TryDecode(token, out byte[] decoded) ? decoded : Encoding.UTF8.GetBytes(token));
        }

        tokens.Clear();
        tokens.Add(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
    }
}

/// <summary>Turns runs of tokens such as &lt;0xE2&gt; into the characters that they spell; bytes that spell none into U+FFFD each.</summary>
internal sealed class ByteFallbackDecoder : ITokenDecoder
{
    /// <inheritdoc/>
    public void Apply(List<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        var run = new List<byte>();
        foreach (string token in tokens)
        {
            if (token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
                && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                run.Add(value);
                continue;
            }

            Flush(run, result);
            result.Add(token);
        }

        Flush(run, result);
        tokens.Clear();
        tokens.AddRange(result);
    }

    private static void Flush(List<byte> run, List<string> result)
    {
        if (run.Count == 0)
        {
            return;
        }

        byte[] bytes = [.. run];
        run.Clear();
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            result.Add(Encoding.UTF8.GetString(bytes));
            return;
        }

        foreach (byte _ in bytes)
        {
            result.Add("\uFFFD");
        }
    }
}
