using System.Globalization;
using DataBuild.Generators.Text;
using Microsoft.CodeAnalysis.Text;

namespace DataBuild.Generators.Figures;

/// <summary>Writes the implementation of <c>IFigures</c>.</summary>
internal static class FiguresEmitter
{
    public static SourceText Emit(FiguresModel model)
    {
        CodeWriter writer = CodeWriter.ForFile();
        EmitInto(writer, model);
        return writer.ToSourceText();
    }

    /// <summary>Writes the part of the type into a file that has its header and namespace already where the declaration names none.</summary>
    public static void EmitInto(CodeWriter writer, FiguresModel model)
    {
        string self = model.Declaration.GlobalName;
        model.Declaration.Open(writer, $" : global::DataBuild.IFigures<{self}>");
        EmitColumns(writer, model);
        writer.Line();
        EmitAppend(writer, model, self);
        writer.Line();
        EmitRead(writer, model, self);
        model.Declaration.Close(writer);
        writer.Line();
        EmitColumnHolder(writer, model);
    }

    private static string Holder(FiguresModel model) => model.Declaration.Name + "Columns";

    private static void EmitColumns(CodeWriter writer, FiguresModel model)
    {
        writer.Line("/// <inheritdoc />");
        writer.Line($"public static global::System.Collections.Generic.IReadOnlyList<global::DataBuild.ColumnSchema> Columns => {Holder(model)}.All;");
    }

    private static void EmitColumnHolder(CodeWriter writer, FiguresModel model)
    {
        writer.Line(CodeWriter.GeneratedCode);
        writer.Open($"file static class {Holder(model)}");
        writer.Line("internal static readonly global::DataBuild.ColumnSchema[] All =");
        writer.Line("[");
        writer.Indent();
        foreach (FigureModel figure in model.Figures)
        {
            writer.Line($"new({CodeWriter.Literal(figure.Column)}, global::DataBuild.ColumnType.{figure.ColumnType}, {CodeWriter.Literal(figure.Description)}),");
        }

        writer.Unindent();
        writer.Line("];");
        writer.Close();
    }

    private static void EmitAppend(CodeWriter writer, FiguresModel model, string self)
    {
        writer.Line("/// <inheritdoc />");
        writer.Open($"public static void Append(in {self} figures, global::System.ReadOnlySpan<global::DataBuild.ColumnBuilder> builders)");
        for (int i = 0; i < model.Figures.Count; i++)
        {
            FigureModel figure = model.Figures[i];
            string value = "figures." + Names.Escaped(figure.Name);
            string builder = $"((global::DataBuild.{BuilderType(figure)})builders[{Index(i)}])";
            if (figure.Form is FigureForm.Value or FigureForm.String)
            {
                writer.Line($"{builder}.Append({value});");
            }
            else if (figure.IsNullable)
            {
                writer.Open($"if ({value} is {{ }} value{Index(i)})");
                writer.Line($"{builder}.Append(value{Index(i)}.Span);");
                writer.Close();
                writer.Open("else");
                writer.Line($"{builder}.AppendNull();");
                writer.Close();
            }
            else
            {
                writer.Line($"{builder}.Append({value}.Span);");
            }
        }

        writer.Close();
    }

    private static void EmitRead(CodeWriter writer, FiguresModel model, string self)
    {
        writer.Line("/// <inheritdoc />");
        writer.Line($"public static {self} Read(global::System.ReadOnlySpan<global::DataBuild.Column> columns, int row) => new(");
        writer.Indent();
        for (int i = 0; i < model.Figures.Count; i++)
        {
            writer.Line(ReadExpression(model.Figures[i], Index(i)) + (i + 1 < model.Figures.Count ? "," : ");"));
        }

        if (model.Figures.Count == 0)
        {
            writer.Line(");");
        }

        writer.Unindent();
    }

    private static string ReadExpression(FigureModel figure, string index)
    {
        string column = $"columns[{index}]";
        string read = figure.Form switch
        {
            FigureForm.Value => $"((global::DataBuild.ValueColumn<{figure.Element}>){column})[row]",
            FigureForm.String => $"((global::DataBuild.StringColumn){column}).GetString(row)" + (figure.IsNullable ? "" : " ?? \"\""),
            FigureForm.Characters => $"global::System.MemoryExtensions.AsMemory(((global::DataBuild.StringColumn){column}).GetString(row))",
            FigureForm.Bytes => $"((global::DataBuild.StringColumn){column}).GetMemory(row)",
            _ => $"new global::System.ReadOnlyMemory<{figure.Element}>(((global::DataBuild.ListColumn<{figure.Element}>){column})[row].ToArray())",
        };
        if (!figure.IsNullable || figure.Form == FigureForm.String)
        {
            return read;
        }

        // Not a plain 'null': it would convert to an empty ReadOnlyMemory through the conversion from arrays.
        string type = figure.Form == FigureForm.Value ? figure.Element : $"global::System.ReadOnlyMemory<{figure.Element}>";
        return $"{column}.IsNull(row) ? default({type}?) : {read}";
    }

    private static string BuilderType(FigureModel figure) => figure.Form switch
    {
        FigureForm.Value => $"ValueColumnBuilder<{figure.Element}>",
        FigureForm.List => $"ListColumnBuilder<{figure.Element}>",
        _ => "StringColumnBuilder",
    };

    private static string Index(int i) => i.ToString(CultureInfo.InvariantCulture);
}
