namespace DataBuild.Stages.Filter.Expressions;

/// <summary>Evaluates expressions on rows, without allocation.</summary>
internal static class ExpressionEvaluator
{
    public static ExpressionValue Evaluate<TRow>(ExpressionNode node, in TRow row) where TRow : struct, IExpressionRow => node switch
    {
        LiteralNode literal => Literal(literal),
        ColumnNode column => row.ValueOf(column.Name),
        UnaryNode { Operator: ExpressionOperator.Not } not => ExpressionValue.Of(!Evaluate(not.Operand, in row).AsBoolean()),
        UnaryNode negate => Evaluate(negate.Operand, in row) is { Type: not null } value ? ExpressionValue.Of(-value.Number) : ExpressionValue.Unknown,
        BinaryNode binary => Binary(binary, in row),
        InNode list => In(list, in row),
        NullTestNode test => ExpressionValue.Of(Evaluate(test.Operand, in row).Type is null != test.IsNegated),
        CallNode call => Call(call, in row),
        _ => throw new ArgumentOutOfRangeException(nameof(node), node, "unknown node"),
    };

    private static ExpressionValue Binary<TRow>(BinaryNode node, in TRow row) where TRow : struct, IExpressionRow
    {
        ExpressionValue left = Evaluate(node.Left, in row);
        switch (node.Operator)
        {
            case ExpressionOperator.And:
                return left.AsBoolean() is false ? left : ExpressionValue.Of(left.AsBoolean() & Evaluate(node.Right, in row).AsBoolean());
            case ExpressionOperator.Or:
                return left.AsBoolean() is true ? left : ExpressionValue.Of(left.AsBoolean() | Evaluate(node.Right, in row).AsBoolean());
        }

        ExpressionValue right = Evaluate(node.Right, in row);
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

    private static ExpressionValue In<TRow>(InNode node, in TRow row) where TRow : struct, IExpressionRow
    {
        ExpressionValue value = Evaluate(node.Operand, in row);
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

    private static ExpressionValue Call<TRow>(CallNode node, in TRow row) where TRow : struct, IExpressionRow
    {
        ExpressionValue argument = Evaluate(node.Argument, in row);
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
}
