namespace DataBuild;

/// <summary>Formats of token files.</summary>
public enum TokenFormat
{
    /// <summary>Megatron's indexed dataset: <c>train.bin</c>, <c>train.idx</c>.</summary>
    Megatron,

    /// <summary>datatrove's tokenized documents: <c>train_00000_unshuffled.ds</c> (or <c>doc_shuffled</c>), <c>.ds.index</c>, <c>.ds.metadata</c>.</summary>
    Datatrove,

    /// <summary>Raw ids without a header, as dolma and OLMo name them: <c>part-0-00000.npy</c>, <c>.csv.gz</c>.</summary>
    Npy,

    /// <summary>MosaicML streaming: <c>shard.00000.mds</c>, <c>index.json</c>.</summary>
    Mds,

    /// <summary>Parquet with a list column <c>input_ids</c>: <c>train-00000-of-00001.parquet</c>.</summary>
    Parquet,
}
