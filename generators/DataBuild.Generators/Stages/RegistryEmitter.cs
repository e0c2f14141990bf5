using DataBuild.Generators.Text;
using Microsoft.CodeAnalysis.Text;

namespace DataBuild.Generators.Stages;

/// <summary>Writes the list of an assembly's stages and the attributes that lead others to it.</summary>
internal static class RegistryEmitter
{
    public static SourceText Emit(IEnumerable<StageEntry> stages, string assemblyName)
    {
        StageEntry[] ordered = stages.OrderBy(s => s.Name, StringComparer.Ordinal).ThenBy(s => s.GlobalName, StringComparer.Ordinal).ToArray();
        string ns = "DataBuild.Generated." + Names.Identifier(assemblyName);
        CodeWriter writer = CodeWriter.ForFile();
        writer.Line($"[assembly: global::DataBuild.StageRegistry(typeof(global::{ns}.StageRegistry))]");
        foreach (StageEntry stage in ordered)
        {
            writer.Line($"[assembly: global::DataBuild.StageSchema({CodeWriter.Literal(stage.Name)}, {CodeWriter.Literal(stage.Schema)})]");
        }

        writer.Line();
        writer.Line($"namespace {ns};");
        writer.Line();
        writer.Summary($"The stages of {assemblyName}, by name.");
        writer.Open("public static class StageRegistry");
        writer.Summary("The stages, ordered by name.");
        writer.Line("public static global::System.Collections.Generic.IReadOnlyList<global::DataBuild.StageDescriptor> Stages { get; } =");
        writer.Line("[");
        writer.Indent();
        foreach (StageEntry stage in ordered)
        {
            writer.Line($"{stage.GlobalName}.Descriptor,");
        }

        writer.Unindent();
        writer.Line("];");
        writer.Close();
        return writer.ToSourceText();
    }
}
