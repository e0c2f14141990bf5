using System.Globalization;
using DataBuild.Generators.Text;
using Microsoft.CodeAnalysis.Text;

namespace DataBuild.Generators.Plan;

/// <summary>Writes the typed configuration of a dataset: <c>Pipeline.MinHashDedup.Bands</c>.</summary>
internal static class PipelineEmitter
{
    public static SourceText Emit(PipelineModel pipeline, DatasetClass dataset)
    {
        CodeWriter writer = CodeWriter.ForFile();
        writer.Namespace(dataset.Namespace);
        writer.Summary($"The dataset {pipeline.DatasetName}: its plan, its rows, its reader.");
        writer.Open($"public {dataset.Header}");
        writer.Summary($"The plan of the dataset {pipeline.DatasetName}: its stages in order, with the options that hold.");
        writer.Open("public static class Pipeline");
        writer.Summary("Names of the stages' uses, in order: first parts of their columns' names.");
        EmitList(writer, "Stages", pipeline.Stages.Select(s => s.InstanceName));
        foreach (ConfiguredStage stage in pipeline.Stages)
        {
            writer.Line();
            EmitStage(writer, stage);
        }

        writer.Close();
        writer.Close();
        return writer.ToSourceText();
    }

    private static void EmitStage(CodeWriter writer, ConfiguredStage stage)
    {
        writer.Summary(stage.Summary.Length > 0 ? stage.Summary : $"The stage '{stage.Name}'.");
        writer.Open($"public static class {Names.Escaped(stage.Identifier)}");
        writer.Summary("Name of this use of the stage: first part of its columns' names.");
        writer.Line($"public const string {Member("Name", stage)} = {CodeWriter.Literal(stage.InstanceName)};");
        foreach (ConfiguredOption option in stage.Options)
        {
            writer.Line();
            writer.Summary(option.Summary.Length > 0 ? option.Summary : option.Name);
            EmitOption(writer, option, Member(option.Name, stage));
        }

        writer.Close();
    }

    private static void EmitOption(CodeWriter writer, ConfiguredOption option, string member)
    {
        switch (option.Type)
        {
            case "list":
                EmitList(writer, member, (option.Value ?? "").Split([';'], StringSplitOptions.RemoveEmptyEntries));
                break;
            case "string":
                writer.Line($"public const string{(option.Value is null ? "?" : "")} {member} = {CodeWriter.Literal(option.Value)};");
                break;
            case var _ when option.Value is null:
                writer.Line($"public static readonly {option.Type}? {member} = null;");
                break;
            default:
                writer.Line($"public const {option.Type} {member} = {Number(option.Type, option.Value!)};");
                break;
        }
    }

    private static void EmitList(CodeWriter writer, string member, IEnumerable<string> values)
    {
        string items = string.Join(", ", values.Select(CodeWriter.Literal));
        writer.Line($"public static global::System.Collections.Generic.IReadOnlyList<string> {member} {{ get; }} = [{items}];");
    }

    private static string Number(string type, string value) => type switch
    {
        "float" or "double" when double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => double.IsInfinity(number)
            ? $"{type}.{(number > 0 ? "Positive" : "Negative")}Infinity"
            : number.ToString("R", CultureInfo.InvariantCulture) + (type == "float" ? "f" : "d"),
        _ => value,
    };

    // C# refuses a member that is called as the class around it.
    private static string Member(string name, ConfiguredStage stage) => name == stage.Identifier ? name + "Value" : Names.Escaped(name);
}
