using System.Globalization;
using System.Text;
using DataBuild.Formats.Tokens;

namespace DataBuild.Engine.Packaging.Tokens;

/// <summary><c>part-0-00000.npy</c> and on, raw ids, each with a <c>.csv.gz</c> of its documents.</summary>
internal sealed class NpySink(OutputFolder folder, int vocabularySize, long tokensPerFile = NpySink.DefaultTokensPerFile) : TokenSink
{
    /// <summary>Tokens after which the next file begins, as in dolma.</summary>
    public const long DefaultTokensPerFile = 1L << 30;

    private Stream? _data;
    private Stream? _rows;
    private DolmaWriter? _writer;
    private int _files;

    public override void Complete()
    {
        // A dataset without tokens still is a file.
        _writer ??= Open();
        Close();
    }

    public override void Dispose()
    {
        _writer?.Dispose();
        _data?.Dispose();
        _rows?.Dispose();
    }

    protected override void Write(ReadOnlySpan<int> ids, ReadOnlySpan<int> boundaries, ReadOnlySpan<byte> id, string source, long row)
    {
        if (_writer is { TokenCount: > 0 } && _writer.TokenCount + ids.Length > tokensPerFile)
        {
            Close();
        }

        _writer ??= Open();
        _writer.AddDocument(ids, Encoding.UTF8.GetString(id), source, row);
    }

    private DolmaWriter Open()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"part-0-{_files++:D5}");
        _data = Create(folder, name + ".npy");
        _rows = Create(folder, name + ".csv.gz");
        return new DolmaWriter(_data, _rows, TokenWidths.For(vocabularySize));
    }

    private void Close()
    {
        _writer!.Complete();
        Dispose();
        _writer = null;
    }
}
