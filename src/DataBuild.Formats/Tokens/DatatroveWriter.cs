using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace DataBuild.Formats.Tokens;

/// <summary>
/// Writes the token files of datatrove (huggingface/datatrove, pipeline/tokens/tokenizer.py): <c>.ds</c> holds the ids,
/// <c>.ds.index</c> the end of each document in tokens as u64, without a count, <c>.ds.metadata</c> three lines: the
/// tokenizer and the bytes a token, the number of tokens, and that number for readers. Ids are u16, or u32 for
/// vocabularies above 65,536; the end-of-text id is part of the data.
/// </summary>
public sealed class DatatroveWriter : IDisposable
{
    private readonly Stream _index;
    private readonly Stream _metadata;
    private readonly string _tokenizer;
    private readonly TokenStream _tokens;
    private readonly List<long> _ends = [];

    /// <summary>Starts a file.</summary>
    /// <param name="data">Stream of the <c>.ds</c> file.</param>
    /// <param name="index">Stream of the <c>.ds.index</c> file; written by <see cref="Complete"/>.</param>
    /// <param name="metadata">Stream of the <c>.ds.metadata</c> file; written by <see cref="Complete"/>.</param>
    /// <param name="tokenizer">Name of the tokenizer, without '|' or line breaks.</param>
    /// <param name="vocabularySize">Decides the width.</param>
    public DatatroveWriter(Stream data, Stream index, Stream metadata, string tokenizer, int vocabularySize)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentException.ThrowIfNullOrEmpty(tokenizer);
        if (tokenizer.AsSpan().IndexOfAny("|\r\n") >= 0)
        {
            throw new ArgumentException($"The name '{tokenizer}' has a '|' or a line break.", nameof(tokenizer));
        }

        _index = index;
        _metadata = metadata;
        _tokenizer = tokenizer;
        _tokens = new TokenStream(data, TokenWidths.For(vocabularySize));
    }

    /// <summary>Tokens written.</summary>
    public long TokenCount => _tokens.Count;

    /// <summary>Appends a document, its end-of-text id included.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative or does not fit the width.</exception>
    public void AddDocument(ReadOnlySpan<int> ids)
    {
        _tokens.Write(ids);
        _ends.Add(_tokens.Count);
    }

    /// <summary>Writes out what is buffered, the index and the metadata.</summary>
    public void Complete()
    {
        _tokens.Flush();
        Span<byte> end = stackalloc byte[8];
        foreach (long position in _ends)
        {
            BinaryPrimitives.WriteInt64LittleEndian(end, position);
            _index.Write(end);
        }

        string text = string.Create(CultureInfo.InvariantCulture, $"{_tokenizer}|{(int)_tokens.Width}\n{_tokens.Count}\n{Readable(_tokens.Count)}");
        _metadata.Write(Encoding.UTF8.GetBytes(text));
    }

    /// <inheritdoc/>
    public void Dispose() => _tokens.Dispose();

    private static string Readable(long count)
    {
        double value = count;
        foreach (string unit in (ReadOnlySpan<string>)["", "K", "M", "B"])
        {
            if (value < 1000)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{value:0.##} {unit}Tokens").Replace("  ", " ", StringComparison.Ordinal);
            }

            value /= 1000;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.##} TTokens");
    }
}
