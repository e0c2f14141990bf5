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

    /// <summary>Every error of names and types.</summary>
    /// <param name="columns">The columns there are, by absolute name.</param>
    public IReadOnlyList<ExpressionError> Check(IReadOnlyDictionary<string, ColumnType> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        return new ExpressionChecker(
            name => columns.TryGetValue(name, out ColumnType type) ? TypeOf(type) : null,
            name => columns.TryGetValue(name, out ColumnType type)
                ? $"column '{name}' holds {type}, which an expression cannot use"
                : $"there is no column '{name}' here{Suggest(name, columns)}").Check(_root);
    }

    /// <summary>Whether the row stays; null when a missing value leaves it unknown.</summary>
    /// <exception cref="KeyNotFoundException">A column is not in the batch.</exception>
    /// <exception cref="InvalidCastException">A column's type does not fit; <see cref="Check"/> tells before.</exception>
    public bool? Evaluate(DocumentBatch batch, int row)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return ExpressionEvaluator.Evaluate(_root, batch, row).AsBoolean();
    }

    /// <inheritdoc />
    public override string ToString() => Canonical;

    private static ExpressionType? TypeOf(ColumnType type) => type switch
    {
        ColumnType.Boolean => ExpressionType.Boolean,
        ColumnType.Int32 or ColumnType.Int64 or ColumnType.UInt64 or ColumnType.Single or ColumnType.Double => ExpressionType.Number,
        ColumnType.String => ExpressionType.Text,
        _ => null,
    };

    private static string Suggest(string name, IReadOnlyDictionary<string, ColumnType> columns)
    {
        string[] names = [.. columns.Keys.Order(StringComparer.Ordinal)];
        return Suggestion.For(name, names) is { } best ? $"; did you mean '{best}'?" : $"; there are: {string.Join(", ", names)}";
    }
}
