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
