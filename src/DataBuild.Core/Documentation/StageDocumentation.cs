using System.Globalization;
using System.Text;

namespace DataBuild;

/// <summary>Renders the reference page of stages from their descriptors.</summary>
public static class StageDocumentation
{
    private static readonly (string Name, string Values, string Summary)[] CommonOptions =
    [
        ("Name", "a name, unique in the plan", "Name of this use of the stage: first part of its columns' names."),
        ("Measure", "`WithText`, `Kept`, `All`", "Which documents are measured: all that have a text, only those that earlier stages kept, or every row."),
        ("OnError", "`Fail`, `Drop`", "What happens when the stage throws on a document: the build fails, or the document is dropped with the reason `stage_error`. Without it: `InvalidDataException` drops the document (`bad_input`), any other exception fails the build."),
    ];

    /// <summary>The page, in Markdown with '\n' newlines: an index by phase, then each stage with its options and columns.</summary>
    /// <param name="stages">Descriptors, in any order.</param>
    public static string Markdown(IReadOnlyList<StageDescriptor> stages)
    {
        StringBuilder text = new();
        text.Append("# Stages\n\n");
        text.Append("<!-- Generated from the stages' declarations; edit those. -->\n\n");
        text.Append("A stage is one step of a dataset: `<Stage Include=\"Name\" Option=\"value\" />`. Stages run in the order in which the project file lists them.\n");
        text.Append("A relative path starts from the project's folder. A number is written with '.' whatever the machine's culture.\n\n");
        text.Append("An option's mark says what an edit of it costs: **decides** decides anew from stored figures, **measures** measures anew, **free** changes no output.\n\n");
        text.Append("Every stage also takes:\n\n| Option | Values | Meaning |\n| --- | --- | --- |\n");
        foreach ((string name, string values, string summary) in CommonOptions)
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{name}` | {values} | {summary} |\n");
        }

        StageDescriptor[] ordered = [.. stages.OrderBy(s => s.Phase).ThenBy(s => s.Name, StringComparer.Ordinal)];
        text.Append("\n| Phase | Stage | |\n| --- | --- | --- |\n");
        foreach (StageDescriptor stage in ordered)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {stage.Phase} | [{stage.Name}](#{Anchor(stage.Name)}) | {Cell(stage.Summary)} |\n");
        }

        foreach (StageDescriptor stage in ordered)
        {
            AppendStage(text, stage);
        }

        return text.ToString();
    }

    /// <summary>Values that an option takes, in words: <c>integer from 0 to 10 (words)</c>.</summary>
    public static string Values(OptionDescriptor option)
    {
        string choices = string.Join(", ", option.Choices.Select(c => $"`{c}`"));
        return option.Kind switch
        {
            OptionKind.Boolean => "`true`, `false`",
            OptionKind.Integer => "integer" + Range(option),
            OptionKind.Number => "number" + Range(option),
            OptionKind.Choice => choices,
            OptionKind.TextList => "texts, ';' or ',' between them",
            OptionKind.File => option.Choices.Count == 0 ? "file" : $"file, or one of {choices}",
            OptionKind.FileList => "files, ';' between them",
            OptionKind.Expression => "expression over columns",
            _ => option.Unit.Length == 0 ? "text" : $"text ({option.Unit})",
        };
    }

    private static void AppendStage(StringBuilder text, StageDescriptor stage)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {stage.Name}\n\n{stage.Summary}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Phase {stage.Phase}; version {stage.Version}; columns start with `{stage.ColumnPrefix}`.\n");
        if (stage.Options.Count > 0)
        {
            text.Append("\n| Option | Values | Default | Mark | Meaning |\n| --- | --- | --- | --- | --- |\n");
            foreach (OptionDescriptor option in stage.Options)
            {
                string defaultValue = option.Required ? "required" : option.Default is { Length: > 0 } value ? $"`{Cell(value)}`" : "";
                text.Append(CultureInfo.InvariantCulture, $"| `{option.Name}` | {Cell(Values(option))} | {defaultValue} | {Mark(option.Role)} | {Cell(option.Summary)} |\n");
            }
        }

        if (stage.Columns.Count > 0)
        {
            text.Append("\n| Column | Type | Meaning |\n| --- | --- | --- |\n");
            foreach (ColumnSchema column in stage.Columns)
            {
                text.Append(CultureInfo.InvariantCulture, $"| `{column.ForStage(stage.ColumnPrefix).Name}` | {column.Type} | {Cell(column.Description)} |\n");
            }
        }
    }

    private static string Mark(OptionRole role) => role switch
    {
        OptionRole.Threshold => "decides",
        OptionRole.WithoutEffectOnOutput => "free",
        _ => "measures",
    };

    private static string Range(OptionDescriptor option)
    {
        string range = (double.IsNegativeInfinity(option.Min), double.IsPositiveInfinity(option.Max)) switch
        {
            (true, true) => "",
            (false, true) => string.Create(CultureInfo.InvariantCulture, $" of at least {option.Min}"),
            (true, false) => string.Create(CultureInfo.InvariantCulture, $" of at most {option.Max}"),
            _ => string.Create(CultureInfo.InvariantCulture, $" from {option.Min} to {option.Max}"),
        };
        return option.Unit.Length == 0 ? range : $"{range} ({option.Unit})";
    }

    private static string Anchor(string heading) => heading.ToLowerInvariant();

    // A line end or a bar would end the table's cell, and '<' could start a tag.
    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
