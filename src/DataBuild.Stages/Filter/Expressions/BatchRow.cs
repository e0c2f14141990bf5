namespace DataBuild.Stages.Filter.Expressions;

/// <summary>A row of a batch.</summary>
internal readonly struct BatchRow(DocumentBatch batch, int row) : IExpressionRow
{
    /// <inheritdoc />
    public ExpressionValue ValueOf(string column) => Value(batch[column], row);

    private static ExpressionValue Value(Column column, int row)
    {
        if (column.IsNull(row))
        {
            return ExpressionValue.Unknown;
        }

        return column switch
        {
            ValueColumn<bool> values => ExpressionValue.Of(values[row]),
            ValueColumn<int> values => ExpressionValue.Of(values[row]),
            ValueColumn<long> values => ExpressionValue.Of((double)values[row]),
            ValueColumn<ulong> values => ExpressionValue.Of((double)values[row]),
            ValueColumn<float> values => ExpressionValue.Of(values[row]),
            ValueColumn<double> values => ExpressionValue.Of(values[row]),
            StringColumn { Type: ColumnType.String } values => ExpressionValue.Of(values.GetMemory(row)),
            _ => throw new InvalidCastException($"a column of {column.Type} cannot be used in an expression"),
        };
    }
}
