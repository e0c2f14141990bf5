using DataBuild.Engine.Planning;

namespace DataBuild.Engine.Packaging;

/// <summary>A column of the published dataset.</summary>
/// <param name="Source">Its name in the shards.</param>
/// <param name="Name">Its published name, snake_case.</param>
/// <param name="Type">Type.</param>
/// <param name="Description">Meaning.</param>
public sealed record PublishedColumn(string Source, string Name, ColumnType Type, string Description);

/// <summary>Chooses the columns of the published dataset.</summary>
public static class PublishedColumns
{
    /// <summary>Name of the column that holds the crawl input's include path; it is not stored in shards.</summary>
    public const string SourceColumn = "source";

    private const string CodeSuffix = ".code";

    /// <summary>Name that stands for reading the inputs, where others are names of stages.</summary>
    public const string Reading = "read";

    /// <summary>
    /// The columns: identity, address, date, source, text; then absolute columns and those that stages declare as published, in plan order. The property
    /// <c>DataBuildOutputColumns</c>, names separated by ';', replaces the choice.
    /// </summary>
    /// <exception cref="PlanException">The property names a column that no stage makes.</exception>
    public static IReadOnlyList<PublishedColumn> Of(DatasetPlan plan)
    {
        List<PublishedColumn> all =
        [
            Published(PlanResolver.ReadColumns[0]),
            Published(PlanResolver.ReadColumns[1]),
            Published(PlanResolver.ReadColumns[2]),
            new(SourceColumn, SourceColumn, ColumnType.String, "Crawl input that the document was read from"),
            new("text", "text", ColumnType.String, "Text of the document"),
        ];
        HashSet<string> chosen = [.. all.Select(c => c.Source)];
        Dictionary<string, ColumnSchema> known = PlanResolver.ReadColumns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        foreach (PlannedStage stage in plan.Stages)
        {
            HashSet<string> declared = [.. stage.Stage.PublishedColumns.Select(c => c.StartsWith('.') ? stage.Name + c : c)];
            foreach (ColumnSchema column in stage.FigureColumns.Concat(stage.OutcomeColumns))
            {
                known[column.Name] = column;
                bool relative = column.Name.StartsWith(stage.Name + ".", StringComparison.Ordinal);
                if ((!relative || declared.Contains(column.Name)) && chosen.Add(column.Name))
                {
                    all.Add(Published(column));
                }
            }
        }

        if (!plan.File.Properties.TryGetValue("DataBuildOutputColumns", out string? wanted) || string.IsNullOrWhiteSpace(wanted))
        {
            return all;
        }

        List<PublishedColumn> picked = [];
        foreach (string name in wanted.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            PublishedColumn? column = all.FirstOrDefault(c => c.Source == name || c.Name == name)
                ?? (known.TryGetValue(name, out ColumnSchema schema) ? Published(schema) : null);
            if (column is null)
            {
                string suggestion = Suggestion.For(name, [.. known.Keys, .. all.Select(c => c.Name)]) is { } best ? $"; did you mean '{best}'?" : "";
                throw new PlanException("DB1011", $"DataBuildOutputColumns names the column '{name}', which no stage makes{suggestion}", plan.File.ProjectFile);
            }

            picked.Add(column);
        }

        return picked;
    }

    /// <summary>Names of the stored columns that columns are published from.</summary>
    public static IEnumerable<string> StoredOf(IEnumerable<PublishedColumn> columns) => columns.Where(c => c.Source != SourceColumn).Select(c => c.Source);

    /// <summary>Names of the stages that make a column, in order; <c>read</c> where no stage does.</summary>
    public static IReadOnlyList<string> MakersOf(PublishedColumn column, DatasetPlan plan)
    {
        string[] stages = [.. plan.Stages.Where(s => s.FigureColumns.Concat(s.OutcomeColumns).Any(c => c.Name == column.Source)).Select(s => s.Name)];
        return stages.Length > 0 ? stages : [Reading];
    }

    /// <summary>
    /// The published form of a column's name: <c>language.score</c> is <c>language_score</c>, <c>meanWordLength</c> is <c>mean_word_length</c>. A code is what its
    /// stage is there to tell and has the stage's name: <c>language.code</c> is <c>language</c>, as FineWeb and C4 have it.
    /// </summary>
    public static string PublishedName(string column)
    {
        string stage = column.EndsWith(CodeSuffix, StringComparison.Ordinal) ? column[..^CodeSuffix.Length] : "";
        column = stage.Length == 0 || IsOfInput(stage) ? column : stage;
        System.Text.StringBuilder name = new();
        for (int i = 0; i < column.Length; i++)
        {
            char c = column[i];
            if (c is '.' or '-' or ' ')
            {
                name.Append('_');
            }
            else if (char.IsAsciiLetterUpper(c))
            {
                _ = i > 0 && char.IsAsciiLetterLower(column[i - 1]) ? name.Append('_') : name;
                name.Append(char.ToLowerInvariant(c));
            }
            else
            {
                name.Append(c);
            }
        }

        return name.ToString();
    }

    private static bool IsOfInput(string column) => column is SourceColumn or "text" || PlanResolver.ReadColumns.Any(c => c.Name == column);

    private static PublishedColumn Published(ColumnSchema column) => new(column.Name, PublishedName(column.Name), column.Type, column.Description);
}
