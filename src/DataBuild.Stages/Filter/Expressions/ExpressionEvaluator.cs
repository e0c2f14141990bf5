namespace DataBuild.Stages.Filter.Expressions;

/// <summary>A value during evaluation: unknown, true or false, a number, or UTF-8 text.</summary>
internal readonly struct ExpressionValue
{
    private readonly ReadOnlyMemory<byte> _text;
    private readonly double _number;

    private ExpressionValue(ExpressionType? type, double number, ReadOnlyMemory<byte> text)
    {
        Type = type;
        _number = number;
        _text = text;
    }

    /// <summary>Null for an unknown value.</summary>
    public ExpressionType? Type { get; }

    public static ExpressionValue Unknown => default;

    public static ExpressionValue Of(bool? value) => value is { } known ? new(ExpressionType.Boolean, known ? 1 : 0, default) : Unknown;

    public static ExpressionValue Of(double value) => double.IsFinite(value) ? new(ExpressionType.Number, value, default) : Unknown;

    public static ExpressionValue Of(ReadOnlyMemory<byte> value) => new(ExpressionType.Text, 0, value);

    public bool? AsBoolean() => Type is null ? null : _number != 0;

    public double Number => _number;

    public ReadOnlySpan<byte> Text => _text.Span;

    /// <summary>Order of two values of one type.</summary>
    public static int Compare(in ExpressionValue a, in ExpressionValue b) =>
        a.Type == ExpressionType.Text ? a.Text.SequenceCompareTo(b.Text) : a._number.CompareTo(b._number);
}

/// <summary>Evaluates expressions on rows, without allocation.</summary>
internal static class ExpressionEvaluator
{
    public static ExpressionValue Evaluate(ExpressionNode node, DocumentBatch batch, int row) => node switch
    {
        LiteralNode literal => Literal(literal),
        ColumnNode column => Column(batch[column.Name], row),
        UnaryNode { Operator: ExpressionOperator.Not } not => ExpressionValue.Of(!Evaluate(not.Operand, batch, row).AsBoolean()),
        UnaryNode negate => Evaluate(negate.Operand, batch, row) is { Type: not null } value ? ExpressionValue.Of(-value.Number) : ExpressionValue.Unknown,
        BinaryNode binary => Binary(binary, batch, row),
        InNode list => In(list, batch, row),
        NullTestNode test => ExpressionValue.Of(Evaluate(test.Operand, batch, row).Type is null != test.IsNegated),
        CallNode call => Call(call, batch, row),
        _ => throw new ArgumentOutOfRangeException(nameof(node), node, "unknown node"),
    };

    private static ExpressionValue Binary(BinaryNode node, DocumentBatch batch, int row)
    {
        ExpressionValue left = Evaluate(node.Left, batch, row);
        switch (node.Operator)
        {
            case ExpressionOperator.And:
                return left.AsBoolean() is false ? left : ExpressionValue.Of(left.AsBoolean() & Evaluate(node.Right, batch, row).AsBoolean());
            case ExpressionOperator.Or:
                return left.AsBoolean() is true ? left : ExpressionValue.Of(left.AsBoolean() | Evaluate(node.Right, batch, row).AsBoolean());
        }

        ExpressionValue right = Evaluate(node.Right, batch, row);
        if (left.Type is null || right.Type is null)
        {
            return ExpressionValue.Unknown;
        }

        if (left.Type != right.Type)
        {
            throw new InvalidCastException($"'{ExpressionText.Symbol(node.Operator)}' has {left.Type} on its left and {right.Type} on its right");
        }

        return node.Operator switch
        {
            ExpressionOperator.Add => ExpressionValue.Of(left.Number + right.Number),
            ExpressionOperator.Subtract => ExpressionValue.Of(left.Number - right.Number),
            ExpressionOperator.Multiply => ExpressionValue.Of(left.Number * right.Number),
            ExpressionOperator.Divide => ExpressionValue.Of(left.Number / right.Number),
            ExpressionOperator.Contains => ExpressionValue.Of(left.Text.IndexOf(right.Text) >= 0),
            ExpressionOperator.StartsWith => ExpressionValue.Of(left.Text.StartsWith(right.Text)),
            ExpressionOperator.EndsWith => ExpressionValue.Of(left.Text.EndsWith(right.Text)),
            ExpressionOperator.Equal => ExpressionValue.Of(ExpressionValue.Compare(left, right) == 0),
            ExpressionOperator.NotEqual => ExpressionValue.Of(ExpressionValue.Compare(left, right) != 0),
            ExpressionOperator.Less => ExpressionValue.Of(ExpressionValue.Compare(left, right) < 0),
            ExpressionOperator.LessOrEqual => ExpressionValue.Of(ExpressionValue.Compare(left, right) <= 0),
            ExpressionOperator.Greater => ExpressionValue.Of(ExpressionValue.Compare(left, right) > 0),
            ExpressionOperator.GreaterOrEqual => ExpressionValue.Of(ExpressionValue.Compare(left, right) >= 0),
            _ => throw new ArgumentOutOfRangeException(nameof(node), node.Operator, "unknown operator"),
        };
    }

    private static ExpressionValue In(InNode node, DocumentBatch batch, int row)
    {
        ExpressionValue value = Evaluate(node.Operand, batch, row);
        if (value.Type is null)
        {
            return ExpressionValue.Unknown;
        }

        foreach (LiteralNode item in node.Items)
        {
            ExpressionValue candidate = Literal(item);
            if (candidate.Type == value.Type && ExpressionValue.Compare(candidate, value) == 0)
            {
                return ExpressionValue.Of(!node.IsNegated);
            }
        }

        return ExpressionValue.Of(node.IsNegated);
    }

    private static ExpressionValue Call(CallNode node, DocumentBatch batch, int row)
    {
        ExpressionValue argument = Evaluate(node.Argument, batch, row);
        if (argument.Type is null)
        {
            return ExpressionValue.Unknown;
        }

        return node.Function == "abs" ? ExpressionValue.Of(Math.Abs(argument.Number)) : ExpressionValue.Of((double)CountCodePoints(argument.Text));
    }

    private static int CountCodePoints(ReadOnlySpan<byte> utf8)
    {
        int count = 0;
        foreach (byte b in utf8)
        {
            count += (b & 0xC0) != 0x80 ? 1 : 0;
        }

        return count;
    }

    private static ExpressionValue Literal(LiteralNode node) => node.Value switch
    {
        double number => ExpressionValue.Of(number),
        bool flag => ExpressionValue.Of(flag),
        _ => ExpressionValue.Of(node.Utf8.AsMemory()),
    };

    private static ExpressionValue Column(Column column, int row)
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
