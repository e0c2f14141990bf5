using DataBuild.Stages.Filter;

namespace DataBuild.Stages.Tests.Filter;

/// <summary>A corpus of one shard in memory, whose documents differ in language and number of words only.</summary>
internal sealed class MetricCorpus : Corpus
{
    private readonly DocumentBatch _batch;

    private MetricCorpus(DocumentBatch batch) => _batch = batch;

    public override int ShardCount => 1;

    public override long RowCount => _batch.Count;

    public static CulturaXOutcome[] Merge(CulturaXMetrics stage, (string Code, int Words)[] rows)
    {
        string files = Directory.CreateTempSubdirectory("databuild-culturax-").FullName;
        try
        {
            return Merge(stage, rows, files);
        }
        finally
        {
            Directory.Delete(files, recursive: true);
        }
    }

    /// <summary>Merges, and leaves the files that the stage makes in a folder.</summary>
    public static CulturaXOutcome[] Merge(CulturaXMetrics stage, (string Code, int Words)[] rows, string files)
    {
        ColumnBuilder[] builders = [.. CulturaXFigures.Columns.Select(c => ColumnTypes.CreateBuilder(c.Type))];
        StringColumnBuilder codes = new();
        foreach ((string code, int words) in rows)
        {
            codes.Append(code.AsSpan());
            CulturaXFigures figures = new(words, 100, 1, 0, 0, 0, null, null, 0, 0);
            CulturaXFigures.Append(in figures, builders);
        }

        Dictionary<string, Column> columns = new(StringComparer.Ordinal) { ["language.code"] = codes.Build() };
        for (int i = 0; i < builders.Length; i++)
        {
            columns[CulturaXFigures.Columns[i].ForStage("culturax").Name] = builders[i].Build();
        }

        MetricCorpus corpus = new(new DocumentBatch(rows.Length, columns));
        Sink sink = new();
        stage.Merge(corpus, new OutcomeWriter<CulturaXOutcome>(corpus, sink), new StageContext(".", ".") { FilesDirectory = files });
        Column[] built = [.. sink.Columns.Select(b => b.Build())];
        return [.. Enumerable.Range(0, rows.Length).Select(row => CulturaXOutcome.Read(built, row))];
    }

    public override long RowsOf(int shard) => _batch.Count;

    public override IEnumerable<CorpusBatch> Read(params IReadOnlyList<string> columns)
    {
        Assert.All(columns, c => Assert.NotNull(_batch.Find(c)));
        yield return new CorpusBatch(0, 0, _batch, Enumerable.Repeat(true, _batch.Count).ToArray());
    }

    private sealed class Sink : IOutcomeSink
    {
        public ColumnBuilder[] Columns { get; } = [.. CulturaXOutcome.Columns.Select(c => ColumnTypes.CreateBuilder(c.Type))];

        public ReadOnlySpan<ColumnBuilder> Builders => Columns;

        public void RowAppended()
        {
        }
    }
}
