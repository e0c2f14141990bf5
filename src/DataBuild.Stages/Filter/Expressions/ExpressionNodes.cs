using System.Text;

namespace DataBuild.Stages.Filter.Expressions;

/// <summary>Type of a value in a keep expression.</summary>
public enum ExpressionType
{
    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A number: columns of integers and of floating point.</summary>
    Number,

    /// <summary>Text.</summary>
    Text,
}

/// <summary>Operators of keep expressions.</summary>
public enum ExpressionOperator
{
    /// <summary><c>or</c>.</summary>
    Or,

    /// <summary><c>and</c>.</summary>
    And,

    /// <summary><c>not</c>.</summary>
    Not,

    /// <summary><c>==</c>.</summary>
    Equal,

    /// <summary><c>!=</c>.</summary>
    NotEqual,

    /// <summary><c>&lt;</c>.</summary>
    Less,

    /// <summary><c>&lt;=</c>.</summary>
    LessOrEqual,

    /// <summary><c>&gt;</c>.</summary>
    Greater,

    /// <summary><c>&gt;=</c>.</summary>
    GreaterOrEqual,

    /// <summary><c>contains</c>.</summary>
    Contains,

    /// <summary><c>startswith</c>.</summary>
    StartsWith,

    /// <summary><c>endswith</c>.</summary>
    EndsWith,

    /// <summary><c>+</c>.</summary>
    Add,

    /// <summary><c>-</c> between two numbers.</summary>
    Subtract,

    /// <summary><c>*</c>.</summary>
    Multiply,

    /// <summary><c>/</c>.</summary>
    Divide,

    /// <summary><c>-</c> before a number.</summary>
    Negate,
}

/// <summary>A node of a parsed expression.</summary>
public abstract class ExpressionNode
{
    /// <summary>Creates a node.</summary>
    protected ExpressionNode(int position, int length)
    {
        Position = position;
        Length = length;
    }

    /// <summary>First character of the node in the source.</summary>
    public int Position { get; }

    /// <summary>Characters of the node in the source.</summary>
    public int Length { get; }
}

/// <summary>A number, a text, true or false.</summary>
public sealed class LiteralNode : ExpressionNode
{
    /// <summary>Creates a literal.</summary>
    /// <param name="value">A <c>double</c>, a <c>string</c> or a <c>bool</c>.</param>
    /// <param name="position">First character.</param>
    /// <param name="length">Characters.</param>
    public LiteralNode(object value, int position, int length)
        : base(position, length)
    {
        Value = value;
        Utf8 = value is string text ? Encoding.UTF8.GetBytes(text) : [];
    }

    /// <summary>A <c>double</c>, a <c>string</c> or a <c>bool</c>.</summary>
    public object Value { get; }

    /// <summary>A text's bytes.</summary>
    internal byte[] Utf8 { get; }
}

/// <summary>A column by its name.</summary>
public sealed class ColumnNode : ExpressionNode
{
    /// <summary>Creates a reference.</summary>
    public ColumnNode(string name, int position, int length)
        : base(position, length) => Name = name;

    /// <summary>Absolute name of the column.</summary>
    public string Name { get; }
}

/// <summary>An operator before its operand.</summary>
public sealed class UnaryNode : ExpressionNode
{
    /// <summary>Creates a node.</summary>
    public UnaryNode(ExpressionOperator op, ExpressionNode operand, int position, int length)
        : base(position, length)
    {
        Operator = op;
        Operand = operand;
    }

    /// <summary>The operator.</summary>
    public ExpressionOperator Operator { get; }

    /// <summary>The operand.</summary>
    public ExpressionNode Operand { get; }
}

/// <summary>An operator between its operands.</summary>
public sealed class BinaryNode : ExpressionNode
{
    /// <summary>Creates a node.</summary>
    public BinaryNode(ExpressionOperator op, ExpressionNode left, ExpressionNode right)
        : base(left.Position, right.Position + right.Length - left.Position)
    {
        Operator = op;
        Left = left;
        Right = right;
    }

    /// <summary>The operator.</summary>
    public ExpressionOperator Operator { get; }

    /// <summary>Left operand.</summary>
    public ExpressionNode Left { get; }

    /// <summary>Right operand.</summary>
    public ExpressionNode Right { get; }
}

/// <summary><c>x in (a, b)</c> or <c>x not in (a, b)</c>.</summary>
public sealed class InNode : ExpressionNode
{
    /// <summary>Creates a node.</summary>
    public InNode(ExpressionNode operand, IReadOnlyList<LiteralNode> items, bool isNegated, int end)
        : base(operand.Position, end - operand.Position)
    {
        Operand = operand;
        Items = items;
        IsNegated = isNegated;
    }

    /// <summary>The value looked for.</summary>
    public ExpressionNode Operand { get; }

    /// <summary>The values it may have.</summary>
    public IReadOnlyList<LiteralNode> Items { get; }

    /// <summary>True for <c>not in</c>.</summary>
    public bool IsNegated { get; }
}

/// <summary><c>x is null</c> or <c>x is not null</c>.</summary>
public sealed class NullTestNode : ExpressionNode
{
    /// <summary>Creates a node.</summary>
    public NullTestNode(ExpressionNode operand, bool isNegated, int end)
        : base(operand.Position, end - operand.Position)
    {
        Operand = operand;
        IsNegated = isNegated;
    }

    /// <summary>The value tested.</summary>
    public ExpressionNode Operand { get; }

    /// <summary>True for <c>is not null</c>.</summary>
    public bool IsNegated { get; }
}

/// <summary><c>length(x)</c> or <c>abs(x)</c>.</summary>
public sealed class CallNode : ExpressionNode
{
    /// <summary>Creates a node.</summary>
    public CallNode(string function, ExpressionNode argument, int position, int length)
        : base(position, length)
    {
        Function = function;
        Argument = argument;
    }

    /// <summary><c>length</c> or <c>abs</c>.</summary>
    public string Function { get; }

    /// <summary>The argument.</summary>
    public ExpressionNode Argument { get; }
}

/// <summary>An error in an expression.</summary>
public readonly struct ExpressionError
{
    /// <summary>Creates an error.</summary>
    public ExpressionError(int position, int length, string message)
    {
        Position = position;
        Length = length;
        Message = message;
    }

    /// <summary>First character it is about, from 0.</summary>
    public int Position { get; }

    /// <summary>Characters it is about.</summary>
    public int Length { get; }

    /// <summary>What was found, what was expected.</summary>
    public string Message { get; }

    /// <inheritdoc />
    public override string ToString() => $"at character {Position + 1}: {Message}";
}
