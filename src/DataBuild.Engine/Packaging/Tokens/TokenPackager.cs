using DataBuild.Engine.Execution;
using DataBuild.Engine.Planning;
using DataBuild.Stages.Tokenize.Packing;

namespace DataBuild.Engine.Packaging.Tokens;

/// <summary>Writes the token files of a dataset: documents in order, repeated and packed as the tokenizing stage asks, in its format.</summary>
internal sealed class TokenPackager(DatasetBuild build, PlannedStage stage, CancellationToken cancellation)
{
    private readonly ITokenizingStage _tokenizing = (ITokenizingStage)stage.Stage;
    private readonly string _column = stage.Name + ((ITokenizingStage)stage.Stage).TokensColumn;

    /// <summary>Writes all files into the folder of token files.</summary>
    /// <returns>Tokens written.</returns>
    public long Write(OutputFolder folder)
    {
        if (_tokenizing.TokenFilesNeedInitialize)
        {
            build.EnsureInitialized(stage);
        }

        TokenFileOptions options = _tokenizing.TokenFiles;
        string scratch = build.Store.CreateScratchDirectory();
        try
        {
            List<TokenDocument> documents = FindDocuments();
            long[] tokensByShard = new long[build.Shards.Count];
            documents.ForEach(d => tokensByShard[d.Shard] += d.Length);
            double[]? epochs = TokenMixture.Epochs(build.Shards, tokensByShard, options.TokenBudget);
            bool packs = options.ContextLength > 0;
            bool inOrder = epochs is null && options.ShuffleSeed is null && !(packs && options.Packing == TokenPacking.BestFit);
            using TokenSource source = inOrder
                ? new SequentialTokens(build, _column, cancellation)
                : new SpooledTokens(build, _column, documents, Path.Combine(scratch, "tokens"), cancellation);
            int[] order = inOrder ? [.. Enumerable.Range(0, documents.Count)] : TokenOrder.Of(documents, source, epochs, options.ShuffleSeed);
            int[] lengths = [.. order.Select(d => documents[d].Length)];
            IEnumerable<PackedSequence> sequences = !packs ? lengths.Select((length, i) => new PackedSequence([new SequencePart(i, 0, length)]))
                : options.Packing == TokenPacking.BestFit ? SequencePacking.BestFit(lengths, options.ContextLength)
                : SequencePacking.ConcatenateAndChunk(lengths, options.ContextLength, keepRemainder: true);
            using TokenSink sink = CreateSink(folder, options);
            using DocumentMap? map = options.DocumentMap ? new DocumentMap(folder) : null;
            Write(sequences, order, documents, source, options, sink, map);
            sink.Complete();
            map?.Complete();
            return sink.Tokens;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private void Write(
        IEnumerable<PackedSequence> sequences, int[] order, List<TokenDocument> documents, TokenSource source, TokenFileOptions options, TokenSink sink, DocumentMap? map)
    {
        int[] ids = new int[Math.Max(options.ContextLength, 1024)];
        byte[] firstId = [];
        long sequence = 0;
        foreach (PackedSequence packed in sequences)
        {
            int used = 0;
            foreach (SequencePart part in packed.Parts)
            {
                ReadOnlySpan<int> tokens = source.Read(order[part.Document], out ReadOnlySpan<byte> id).Slice(part.Start, part.Length);
                if (used + tokens.Length > ids.Length)
                {
                    Array.Resize(ref ids, Math.Max(used + tokens.Length, ids.Length * 2));
                }

                tokens.CopyTo(ids.AsSpan(used));
                map?.Add(sequence, used, tokens.Length, id, part.Start);
                if (used == 0)
                {
                    firstId = id.ToArray();
                }

                used += tokens.Length;
            }

            int length = used;
            if (options.PaddingId is int padding && options.ContextLength > used)
            {
                ids.AsSpan(used, options.ContextLength - used).Fill(padding);
                length = options.ContextLength;
            }

            TokenDocument first = documents[order[packed.Parts[0].Document]];
            sink.Add(ids.AsSpan(0, length), packed.Boundaries(), firstId, build.Shards[first.Shard].Name, first.Row);
            sequence++;
        }
    }

    private TokenSink CreateSink(OutputFolder folder, TokenFileOptions options) => options.Format switch
    {
        TokenFormat.Megatron => new MegatronSink(folder, _tokenizing.VocabularySize),
        TokenFormat.Datatrove => new DatatroveSink(folder, _tokenizing.VocabularySize, _tokenizing.TokenizerName, options.ShuffleSeed is not null),
        TokenFormat.Npy => new NpySink(folder, _tokenizing.VocabularySize),
        TokenFormat.Mds => new MdsSink(folder, _tokenizing.VocabularySize),
        TokenFormat.Parquet => new ParquetTokenSink(folder),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Format, "unknown token format"),
    };

    private List<TokenDocument> FindDocuments()
    {
        List<TokenDocument> documents = [];
        foreach (Shard shard in build.Shards)
        {
            using Columns.BatchReader reader = new(build.Store, shard.Find([Shard.AliveColumn]));
            (_, Columns.ColumnLocation place) = shard.Find([_column]).Single();
            using Columns.ColumnFileReader tokens = new(build.Store, place.File);
            long first = 0;
            for (int batch = 0; batch < shard.BatchRows.Count; batch++)
            {
                cancellation.ThrowIfCancellationRequested();
                using Columns.LoadedBatch loaded = reader.Read(batch);
                ValueColumn<bool> alive = (ValueColumn<bool>)loaded.Documents[Shard.AliveColumn];
                int[] lengths = tokens.ReadLengths(batch, place.Ordinal);
                for (int row = 0; row < alive.Length; row++)
                {
                    if (alive[row])
                    {
                        documents.Add(new TokenDocument(shard.Index, first + row, lengths[row]));
                    }
                }

                first += alive.Length;
            }
        }

        return documents;
    }
}
