using System.Globalization;
using DataBuild.Generators.Text;
using Microsoft.CodeAnalysis.Text;

namespace DataBuild.Generators.Stages;

/// <summary>Writes a stage's descriptor: binding, canonical form and documentation.</summary>
internal static class StageEmitter
{
    private static readonly string[] Roles = ["Measure", "Threshold", "WithoutEffectOnOutput"];

    public static SourceText Emit(StageModel stage)
    {
        CodeWriter writer = CodeWriter.ForFile();
        stage.Declaration.Open(writer);
        writer.Summary($"The stage '{stage.Name}' as the registry knows it.");
        writer.Line($"public static {(stage.HidesDescriptor ? "new " : "")}global::DataBuild.StageDescriptor Descriptor => {Holder(stage)}.Value;");
        stage.Declaration.Close(writer);
        writer.Line();
        EmitHolder(writer, stage);
        return writer.ToSourceText();
    }

    private static string Holder(StageModel stage) => stage.Declaration.Name + "Descriptor";

    // A class of its own: listing the stages must not run their static initialisers.
    private static void EmitHolder(CodeWriter writer, StageModel stage)
    {
        writer.Line(CodeWriter.GeneratedCode);
        writer.Open($"file static class {Holder(stage)}");
        writer.Open("internal static readonly global::DataBuild.StageDescriptor Value = new()");
        writer.Line($"Name = {CodeWriter.Literal(stage.Name)},");
        writer.Line($"Version = {stage.Version.ToString(CultureInfo.InvariantCulture)},");
        writer.Line($"Phase = global::DataBuild.StagePhase.{stage.Phase},");
        writer.Line($"ColumnPrefix = {CodeWriter.Literal(stage.ColumnPrefix)},");
        writer.Line($"Summary = {CodeWriter.Literal(stage.Summary)},");
        EmitOptions(writer, stage);
        EmitColumns(writer, stage);
        writer.Line("Bind = Bind,");
        writer.Line("WriteCanonical = WriteCanonical,");
        writer.Line($"StageType = typeof({stage.Declaration.GlobalName}),");
        writer.Close("};");
        writer.Line();
        EmitBind(writer, stage);
        writer.Line();
        EmitCanonical(writer, stage);
        writer.Close();
    }

    private static void EmitOptions(CodeWriter writer, StageModel stage)
    {
        writer.Line("Options = new global::DataBuild.OptionDescriptor[]");
        writer.Line("{");
        writer.Indent();
        foreach (OptionModel option in stage.Options)
        {
            string choices = option.Choices.Count == 0
                ? "global::System.Array.Empty<string>()"
                : $"new string[] {{ {string.Join(", ", option.Choices.Select(CodeWriter.Literal))} }}";
            writer.Line(
                $"new({CodeWriter.Literal(option.Name)}, global::DataBuild.OptionKind.{option.Kind}, global::DataBuild.OptionRole.{option.Role}, "
                + $"{CodeWriter.Literal(option.Default)}, {CodeWriter.Literal(option.Min)}, {CodeWriter.Literal(option.Max)}, {CodeWriter.Literal(option.Unit)}, "
                + $"{choices}, {CodeWriter.Literal(option.Required)}, {CodeWriter.Literal(option.Summary)}),");
        }

        writer.Unindent();
        writer.Line("},");
    }

    private static void EmitColumns(CodeWriter writer, StageModel stage) => writer.Line(stage.ColumnSources.Count switch
    {
        0 => "Columns = global::System.Array.Empty<global::DataBuild.ColumnSchema>(),",
        1 => $"Columns = {stage.ColumnSources[0]}.Columns,",
        _ => $"Columns = [{string.Join(", ", stage.ColumnSources.Select(s => $".. {s}.Columns"))}],",
    });

    private static void EmitBind(CodeWriter writer, StageModel stage)
    {
        string type = stage.Declaration.GlobalName;
        writer.Open("private static global::DataBuild.Stage? Bind(global::DataBuild.OptionBinder binder)");
        if (stage.Options.Count == 0)
        {
            writer.Line($"{type} stage = new();");
            writer.Line("binder.RejectUnknown();");
        }
        else
        {
            writer.Line($"{type} defaults = new();");
            writer.Open($"{type} stage = defaults with");
            foreach (OptionModel option in stage.Options)
            {
                writer.Line($"{Names.Escaped(option.Name)} = {BindExpression(option)},");
            }

            writer.Close("};");
            writer.Line($"binder.RejectUnknown({string.Join(", ", stage.Options.Select(o => CodeWriter.Literal(o.Name)))});");
        }

        writer.Line("return binder.Errors.Count == 0 ? stage : null;");
        writer.Close();
    }

    private static string BindExpression(OptionModel option)
    {
        string name = CodeWriter.Literal(option.Name);
        string current = "defaults." + Names.Escaped(option.Name);
        string names = CodeWriter.Literal(string.Join("|", option.Choices));
        string required = CodeWriter.Literal(option.Required);
        string range = $"{CodeWriter.Literal(option.EffectiveMin)}, {CodeWriter.Literal(option.EffectiveMax)}, {CodeWriter.Literal(option.Unit)}";
        string bang = option.IsNullable ? "" : "!";
        bool nullableValue = option.IsNullable && option.Type is OptionType.Boolean or OptionType.Int32 or OptionType.Int64 or OptionType.Single or OptionType.Double;
        if (nullableValue && option.IsNullable)
        {
            current += ".GetValueOrDefault()";
        }

        string value = option.Type switch
        {
            OptionType.Boolean => $"binder.Boolean({name}, {current})",
            OptionType.Int32 => $"(int)binder.Integer({name}, {current}, {range})",
            OptionType.Int64 => $"binder.Integer({name}, {current}, {range})",
            OptionType.Single => $"(float)binder.Number({name}, {current}, {range})",
            OptionType.Double => $"binder.Number({name}, {current}, {range})",
            OptionType.String => $"binder.Text({name}, {current}, {required}, {names}){bang}",
            OptionType.StringList => $"binder.TextList({name}, {current}{bang}, {required})",
            OptionType.Enum => $"binder.Enumeration({name}, {current})",
            OptionType.File => $"binder.File({name}, {current}, {required}, {names}){bang}",
            _ when option.Choices.Count > 0 => $"binder.FileList({name}, {required}, {names})",
            _ => $"binder.FileList({name}, {required})",
        };
        if (option.Type == OptionType.FileList)
        {
            return option.Required ? value : $"binder.IsGiven({name}) ? {value} : {current}";
        }

        if (option.Type == OptionType.StringList && option.IsNullable)
        {
            return $"binder.IsGiven({name}) ? binder.TextList({name}, global::System.Array.Empty<string>(), {required}) : {current}";
        }

        if (nullableValue && option.IsNullable)
        {
            string given = option.Required ? $"binder.IsGiven({name}, required: true)" : $"binder.IsGiven({name})";
            return $"{given} ? {value} : defaults.{Names.Escaped(option.Name)}";
        }

        return value;
    }

    private static void EmitCanonical(CodeWriter writer, StageModel stage)
    {
        writer.Open("private static void WriteCanonical(global::DataBuild.Stage stage, global::DataBuild.OptionRole role, global::DataBuild.CanonicalOptions options)");
        if (stage.Options.Count > 0)
        {
            writer.Line($"{stage.Declaration.GlobalName} typed = ({stage.Declaration.GlobalName})stage;");
            writer.Open("switch (role)");
            foreach (string role in Roles.Where(r => stage.Options.Any(o => o.Role == r)))
            {
                writer.Line($"case global::DataBuild.OptionRole.{role}:");
                writer.Indent();
                foreach (OptionModel option in stage.Options.Where(o => o.Role == role))
                {
                    writer.Line(CanonicalStatement(option));
                }

                writer.Line("break;");
                writer.Unindent();
            }

            writer.Close();
        }

        writer.Close();
    }

    private static string CanonicalStatement(OptionModel option)
    {
        string name = CodeWriter.Literal(option.Name);
        string value = "typed." + Names.Escaped(option.Name);
        return option.Type switch
        {
            OptionType.Enum => $"options.Write({name}, {value}.ToString());",
            OptionType.Boolean or OptionType.Int32 or OptionType.Int64 or OptionType.Single or OptionType.Double or OptionType.StringList or OptionType.FileList
                when option.IsNullable => $"if ({value} is {{ }} given{option.Name}) options.Write({name}, given{option.Name}); else options.Write({name}, (string?)null);",
            _ => $"options.Write({name}, {value});",
        };
    }
}
