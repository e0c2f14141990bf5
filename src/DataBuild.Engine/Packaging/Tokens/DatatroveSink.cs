using DataBuild.Formats.Tokens;

namespace DataBuild.Engine.Packaging.Tokens;

/// <summary><c>train_00000_unshuffled.ds</c> (or <c>doc_shuffled</c>) with <c>.index</c> and <c>.metadata</c>.</summary>
internal sealed class DatatroveSink : TokenSink
{
    private readonly Stream _data;
    private readonly Stream _index;
    private readonly Stream _metadata;
    private readonly DatatroveWriter _writer;

    public DatatroveSink(OutputFolder folder, int vocabularySize, string tokenizer, bool shuffled)
    {
        string name = $"train_00000_{(shuffled ? "doc_shuffled" : "unshuffled")}.ds";
        _data = Create(folder, name);
        _index = Create(folder, name + ".index");
        _metadata = Create(folder, name + ".metadata");
        _writer = new DatatroveWriter(_data, _index, _metadata, tokenizer.Replace('|', '_').ReplaceLineEndings("_"), vocabularySize);
    }

    public override void Complete() => _writer.Complete();

    public override void Dispose()
    {
        _writer.Dispose();
        _data.Dispose();
        _index.Dispose();
        _metadata.Dispose();
    }

    protected override void Write(ReadOnlySpan<int> ids, ReadOnlySpan<int> boundaries, ReadOnlySpan<byte> id, string source, long row) => _writer.AddDocument(ids);
}
