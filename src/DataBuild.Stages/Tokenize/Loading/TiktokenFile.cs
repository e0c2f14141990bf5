using System.Buffers.Text;

namespace DataBuild.Stages.Tokenize.Loading;

/// <summary>
/// Reads <c>.tiktoken</c> vocabularies: a line a token, its bytes in base64, a space, its rank. The data packages of
/// Microsoft.ML.Tokenizers have a shorter form: a first line "Capacity: N", then tokens in the order of their ranks.
/// </summary>
internal static class TiktokenFile
{
    private const int MaxRank = 16_777_216;

    /// <summary>Bytes of every rank; null where a rank is not in use.</summary>
    /// <param name="data">The file.</param>
    /// <param name="source">Name for messages.</param>
    /// <exception cref="TokenizerFormatException">A line is malformed, a rank occurs twice, or a single byte has no rank.</exception>
    public static byte[]?[] Parse(ReadOnlySpan<byte> data, string source)
    {
        var tokens = new List<byte[]?>();
        int lineNumber = 0;
        bool ranked = true;
        while (!data.IsEmpty)
        {
            int newline = data.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = newline < 0 ? data : data[..newline];
            data = newline < 0 ? [] : data[(newline + 1)..];
            lineNumber++;
            line = line.TrimEnd((byte)'\r');
            if (line.IsEmpty)
            {
                continue;
            }

            if (lineNumber == 1 && line.StartsWith("Capacity: "u8))
            {
                ranked = false;
                continue;
            }

            int rank = tokens.Count;
            ReadOnlySpan<byte> encoded = line;
            if (ranked)
            {
                int space = line.IndexOf((byte)' ');
                if (space <= 0 || !Utf8Parser.TryParse(line[(space + 1)..], out rank, out int used) || used != line.Length - space - 1 || rank is < 0 or >= MaxRank)
                {
                    throw new TokenizerFormatException(source, $"line {lineNumber}", $"expected base64, a space and a rank from 0 to {MaxRank - 1}");
                }

                encoded = line[..space];
            }

            byte[] bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
            if (Base64.DecodeFromUtf8(encoded, bytes, out _, out int written) != System.Buffers.OperationStatus.Done || written == 0)
            {
                throw new TokenizerFormatException(source, $"line {lineNumber}", "the token is not valid base64");
            }

            while (tokens.Count <= rank)
            {
                tokens.Add(null);
            }

            if (tokens[rank] is not null)
            {
                throw new TokenizerFormatException(source, $"line {lineNumber}", $"rank {rank} occurs twice");
            }

            Array.Resize(ref bytes, written);
            tokens[rank] = bytes;
        }

        return [.. tokens];
    }

    /// <summary>Ids of the 256 single bytes.</summary>
    /// <exception cref="TokenizerFormatException">A byte has none.</exception>
    public static int[] ByteIds(byte[]?[] tokens, string source)
    {
        int[] ids = new int[256];
        Array.Fill(ids, -1);
        for (int id = 0; id < tokens.Length; id++)
        {
            if (tokens[id] is [byte single])
            {
                ids[single] = id;
            }
        }

        int missing = Array.IndexOf(ids, -1);
        return missing < 0 ? ids : throw new TokenizerFormatException(source, "vocabulary", $"no token for the byte 0x{missing:X2}");
    }
}
