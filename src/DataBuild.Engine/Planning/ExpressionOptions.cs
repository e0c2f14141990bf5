using DataBuild.Stages.Filter.Expressions;

namespace DataBuild.Engine.Planning;

/// <summary>Checks the expressions among a stage's options, in the words of the compiler's check.</summary>
internal static class ExpressionOptions
{
    /// <summary>What is wrong with them.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="item">Its item.</param>
    /// <param name="name">Name of this use of the stage.</param>
    /// <param name="before">Columns that exist before it.</param>
    public static IReadOnlyList<string> Check(StageDescriptor stage, StageItem item, string name, IReadOnlyDictionary<string, ColumnType> before)
    {
        List<string> errors = [];
        foreach (OptionDescriptor option in stage.Options.Where(o => o.Kind == OptionKind.Expression))
        {
            string? source = item.Metadata.FirstOrDefault(m => m.Key.Equals(option.Name, StringComparison.OrdinalIgnoreCase)).Value?.Trim();
            if (string.IsNullOrEmpty(source))
            {
                continue;
            }

            // A threshold decides from the stage's own figures; another option reads what is there before.
            IReadOnlyDictionary<string, string> columns = option.Role == OptionRole.Threshold
                ? ExpressionColumns.OfStage(name, stage.ColumnPrefix, stage.Columns.Select(c => KeyValuePair.Create(c.Name, c.Type.ToString())))
                : before.ToDictionary(c => c.Key, c => c.Value.ToString(), StringComparer.Ordinal);
            errors.AddRange(ExpressionColumns.Check(source, columns, (typed, known) => Suggestion.For(typed, known)).Select(e => $"{stage.Name}.{option.Name} {e}"));
        }

        return errors;
    }
}
