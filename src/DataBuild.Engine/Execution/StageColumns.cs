using DataBuild.Engine.Planning;

namespace DataBuild.Engine.Execution;

/// <summary>Collects the columns that measuring one stage on one batch gives: its figures, the state, and where figures are kept by text the text's hash.</summary>
internal sealed class StageColumns
{
    private readonly PlannedStage _stage;
    private readonly FailedDocuments _failed;
    private readonly ColumnBuilder[] _figures;
    private readonly ValueColumnBuilder<int> _state = new();
    private readonly StringColumnBuilder? _hashes;

    public StageColumns(PlannedStage stage, FailedDocuments failed)
    {
        _stage = stage;
        _failed = failed;
        _figures = [.. stage.FigureColumns.Select(c => ColumnTypes.CreateBuilder(c.Type))];
        _hashes = StoredRows.AreKeptFor(stage) ? new StringColumnBuilder(ColumnType.Binary) : null;
    }

    /// <summary>The columns in the order of <see cref="Build"/>.</summary>
    public static IReadOnlyList<ColumnSchema> SchemaOf(PlannedStage stage) =>
    [
        .. stage.FigureColumns,
        new ColumnSchema(stage.StateColumn, ColumnType.Int32),
        .. StoredRows.AreKeptFor(stage) ? [StoredRows.HashColumn(stage)] : Array.Empty<ColumnSchema>(),
    ];

    /// <summary>Measures a document and appends its figures.</summary>
    public void Measure(Document document, Shard shard)
    {
        int before = _figures.Length == 0 ? 0 : _figures[0].Length;
        try
        {
            if (_stage.Stage is DocumentStage simple)
            {
                ((StringColumnBuilder)_figures[0]).Append(simple.Run(document).Reason);
            }
            else
            {
                ((IRowStage)_stage.Stage).MeasureInto(document, _figures);
            }
        }
        catch (Exception exception) when (StageFailedException.IsFailure(exception))
        {
            // A stage that failed half-way through its columns cannot be continued, whatever the policy.
            bool clean = _figures.Length == 0 || _figures.All(f => f.Length == before);
            AppendNull(StateAfter(exception, document, shard, clean));
            return;
        }

        AppendMeasured(document.TextUtf8);
    }

    /// <summary>Appends what the stage measured on that text the last time.</summary>
    /// <returns>False when nothing is known of it.</returns>
    public bool TryAppendStored(StoredRows? stored, ReadOnlySpan<byte> text)
    {
        if (stored is null || !stored.TryAppend(StoredRows.Hash(text), _figures))
        {
            return false;
        }

        AppendMeasured(text);
        return true;
    }

    /// <summary>Appends a row of figures that were measured together with others.</summary>
    public void AppendRow(ReadOnlySpan<Column> measured, int row, ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < _figures.Length; i++)
        {
            Columns.ColumnCopy.AppendRow(_figures[i], measured[i], row);
        }

        AppendMeasured(text);
    }

    /// <summary>What becomes of a document on which the stage failed: its state, after it has been saved, or the end of the build.</summary>
    /// <exception cref="StageFailedException">The policy, or columns that cannot be continued, ask for it.</exception>
    public int StateAfter(Exception exception, Document document, Shard shard, bool canContinue)
    {
        string saved = _failed.Save(_stage, shard, document, exception);
        bool badInput = exception is InvalidDataException;
        return canContinue && !StageFailedException.IsOfTheMachine(exception) && (_stage.OnError == ErrorPolicy.Drop || (_stage.OnError == ErrorPolicy.ByCause && badInput))
            ? badInput ? MeasureState.BadInput : MeasureState.Failed
            : throw StageFailedException.OnDocument(_stage.Name, shard.Name, document.Id, document.Url, exception, saved);
    }

    public void AppendNotMeasured() => AppendNull(MeasureState.NotMeasured);

    /// <summary>Appends a row on which the stage threw; without the text's hash, so that it is tried again.</summary>
    public void AppendFailed(int state) => AppendNull(state);

    public Column[] Build() => [.. _figures.Select(f => f.Build()), _state.Build(), .. _hashes is null ? Array.Empty<Column>() : [_hashes.Build()]];

    private void AppendMeasured(ReadOnlySpan<byte> text)
    {
        _state.Append(MeasureState.Measured);
        if (_hashes is not null)
        {
            Span<byte> hash = stackalloc byte[StoredRows.HashBytes];
            System.Runtime.InteropServices.MemoryMarshal.Write(hash, StoredRows.Hash(text));
            _hashes.Append(hash);
        }
    }

    private void AppendNull(int state)
    {
        foreach (ColumnBuilder figure in _figures)
        {
            figure.AppendNull();
        }

        _state.Append(state);
        _hashes?.AppendNull();
    }
}
