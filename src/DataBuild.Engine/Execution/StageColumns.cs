using DataBuild.Engine.Planning;

namespace DataBuild.Engine.Execution;

/// <summary>Collects the columns that measuring one stage on one batch gives: its figures and the state.</summary>
internal sealed class StageColumns
{
    private readonly PlannedStage _stage;
    private readonly ColumnBuilder[] _figures;
    private readonly ValueColumnBuilder<int> _state = new();

    public StageColumns(PlannedStage stage)
    {
        _stage = stage;
        _figures = [.. stage.FigureColumns.Select(c => ColumnTypes.CreateBuilder(c.Type))];
    }

    public ReadOnlySpan<ColumnBuilder> Figures => _figures;

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
        catch (Exception exception) when (exception is not (OperationCanceledException or OutOfMemoryException or StageException))
        {
            // A stage that failed half-way through its columns cannot be continued, whatever the policy.
            bool clean = _figures.Length == 0 || _figures.All(f => f.Length == before);
            if (_stage.OnError == ErrorPolicy.Fail || !clean)
            {
                throw new StageFailedException(_stage.Name, shard.Name, document.Id, document.Url, exception);
            }

            AppendNull(MeasureState.Failed);
            return;
        }

        _state.Append(MeasureState.Measured);
    }

    public void AppendMeasured() => _state.Append(MeasureState.Measured);

    public void AppendNotMeasured() => AppendNull(MeasureState.NotMeasured);

    public Column[] Build() => [.. _figures.Select(f => f.Build()), _state.Build()];

    private void AppendNull(int state)
    {
        foreach (ColumnBuilder figure in _figures)
        {
            figure.AppendNull();
        }

        _state.Append(state);
    }
}
