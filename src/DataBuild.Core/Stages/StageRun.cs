namespace DataBuild;

/// <summary>What a stage said of a document.</summary>
/// <param name="Verdict">Keep, or drop with a reason.</param>
/// <param name="Columns">Figures and, of corpus stages, the outcome, by column name as declared (<c>.words</c>, <c>text</c>); null where there is no value.</param>
public sealed record StageResult(Verdict Verdict, IReadOnlyDictionary<string, string?> Columns);

/// <summary>
/// Runs a stage on documents in memory, without a build: for unit tests of stages of every kind. Document stages see one document after the other, batch
/// stages all of them together, corpus stages measure each and merge them as one shard.
/// </summary>
public static class StageRun
{
    /// <summary>Runs a stage on documents of these texts; document number i has the id <c>i</c>.</summary>
    public static IReadOnlyList<StageResult> On(Stage stage, params IReadOnlyList<string> texts) =>
        On(stage, [.. texts.Select((text, i) => Document.Create(text, id: i.ToString(System.Globalization.CultureInfo.InvariantCulture)))]);

    /// <summary>Runs a stage on documents, each made by <see cref="Document.Create"/>.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="documents">Documents in corpus order.</param>
    /// <param name="context">What the stage may know of the build; the current folder and a temporary one where it is not given.</param>
    /// <exception cref="ArgumentException">The stage is of no known kind.</exception>
    public static IReadOnlyList<StageResult> On(Stage stage, IReadOnlyList<Document> documents, StageContext? context = null)
    {
        string? scratch = context is null ? Directory.CreateTempSubdirectory("databuild-stage").FullName : null;
        try
        {
            StageContext given = context ?? new StageContext(Directory.GetCurrentDirectory(), scratch!);
            stage.Initialize(given);
            return stage is DocumentStage simple
                ? [.. documents.Select(d => new StageResult(simple.Run(d), new Dictionary<string, string?>()))]
                : Measured(stage, documents, given);
        }
        finally
        {
            if (scratch is not null)
            {
                Directory.Delete(scratch, recursive: true);
            }
        }
    }

    private static List<StageResult> Measured(Stage stage, IReadOnlyList<Document> documents, StageContext context)
    {
        if (stage is not IMeasuringStage measuring)
        {
            throw new ArgumentException($"'{stage.GetType()}' derives from none of the kinds of stages", nameof(stage));
        }

        ColumnBuilder[] builders = [.. measuring.FigureColumns.Select(c => ColumnTypes.CreateBuilder(c.Type))];
        if (stage is IBatchStage batch)
        {
            batch.MeasureInto(documents, builders);
        }
        else
        {
            foreach (Document document in documents)
            {
                ((IRowStage)stage).MeasureInto(document, builders);
            }
        }

        List<(string Name, Column Column)> columns = [.. measuring.FigureColumns.Zip(builders, (schema, builder) => (schema.Name, builder.Build()))];
        Column[] decidedOn = [.. columns.Select(c => c.Column)];
        if (stage is ICorpusStage corpusStage)
        {
            Outcomes outcomes = new(corpusStage);
            corpusStage.MergeInto(new OneShard(stage.Name, documents, columns), outcomes, context);
            decidedOn = outcomes.Build();
            columns.AddRange(corpusStage.OutcomeColumns.Zip(decidedOn, (schema, column) => (schema.Name, column)));
        }

        string?[] reasons = new string?[documents.Count];
        measuring.DecideBatch(decidedOn, Enumerable.Range(0, documents.Count).ToArray(), reasons);
        return [.. reasons.Select((reason, row) => new StageResult(
            reason is null ? Verdict.Keep : Verdict.Drop(reason),
            columns.DistinctBy(c => c.Name).ToDictionary(c => c.Name, c => c.Column.Format(row), StringComparer.Ordinal)))];
    }

    private sealed class Outcomes(ICorpusStage stage) : IOutcomeSink
    {
        private readonly ColumnBuilder[] _builders = [.. stage.OutcomeColumns.Select(c => ColumnTypes.CreateBuilder(c.Type))];

        public ReadOnlySpan<ColumnBuilder> Builders => _builders;

        public Column[] Build() => [.. _builders.Select(b => b.Build())];

        public void RowAppended()
        {
        }
    }

    /// <summary>All documents as the rows of one shard, one batch; every column that was asked for by its relative or absolute name.</summary>
    private sealed class OneShard(string stageName, IReadOnlyList<Document> documents, List<(string Name, Column Column)> figures) : Corpus
    {
        public override int ShardCount => 1;

        public override long RowCount => documents.Count;

        public override long RowsOf(int shard) => documents.Count;

        public override IEnumerable<CorpusBatch> Read(params IReadOnlyList<string> columns)
        {
            Dictionary<string, Column> read = new(StringComparer.Ordinal);
            foreach (string asked in columns)
            {
                Column? figure = figures.FirstOrDefault(f => f.Name == asked || stageName + f.Name == asked).Column;
                read[asked] = figure ?? Gather(asked);
            }

            bool[] alive = new bool[documents.Count];
            Array.Fill(alive, true);
            yield return new CorpusBatch(0, 0, new DocumentBatch(documents.Count, read), alive);
        }

        private Column Gather(string name)
        {
            ColumnBuilder? builder = null;
            foreach (Document document in documents)
            {
                Column column = document.Batch[name];
                builder ??= ColumnTypes.CreateBuilder(column.Type);
                switch (builder)
                {
                    case StringColumnBuilder strings when !column.IsNull(document.Row):
                        strings.Append(((StringColumn)column)[document.Row]);
                        break;
                    case ValueColumnBuilder<bool> values when !column.IsNull(document.Row):
                        values.Append(((ValueColumn<bool>)column)[document.Row]);
                        break;
                    case ValueColumnBuilder<int> values when !column.IsNull(document.Row):
                        values.Append(((ValueColumn<int>)column)[document.Row]);
                        break;
                    case ValueColumnBuilder<long> values when !column.IsNull(document.Row):
                        values.Append(((ValueColumn<long>)column)[document.Row]);
                        break;
                    case ValueColumnBuilder<ulong> values when !column.IsNull(document.Row):
                        values.Append(((ValueColumn<ulong>)column)[document.Row]);
                        break;
                    case ValueColumnBuilder<float> values when !column.IsNull(document.Row):
                        values.Append(((ValueColumn<float>)column)[document.Row]);
                        break;
                    case ValueColumnBuilder<double> values when !column.IsNull(document.Row):
                        values.Append(((ValueColumn<double>)column)[document.Row]);
                        break;
                    case ListColumnBuilder<int> lists when !column.IsNull(document.Row):
                        lists.Append(((ListColumn<int>)column)[document.Row]);
                        break;
                    case ListColumnBuilder<ulong> lists when !column.IsNull(document.Row):
                        lists.Append(((ListColumn<ulong>)column)[document.Row]);
                        break;
                    case ListColumnBuilder<float> lists when !column.IsNull(document.Row):
                        lists.Append(((ListColumn<float>)column)[document.Row]);
                        break;
                    default:
                        builder.AppendNull();
                        break;
                }
            }

            return builder?.Build() ?? new StringColumnBuilder().Build();
        }
    }
}
