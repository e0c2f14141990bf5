using System.Buffers;
using System.Text;

namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>Puts U+FFFD in the place of what is not valid UTF-8.</summary>
internal static class Utf8Sanitiser
{
    /// <summary>Copies a text, with U+FFFD for every maximal invalid subpart (Unicode standard, section 3.9, table 3-8).</summary>
    /// <param name="input">Bytes.</param>
    /// <param name="output">At least three times as long.</param>
    /// <returns>Length of the copy.</returns>
    public static int Replace(ReadOnlySpan<byte> input, Span<byte> output)
    {
        int written = 0;
        while (!input.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(input, out Rune rune, out int used);
            if (status == OperationStatus.Done)
            {
                input[..used].CopyTo(output[written..]);
                written += used;
            }
            else
            {
                written += Rune.ReplacementChar.EncodeToUtf8(output[written..]);
            }

            input = input[used..];
        }

        return written;
    }
}
