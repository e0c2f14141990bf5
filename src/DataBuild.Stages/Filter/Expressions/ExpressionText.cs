using System.Globalization;
using System.Text;

namespace DataBuild.Stages.Filter.Expressions;

/// <summary>Writes expressions in one canonical form: lower-case words, single spaces, no parentheses but those needed.</summary>
internal static class ExpressionText
{
    public static string Write(ExpressionNode node)
    {
        StringBuilder text = new();
        Write(text, node, 0);
        return text.ToString();
    }

    /// <summary>Names of the columns, each once, in the order of first mention.</summary>
    public static void CollectColumns(ExpressionNode node, List<string> names)
    {
        switch (node)
        {
            case ColumnNode column when !names.Contains(column.Name):
                names.Add(column.Name);
                break;
            case UnaryNode unary:
                CollectColumns(unary.Operand, names);
                break;
            case BinaryNode binary:
                CollectColumns(binary.Left, names);
                CollectColumns(binary.Right, names);
                break;
            case InNode list:
                CollectColumns(list.Operand, names);
                break;
            case NullTestNode test:
                CollectColumns(test.Operand, names);
                break;
            case CallNode call:
                CollectColumns(call.Argument, names);
                break;
        }
    }

    private static void Write(StringBuilder text, ExpressionNode node, int outer)
    {
        int own = Precedence(node);
        if (own < outer)
        {
            _ = text.Append('(');
        }

        switch (node)
        {
            case LiteralNode literal:
                _ = text.Append(Literal(literal.Value));
                break;
            case ColumnNode column:
                _ = text.Append(column.Name);
                break;
            case UnaryNode unary:
                _ = text.Append(unary.Operator == ExpressionOperator.Not ? "not " : "-");
                Write(text, unary.Operand, own + (unary.Operator == ExpressionOperator.Negate ? 1 : 0));
                break;
            case BinaryNode binary:
                // Left-associative: an equal operator on the right keeps its parentheses.
                Write(text, binary.Left, own == 3 ? own + 1 : own);
                _ = text.Append(' ').Append(Symbol(binary.Operator)).Append(' ');
                Write(text, binary.Right, own + 1);
                break;
            case InNode list:
                Write(text, list.Operand, own + 1);
                _ = text.Append(list.IsNegated ? " not in (" : " in (").Append(string.Join(", ", list.Items.Select(i => Literal(i.Value)))).Append(')');
                break;
            case NullTestNode test:
                Write(text, test.Operand, own + 1);
                _ = text.Append(test.IsNegated ? " is not null" : " is null");
                break;
            case CallNode call:
                _ = text.Append(call.Function).Append('(');
                Write(text, call.Argument, 0);
                _ = text.Append(')');
                break;
        }

        if (own < outer)
        {
            _ = text.Append(')');
        }
    }

    private static string Literal(object value) => value switch
    {
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        _ => "'" + ((string)value).Replace("'", "''") + "'",
    };

    private static int Precedence(ExpressionNode node) => node switch
    {
        BinaryNode { Operator: ExpressionOperator.Or } => 0,
        BinaryNode { Operator: ExpressionOperator.And } => 1,
        UnaryNode { Operator: ExpressionOperator.Not } => 2,
        InNode or NullTestNode => 3,
        BinaryNode { Operator: ExpressionOperator.Add or ExpressionOperator.Subtract } => 4,
        BinaryNode { Operator: ExpressionOperator.Multiply or ExpressionOperator.Divide } => 5,
        BinaryNode => 3,
        UnaryNode => 6,
        LiteralNode { Value: double number } when number < 0 => 6,
        _ => 7,
    };

    /// <summary>The operator as it is written.</summary>
    public static string Symbol(ExpressionOperator op) => op switch
    {
        ExpressionOperator.Or => "or",
        ExpressionOperator.And => "and",
        ExpressionOperator.Not => "not",
        ExpressionOperator.Equal => "==",
        ExpressionOperator.NotEqual => "!=",
        ExpressionOperator.Less => "<",
        ExpressionOperator.LessOrEqual => "<=",
        ExpressionOperator.Greater => ">",
        ExpressionOperator.GreaterOrEqual => ">=",
        ExpressionOperator.Contains => "contains",
        ExpressionOperator.StartsWith => "startswith",
        ExpressionOperator.EndsWith => "endswith",
        ExpressionOperator.Add => "+",
        ExpressionOperator.Subtract or ExpressionOperator.Negate => "-",
        ExpressionOperator.Multiply => "*",
        ExpressionOperator.Divide => "/",
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "unknown operator"),
    };
}
