namespace DataBuild.Stages.Filter.Expressions;

/// <summary>
/// Checks expressions against the columns that there are. Compiled into the worker and into the analyzer of project files, so that both say the same.
/// </summary>
public static class ExpressionColumns
{
    /// <summary>Every error of an expression; none when it can be evaluated.</summary>
    /// <param name="source">The expression.</param>
    /// <param name="columns">Columns by name; their types are members of <c>ColumnType</c>.</param>
    /// <param name="suggest">Finds the name that was probably meant.</param>
    public static IReadOnlyList<ExpressionError> Check(string source, IReadOnlyDictionary<string, string> columns, Func<string, string[], string?> suggest)
    {
        ExpressionNode? root = ExpressionParser.Parse(source, out ExpressionError? error);
        return root is null ? [error!.Value] : Check(root, columns, suggest);
    }

    /// <summary>Every error of names and types in a parsed expression.</summary>
    /// <param name="root">The expression.</param>
    /// <param name="columns">Columns by name.</param>
    /// <param name="suggest">Finds the name that was probably meant.</param>
    public static IReadOnlyList<ExpressionError> Check(ExpressionNode root, IReadOnlyDictionary<string, string> columns, Func<string, string[], string?> suggest) =>
        new ExpressionChecker(
            name => columns.TryGetValue(name, out string? type) ? TypeOf(type) : null,
            name => columns.TryGetValue(name, out string? type)
                ? $"column '{name}' holds {type}, which an expression cannot use"
                : $"there is no column '{name}' here{Suggest(name, columns, suggest)}").Check(root);

    /// <summary>
    /// The names by which a stage's own expression knows its figures: <c>value</c> and <c>score.value</c>, and for a figure called <c>value</c> the stage's
    /// column prefix alone (<c>score</c>).
    /// </summary>
    /// <param name="instanceName">Name of this use of the stage.</param>
    /// <param name="columnPrefix">Name that the stage has where a project gives none.</param>
    /// <param name="figures">Figures as declared, relative ones with a leading '.', with their types.</param>
    public static IReadOnlyDictionary<string, string> OfStage(string instanceName, string columnPrefix, IEnumerable<KeyValuePair<string, string>> figures)
    {
        Dictionary<string, string> columns = new(StringComparer.OrdinalIgnoreCase);
        foreach (KeyValuePair<string, string> figure in figures)
        {
            if (figure.Key.Length == 0 || figure.Key[0] != '.')
            {
                continue;
            }

            columns[figure.Key.Substring(1)] = figure.Value;
            columns[instanceName + figure.Key] = figure.Value;
            if (figure.Key == ".value")
            {
                columns[columnPrefix] = figure.Value;
            }
        }

        return columns;
    }

    private static ExpressionType? TypeOf(string type) => type switch
    {
        "Boolean" => ExpressionType.Boolean,
        "Int32" or "Int64" or "UInt64" or "Single" or "Double" => ExpressionType.Number,
        "String" => ExpressionType.Text,
        _ => null,
    };

    private static string Suggest(string name, IReadOnlyDictionary<string, string> columns, Func<string, string[], string?> suggest)
    {
        string[] names = [.. columns.Keys.OrderBy(n => n, StringComparer.Ordinal)];
        return suggest(name, names) is { } best ? $"; did you mean '{best}'?" : $"; there are: {string.Join(", ", names)}";
    }
}
