using DataBuild.Generators.Text;
using DataBuild.Stages.Filter.Expressions;

namespace DataBuild.Generators.Plan;

/// <summary>Checks the expressions among a stage's options: names and types of columns, in the words of the worker.</summary>
internal static class ExpressionOptions
{
    public static IEnumerable<PlanError> Check(StageSchema stage, StageItem item, int index, string instanceName, PlanColumns before)
    {
        foreach (OptionSchema option in stage.Options.Where(o => o.Kind == "Expression"))
        {
            if (item.Find(option.Name) is not { } source)
            {
                continue;
            }

            IReadOnlyDictionary<string, string> columns = option.Role == "Threshold"
                ? ExpressionColumns.OfStage(instanceName, stage.ColumnPrefix, stage.Columns.Select(c => new KeyValuePair<string, string>(c.Name, c.Type)))
                : before.All;
            foreach (ExpressionError error in ExpressionColumns.Check(source, columns, Suggestion.For))
            {
                yield return new PlanError("DB1060", $"{stage.Name}.{option.Name} {error}", index, option.Name, error.Position, error.Length);
            }
        }
    }
}
