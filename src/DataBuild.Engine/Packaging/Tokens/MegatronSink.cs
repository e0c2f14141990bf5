using DataBuild.Formats.Tokens;

namespace DataBuild.Engine.Packaging.Tokens;

/// <summary><c>train.bin</c> and <c>train.idx</c>; every sequence is a document of the index.</summary>
internal sealed class MegatronSink : TokenSink
{
    private readonly Stream _bin;
    private readonly Stream _index;
    private readonly MegatronWriter _writer;

    public MegatronSink(OutputFolder folder, int vocabularySize)
    {
        _bin = Create(folder, "train.bin");
        _index = Create(folder, "train.idx");
        _writer = new MegatronWriter(_bin, _index, TokenWidths.For(vocabularySize));
    }

    public override void Complete() => _writer.Complete();

    public override void Dispose()
    {
        _writer.Dispose();
        _bin.Dispose();
        _index.Dispose();
    }

    protected override void Write(ReadOnlySpan<int> ids, ReadOnlySpan<int> boundaries, ReadOnlySpan<byte> id, string source, long row) => _writer.AddDocument(ids);
}
