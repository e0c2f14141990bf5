using System.Runtime.InteropServices;
using DataBuild.Engine.Execution;
using Microsoft.Win32.SafeHandles;

namespace DataBuild.Engine.Packaging.Tokens;

/// <summary>Tokens in a temporary file, for documents asked for in any order.</summary>
internal sealed class SpooledTokens : TokenSource
{
    private readonly SafeFileHandle _file;
    private readonly long[] _starts;
    private readonly int[] _lengths;
    private byte[] _buffer = [];

    /// <summary>Writes the tokens and ids of all kept documents, one after the other.</summary>
    /// <param name="build">The build.</param>
    /// <param name="column">Column of tokens.</param>
    /// <param name="documents">The kept documents in the order of the corpus.</param>
    /// <param name="path">Path of the file, which goes with this object.</param>
    /// <param name="cancellation">Ends the work.</param>
    public SpooledTokens(DatasetBuild build, string column, IReadOnlyList<TokenDocument> documents, string path, CancellationToken cancellation)
    {
        _starts = new long[documents.Count + 1];
        _lengths = new int[documents.Count];
        using (FileStream stream = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20))
        {
            int document = 0;
            foreach ((Column tokens, StringColumn ids, int row) in SequentialTokens.KeptRows(build, column, cancellation))
            {
                ReadOnlySpan<int> values = ((ListColumn<int>)tokens)[row];
                stream.Write(MemoryMarshal.AsBytes(values));
                stream.Write(ids[row]);
                _lengths[document++] = values.Length;
                _starts[document] = stream.Position;
            }
        }

        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.RandomAccess | FileOptions.DeleteOnClose);
    }

    public override ReadOnlySpan<int> Read(int document, out ReadOnlySpan<byte> id)
    {
        int length = checked((int)(_starts[document + 1] - _starts[document]));
        if (_buffer.Length < length)
        {
            _buffer = GC.AllocateUninitializedArray<byte>(Math.Max(length, _buffer.Length * 2));
        }

        for (int read = 0; read < length;)
        {
            int got = RandomAccess.Read(_file, _buffer.AsSpan(read, length - read), _starts[document] + read);
            read += got > 0 ? got : throw new EndOfStreamException("the temporary file of tokens is shorter than what was written");
        }

        int tokens = _lengths[document] * sizeof(int);
        id = _buffer.AsSpan(tokens, length - tokens);
        return MemoryMarshal.Cast<byte, int>(_buffer.AsSpan(0, tokens));
    }

    public override void Dispose() => _file.Dispose();
}
