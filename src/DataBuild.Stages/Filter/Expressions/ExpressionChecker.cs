namespace DataBuild.Stages.Filter.Expressions;

/// <summary>Finds the types of an expression's parts and every error in them.</summary>
internal sealed class ExpressionChecker
{
    private readonly Func<string, ExpressionType?> _typeOf;
    private readonly Func<string, string> _explain;
    private readonly List<ExpressionError> _errors = [];

    /// <summary>Creates a checker.</summary>
    /// <param name="typeOf">Type of a column, or null when an expression cannot use it.</param>
    /// <param name="explain">Says why a column cannot be used.</param>
    public ExpressionChecker(Func<string, ExpressionType?> typeOf, Func<string, string> explain)
    {
        _typeOf = typeOf;
        _explain = explain;
    }

    /// <summary>Errors of an expression that is to be true or false.</summary>
    public IReadOnlyList<ExpressionError> Check(ExpressionNode node)
    {
        Require(node, ExpressionType.Boolean, "the expression as a whole");
        return _errors;
    }

    private ExpressionType? TypeOf(ExpressionNode node)
    {
        switch (node)
        {
            case LiteralNode literal:
                return literal.Value is double ? ExpressionType.Number : literal.Value is bool ? ExpressionType.Boolean : ExpressionType.Text;
            case ColumnNode column:
                ExpressionType? type = _typeOf(column.Name);
                if (type is null)
                {
                    Fail(column, _explain(column.Name));
                }

                return type;
            case UnaryNode unary:
                ExpressionType operand = unary.Operator == ExpressionOperator.Not ? ExpressionType.Boolean : ExpressionType.Number;
                Require(unary.Operand, operand, $"the operand of '{ExpressionText.Symbol(unary.Operator)}'");
                return operand;
            case BinaryNode binary:
                return TypeOf(binary);
            case InNode list:
                return TypeOf(list);
            case NullTestNode test:
                _ = TypeOf(test.Operand);
                return ExpressionType.Boolean;
            case CallNode call:
                Require(call.Argument, call.Function == "length" ? ExpressionType.Text : ExpressionType.Number, $"the argument of {call.Function}");
                return ExpressionType.Number;
            default:
                throw new ArgumentOutOfRangeException(nameof(node), node, "unknown node");
        }
    }

    private ExpressionType TypeOf(BinaryNode node)
    {
        string symbol = ExpressionText.Symbol(node.Operator);
        switch (node.Operator)
        {
            case ExpressionOperator.Or or ExpressionOperator.And:
                Require(node.Left, ExpressionType.Boolean, $"the left side of '{symbol}'");
                Require(node.Right, ExpressionType.Boolean, $"the right side of '{symbol}'");
                return ExpressionType.Boolean;
            case ExpressionOperator.Add or ExpressionOperator.Subtract or ExpressionOperator.Multiply or ExpressionOperator.Divide:
                Require(node.Left, ExpressionType.Number, $"the left side of '{symbol}'");
                Require(node.Right, ExpressionType.Number, $"the right side of '{symbol}'");
                return ExpressionType.Number;
            case ExpressionOperator.Contains or ExpressionOperator.StartsWith or ExpressionOperator.EndsWith:
                Require(node.Left, ExpressionType.Text, $"the left side of '{symbol}'");
                Require(node.Right, ExpressionType.Text, $"the right side of '{symbol}'");
                return ExpressionType.Boolean;
            default:
                ExpressionType? left = TypeOf(node.Left);
                ExpressionType? right = TypeOf(node.Right);
                if (left is not null && right is not null && left != right)
                {
                    Fail(node, $"'{symbol}' compares {Name(left)} with {Name(right)}");
                }
                else if (left == ExpressionType.Boolean && node.Operator is not (ExpressionOperator.Equal or ExpressionOperator.NotEqual))
                {
                    Fail(node, $"'{symbol}' cannot order true and false");
                }

                return ExpressionType.Boolean;
        }
    }

    private ExpressionType TypeOf(InNode node)
    {
        ExpressionType? operand = TypeOf(node.Operand);
        foreach (LiteralNode item in node.Items.Where(i => operand is not null && TypeOf(i) != operand))
        {
            Fail(item, $"the list holds {Name(TypeOf(item))}, the value before 'in' is {Name(operand)}");
        }

        return ExpressionType.Boolean;
    }

    private void Require(ExpressionNode node, ExpressionType expected, string what)
    {
        ExpressionType? type = TypeOf(node);
        if (type is not null && type != expected)
        {
            Fail(node, $"{what} is {Name(type)}; expected {Name(expected)}");
        }
    }

    private void Fail(ExpressionNode node, string message) => _errors.Add(new ExpressionError(node.Position, node.Length, message));

    private static string Name(ExpressionType? type) => type switch
    {
        ExpressionType.Boolean => "true or false",
        ExpressionType.Number => "a number",
        _ => "text",
    };
}
