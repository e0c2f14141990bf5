using DataBuild.Generators.Figures;
using DataBuild.Generators.Text;

namespace DataBuild.Generators.Stages;

/// <summary>Writes a stage as JSON, for the compilations that reference its assembly.</summary>
internal static class StageSchemaWriter
{
    /// <summary>Version of the format; readers refuse a later one.</summary>
    public const int FormatVersion = 1;

    public static string Write(StageModel stage)
    {
        JsonWriter json = new();
        json.Open('{');
        json.Property("formatVersion").Number(FormatVersion);
        json.Property("name").Text(stage.Name);
        json.Property("phase").Text(stage.Phase);
        json.Property("version").Number(stage.Version);
        json.Property("columnPrefix").Text(stage.ColumnPrefix);
        json.Property("summary").Text(stage.Summary);
        json.Property("payload").Flag(stage.ReadsPayload);
        json.Property("options").Open('[');
        foreach (OptionModel option in stage.Options)
        {
            WriteOption(json, option);
        }

        json.Close(']');
        json.Property("columns").Open('[');
        foreach (FigureModel column in stage.Columns)
        {
            json.Open('{');
            json.Property("name").Text(column.Column);
            json.Property("type").Text(column.ColumnType);
            json.Property("nullable").Flag(column.IsNullable);
            json.Property("description").Text(column.Description);
            json.Close('}');
        }

        json.Close(']');
        json.Property("published").Open('[');
        foreach (string column in stage.PublishedColumns)
        {
            json.Text(column);
        }

        json.Close(']');
        json.Close('}');
        return json.ToString();
    }

    private static void WriteOption(JsonWriter json, OptionModel option)
    {
        json.Open('{');
        json.Property("name").Text(option.Name);
        json.Property("kind").Text(option.Kind);
        json.Property("role").Text(option.Role);
        if (option.Default is { } value)
        {
            json.Property("default").Text(value);
        }

        if (option.Kind is "Integer" or "Number")
        {
            json.Property("wide").Flag(option.Type is OptionType.Int64 or OptionType.Double);
        }

        // Infinity has no JSON form: a bound that is not there is left out.
        if (!double.IsInfinity(option.EffectiveMin))
        {
            json.Property("min").Number(option.EffectiveMin);
        }

        if (!double.IsInfinity(option.EffectiveMax))
        {
            json.Property("max").Number(option.EffectiveMax);
        }

        if (option.Unit.Length > 0)
        {
            json.Property("unit").Text(option.Unit);
        }

        if (option.Choices.Count > 0)
        {
            json.Property("choices").Open('[');
            foreach (string choice in option.Choices)
            {
                json.Text(choice);
            }

            json.Close(']');
        }

        if (option.Required)
        {
            json.Property("required").Flag(true);
        }

        json.Property("summary").Text(option.Summary);
        json.Close('}');
    }
}
