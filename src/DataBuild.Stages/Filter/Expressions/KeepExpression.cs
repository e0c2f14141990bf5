namespace DataBuild.Stages.Filter.Expressions;

/// <summary>
/// An expression over the columns of a document that says whether it stays: <c>gopher.meanWordLength &lt; 9 and language.code in ('en', 'de')</c>.
/// Operators, weakest first: <c>or</c>; <c>and</c>; <c>not</c>; <c>== != &lt; &lt;= &gt; &gt;=</c> (also <c>eq ne lt le gt ge</c>, which need no escape in XML),
/// <c>in (...)</c>, <c>not in (...)</c>, <c>contains</c>, <c>startswith</c>, <c>endswith</c>, <c>is null</c>, <c>is not null</c>; <c>+ -</c>; <c>* /</c>; <c>-</c>.
/// Functions: <c>length(text)</c> in code points, <c>abs(number)</c>. Texts compare by their bytes. Numbers are 64-bit floating point.
/// A missing value makes arithmetic and comparisons unknown; <c>and</c>, <c>or</c>, <c>not</c> follow Kleene's logic; division by zero is unknown.
/// </summary>
public sealed class KeepExpression
{
    private readonly ExpressionNode _root;

    private KeepExpression(string source, ExpressionNode root)
    {
        _root = root;
        Source = source;
        List<string> columns = [];
        ExpressionText.CollectColumns(root, columns);
        Columns = columns;
        Canonical = ExpressionText.Write(root);
    }

    /// <summary>The expression as it was written.</summary>
    public string Source { get; }

    /// <summary>Names of the columns it reads, in the order of first mention.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The expression in canonical form: two spellings of one expression have the same.</summary>
    public string Canonical { get; }

    /// <summary>Parses an expression.</summary>
    /// <exception cref="FormatException">It cannot be parsed; the message names the character and what was expected.</exception>
    public static KeepExpression Parse(string text) =>
        TryParse(text, out KeepExpression? expression, out ExpressionError error) ? expression! : throw new FormatException($"Keep=\"{text}\" {error}");

    /// <summary>Parses an expression.</summary>
    /// <param name="text">Source.</param>
    /// <param name="expression">The expression, or null.</param>
    /// <param name="error">What is wrong, when the result is false.</param>
    public static bool TryParse(string text, out KeepExpression? expression, out ExpressionError error)
    {
        ArgumentNullException.ThrowIfNull(text);
        ExpressionNode? root = ExpressionParser.Parse(text, out ExpressionError? found);
        expression = root is null ? null : new KeepExpression(text, root);
        error = found ?? default;
        return root is not null;
    }

    /// <summary>Parses the expression of a stage's option.</summary>
    /// <exception cref="StageException">DB4303: it cannot be parsed.</exception>
    public static KeepExpression ParseOption(string stage, string text) =>
        TryParse(text, out KeepExpression? expression, out ExpressionError error) ? expression! : throw new StageException("DB4303", $"{stage}.Keep=\"{text}\" {error}");

    /// <summary>Refuses an expression of a stage's option that its columns do not fit.</summary>
    /// <exception cref="StageException">DB4303: an unknown column, or types that do not go together.</exception>
    internal void RequireColumns(string stage, IReadOnlyDictionary<string, string> columns)
    {
        foreach (ExpressionError error in ExpressionColumns.Check(_root, columns, (name, names) => Suggestion.For(name, names)).Take(1))
        {
            throw new StageException("DB4303", $"{stage}.Keep=\"{Source}\" {error}");
        }
    }

    /// <summary>Every error of names and types.</summary>
    /// <param name="columns">The columns there are, by absolute name.</param>
    public IReadOnlyList<ExpressionError> Check(IReadOnlyDictionary<string, ColumnType> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        return ExpressionColumns.Check(_root, columns.ToDictionary(c => c.Key, c => c.Value.ToString(), StringComparer.Ordinal), (name, names) => Suggestion.For(name, names));
    }

    /// <summary>Whether the row stays; null when a missing value leaves it unknown.</summary>
    /// <exception cref="KeyNotFoundException">A column is not in the batch.</exception>
    /// <exception cref="InvalidCastException">A column's type does not fit; <see cref="Check"/> tells before.</exception>
    public bool? Evaluate(DocumentBatch batch, int row)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return ExpressionEvaluator.Evaluate(_root, new BatchRow(batch, row)).AsBoolean();
    }

    /// <summary>Whether a row of other values stays; null when a missing value leaves it unknown.</summary>
    internal bool? Evaluate<TRow>(in TRow row) where TRow : struct, IExpressionRow => ExpressionEvaluator.Evaluate(_root, in row).AsBoolean();

    /// <summary>The first of the parts that <c>and</c> joins that is false.</summary>
    internal ExpressionNode? FirstFalse<TRow>(in TRow row) where TRow : struct, IExpressionRow => FirstFalse(_root, in row);

    private static ExpressionNode? FirstFalse<TRow>(ExpressionNode node, in TRow row) where TRow : struct, IExpressionRow =>
        node is BinaryNode { Operator: ExpressionOperator.And } and ? FirstFalse(and.Left, in row) ?? FirstFalse(and.Right, in row)
        : ExpressionEvaluator.Evaluate(node, in row).AsBoolean() is false ? node : null;

    /// <inheritdoc />
    public override string ToString() => Canonical;
}
