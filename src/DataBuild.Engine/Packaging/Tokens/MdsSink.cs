using DataBuild.Formats.Tokens;

namespace DataBuild.Engine.Packaging.Tokens;

/// <summary><c>shard.00000.mds</c> and on, and <c>index.json</c>. The format has no empty arrays: a sequence without tokens is left out.</summary>
internal sealed class MdsSink(OutputFolder folder, int vocabularySize) : TokenSink
{
    private readonly MosaicWriter _writer = new(name => Create(folder, name), TokenWidths.For(vocabularySize));

    public override void Complete() => _writer.Complete();

    public override void Dispose()
    {
    }

    protected override void Write(ReadOnlySpan<int> ids, ReadOnlySpan<int> boundaries, ReadOnlySpan<byte> id, string source, long row)
    {
        if (!ids.IsEmpty)
        {
            _writer.AddSample(ids);
        }
    }
}
