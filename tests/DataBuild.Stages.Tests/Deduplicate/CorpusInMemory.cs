namespace DataBuild.Stages.Tests.Deduplicate;

/// <summary>A document of a test corpus.</summary>
internal sealed record Row(string Id, string Text)
{
    public string Url { get; init; } = "";

    public string? Date { get; init; }

    public double? Score { get; init; }

    public float[]? Embedding { get; init; }

    public bool IsAlive { get; init; } = true;
}

/// <summary>
/// A corpus of several shards and batches in memory. Only columns that the stage declared can be read.
/// </summary>
internal sealed class CorpusInMemory : Corpus
{
    private readonly List<(int Shard, long FirstRow, Dictionary<string, Column> Columns, bool[] Alive)> _batches = [];
    private readonly List<long> _shardRows = [];
    private readonly HashSet<string> _readable = new(StringComparer.Ordinal);

    private CorpusInMemory()
    {
    }

    public override int ShardCount => _shardRows.Count;

    public override long RowCount => _shardRows.Sum();

    public override long RowsOf(int shard) => _shardRows[shard];

    public override IEnumerable<CorpusBatch> Read(params IReadOnlyList<string> columns)
    {
        foreach (string column in columns)
        {
            Assert.True(_readable.Contains(column), $"the stage reads the column '{column}' without declaring it");
        }

        foreach ((int shard, long firstRow, Dictionary<string, Column> all, bool[] alive) in _batches)
        {
            Dictionary<string, Column> asked = columns.ToDictionary(c => c, c => all[c], StringComparer.Ordinal);
            yield return new CorpusBatch(shard, firstRow, new DocumentBatch(alive.Length, asked), alive);
        }
    }

    /// <summary>Runs a stage over rows cut into shards and batches, and gives the outcomes in the order of the rows.</summary>
    public static TOutcome[] Run<TFigures, TOutcome>(
        CorpusStage<TFigures, TOutcome> stage, IReadOnlyList<Row> rows, int shardRows = 7, int batchRows = 3, int threads = 1)
        where TFigures : struct, IFigures<TFigures>
        where TOutcome : struct, IFigures<TOutcome>
    {
        stage = stage.Name.Length == 0 ? stage with { Name = "dedup" } : stage;
        string scratch = Directory.CreateTempSubdirectory("databuild-dedup-").FullName;
        try
        {
            StageContext context = new(scratch, scratch, threads);
            stage.Initialize(context);
            CorpusInMemory corpus = Measure(stage, rows, shardRows, batchRows);
            OutcomeSink<TOutcome> sink = new();
            OutcomeWriter<TOutcome> writer = new(corpus, sink);
            stage.Merge(corpus, writer, context);
            Assert.Equal(rows.Count, sink.Rows);
            Assert.Empty(Directory.GetFiles(scratch, "*", SearchOption.AllDirectories));
            return sink.Outcomes();
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <summary>Reason for which each row is dropped, or null.</summary>
    public static List<string?> Reasons<TFigures, TOutcome>(CorpusStage<TFigures, TOutcome> stage, TOutcome[] outcomes)
        where TFigures : struct, IFigures<TFigures>
        where TOutcome : struct, IFigures<TOutcome> =>
        [.. outcomes.Select(o => stage.Decide(in o).Reason)];

    private static CorpusInMemory Measure<TFigures, TOutcome>(CorpusStage<TFigures, TOutcome> stage, IReadOnlyList<Row> rows, int shardRows, int batchRows)
        where TFigures : struct, IFigures<TFigures>
        where TOutcome : struct, IFigures<TOutcome>
    {
        CorpusInMemory corpus = new();
        corpus._readable.UnionWith(stage.MergeColumns);
        corpus._readable.UnionWith(TFigures.Columns.Select(c => c.ForStage(stage.Name).Name));
        Document document = new();
        for (int start = 0; start < rows.Count; start += shardRows)
        {
            int end = Math.Min(rows.Count, start + shardRows);
            int shard = corpus._shardRows.Count;
            corpus._shardRows.Add(end - start);
            for (int first = start; first < end; first += batchRows)
            {
                Row[] batch = [.. rows.Skip(first).Take(Math.Min(batchRows, end - first))];
                Dictionary<string, Column> columns = Columns(batch);
                DocumentBatch documents = new(batch.Length, columns);
                ColumnBuilder[] builders = [.. TFigures.Columns.Select(c => ColumnTypes.CreateBuilder(c.Type))];
                for (int row = 0; row < batch.Length; row++)
                {
                    document.MoveTo(documents, row);
                    stage.MeasureInto(document, builders);
                }

                Dictionary<string, Column> all = new(columns, StringComparer.Ordinal);
                for (int i = 0; i < builders.Length; i++)
                {
                    all[TFigures.Columns[i].ForStage(stage.Name).Name] = builders[i].Build();
                }

                corpus._batches.Add((shard, first, all, [.. batch.Select(r => r.IsAlive)]));
            }
        }

        return corpus;
    }

    private static Dictionary<string, Column> Columns(Row[] batch)
    {
        StringColumnBuilder ids = new(), urls = new(), texts = new(), dates = new();
        ValueColumnBuilder<double> scores = new();
        ListColumnBuilder<float> embeddings = new();
        foreach (Row row in batch)
        {
            ids.Append(row.Id);
            urls.Append(row.Url);
            texts.Append(row.Text);
            dates.Append(row.Date);
            scores.Append(row.Score);
            embeddings.Append(row.Embedding ?? []);
        }

        return new Dictionary<string, Column>(StringComparer.Ordinal)
        {
            ["id"] = ids.Build(),
            ["url"] = urls.Build(),
            ["text"] = texts.Build(),
            ["date"] = dates.Build(),
            ["score.value"] = scores.Build(),
            ["embedding.vector"] = embeddings.Build(),
        };
    }

    private sealed class OutcomeSink<TOutcome> : IOutcomeSink where TOutcome : struct, IFigures<TOutcome>
    {
        private readonly ColumnBuilder[] _builders = [.. TOutcome.Columns.Select(c => ColumnTypes.CreateBuilder(c.Type))];

        public int Rows { get; private set; }

        public ReadOnlySpan<ColumnBuilder> Builders => _builders;

        public void RowAppended() => Rows++;

        public TOutcome[] Outcomes()
        {
            Column[] columns = [.. _builders.Select(b => b.Build())];
            return [.. Enumerable.Range(0, Rows).Select(row => TOutcome.Read(columns, row))];
        }
    }
}
