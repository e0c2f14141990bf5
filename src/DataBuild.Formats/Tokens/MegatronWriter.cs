namespace DataBuild.Formats.Tokens;

/// <summary>
/// Writes a Megatron indexed dataset: <c>.bin</c> holds the ids of all sequences one after the other, <c>.idx</c> says
/// where each begins and which of them begin documents.
/// Layout of <c>.idx</c>, little-endian (NVIDIA/Megatron-LM, megatron/core/datasets/indexed_dataset.py):
/// "MMIDIDX\0\0", u64 version = 1, u8 type code, u64 sequences S, u64 document indices D,
/// i32[S] lengths in tokens, i64[S] byte offsets into <c>.bin</c>, i64[D] index of each document's first sequence, then S.
/// </summary>
public sealed class MegatronWriter : IDisposable
{
    private const byte Int32Code = 4;
    private const byte UInt16Code = 8;

    private readonly Stream _index;
    private readonly TokenStream _tokens;
    private readonly List<int> _lengths = [];
    private readonly List<long> _documents = [0];
    private bool _completed;

    /// <summary>Starts a dataset.</summary>
    /// <param name="bin">Stream of the <c>.bin</c> file; written from its current position on, not closed.</param>
    /// <param name="index">Stream of the <c>.idx</c> file; written by <see cref="Complete"/>, not closed.</param>
    /// <param name="width">Bytes a token; Megatron itself takes 16 bits for vocabularies below 65,500.</param>
    public MegatronWriter(Stream bin, Stream index, TokenWidth width)
    {
        ArgumentNullException.ThrowIfNull(bin);
        ArgumentNullException.ThrowIfNull(index);
        _index = index;
        _tokens = new TokenStream(bin, width);
    }

    /// <summary>Tokens written.</summary>
    public long TokenCount => _tokens.Count;

    /// <summary>Sequences written.</summary>
    public int SequenceCount => _lengths.Count;

    /// <summary>Documents ended.</summary>
    public int DocumentCount => _documents.Count - 1;

    /// <summary>Appends a sequence to the current document. The end-of-document id is part of the data: the format marks none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative or does not fit the width.</exception>
    public void AddSequence(ReadOnlySpan<int> ids)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        _tokens.Write(ids);
        _lengths.Add(ids.Length);
    }

    /// <summary>Ends the current document after the last sequence.</summary>
    public void EndDocument() => _documents.Add(_lengths.Count);

    /// <summary>Appends a document of one sequence.</summary>
    public void AddDocument(ReadOnlySpan<int> ids)
    {
        AddSequence(ids);
        EndDocument();
    }

    /// <summary>Writes out what is buffered, and the index.</summary>
    /// <exception cref="InvalidOperationException">A sequence is in no document: <see cref="EndDocument"/> was not called.</exception>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        if (_documents[^1] != _lengths.Count)
        {
            throw new InvalidOperationException(
                $"The last {_lengths.Count - _documents[^1]} sequences are in no document; end the document first.");
        }

        _tokens.Flush();
        using var writer = new BinaryWriter(_index, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write("MMIDIDX\0\0"u8);
        writer.Write(1UL);
        writer.Write(_tokens.Width == TokenWidth.UInt16 ? UInt16Code : Int32Code);
        writer.Write((ulong)_lengths.Count);
        writer.Write((ulong)_documents.Count);
        foreach (int length in _lengths)
        {
            writer.Write(length);
        }

        long offset = 0;
        foreach (int length in _lengths)
        {
            writer.Write(offset);
            offset += (long)length * (int)_tokens.Width;
        }

        foreach (long document in _documents)
        {
            writer.Write(document);
        }

        _completed = true;
    }

    /// <inheritdoc/>
    public void Dispose() => _tokens.Dispose();
}
