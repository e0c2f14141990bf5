using System.Globalization;
using DataBuild.Generators.Figures;
using DataBuild.Generators.Model;
using DataBuild.Generators.Text;
using Microsoft.CodeAnalysis.Text;

namespace DataBuild.Generators.Plan;

/// <summary>Writes the type of a row of the published dataset; it reads itself from columns as figures do.</summary>
internal static class RowEmitter
{
    private const string TypeName = "Row";

    // Members that the type has anyway.
    private static readonly string[] Taken = [TypeName, "Columns", "Append", "Read", "Equals", "GetHashCode", "ToString", "Deconstruct", "GetType", "PrintMembers"];

    public static SourceText Emit(PipelineModel pipeline, DatasetClass dataset)
    {
        FigureModel[] figures = Figures(pipeline.Columns);
        CodeWriter writer = CodeWriter.ForFile();
        writer.Namespace(dataset.Namespace);
        writer.Open(dataset.Header);
        if (dataset.HasReader)
        {
            EmitReader(writer, pipeline.DatasetName);
            writer.Line();
        }

        writer.Summary($"A row of the published dataset {pipeline.DatasetName}.");
        foreach (FigureModel figure in figures)
        {
            writer.Line($"/// <param name=\"{figure.Name}\">{CodeWriter.Escape(figure.Description.Length > 0 ? figure.Description : figure.Column)}</param>");
        }

        writer.Line($"public readonly partial record struct {TypeName}(");
        writer.Indent();
        for (int i = 0; i < figures.Length; i++)
        {
            writer.Line($"{TypeOf(figures[i])} {Names.Escaped(figures[i].Name)}{(i + 1 < figures.Length ? "," : ");")}");
        }

        writer.Unindent();
        writer.Close();
        writer.Line();
        TypeDeclaration row = new("", new EquatableArray<string>([dataset.Header]), "record struct", TypeName, $"{dataset.GlobalName}.{TypeName}");
        FiguresEmitter.EmitInto(writer, new FiguresModel(row, figures.ToEquatableArray()));
        return writer.ToSourceText();
    }

    private static void EmitReader(CodeWriter writer, string datasetName)
    {
        writer.Summary("Opens the built dataset: its rows are read as they are asked for.");
        writer.Line("/// <param name=\"folder\">Folder of the dataset; where its build left it when not given.</param>");
        writer.Line("/// <exception cref=\"global::System.IO.FileNotFoundException\">There is no dataset.</exception>");
        writer.Line("/// <exception cref=\"global::System.IO.InvalidDataException\">It has other columns than the project: it was built from another plan.</exception>");
        writer.Line($"public static global::DataBuild.Dataset<{TypeName}> Open(string? folder = null) =>");
        writer.Indent();
        writer.Line($"folder is null ? global::DataBuild.Dataset.OpenBuilt<{TypeName}>({CodeWriter.Literal(datasetName)}) : global::DataBuild.Dataset.Open<{TypeName}>(folder);");
        writer.Unindent();
    }

    private static FigureModel[] Figures(IEnumerable<PublishedColumn> columns)
    {
        HashSet<string> names = new(Taken, StringComparer.Ordinal);
        return columns.Select(column =>
        {
            string name = column.Property;
            for (int i = 2; !names.Add(name); i++)
            {
                name = column.Property + i.ToString(CultureInfo.InvariantCulture);
            }

            (FigureForm form, string element) = column.Type switch
            {
                "Boolean" => (FigureForm.Value, "bool"),
                "Int32" => (FigureForm.Value, "int"),
                "Int64" => (FigureForm.Value, "long"),
                "UInt64" => (FigureForm.Value, "ulong"),
                "Single" => (FigureForm.Value, "float"),
                "Double" => (FigureForm.Value, "double"),
                "Binary" => (FigureForm.Bytes, "byte"),
                "Int32List" => (FigureForm.List, "int"),
                "UInt64List" => (FigureForm.List, "ulong"),
                "SingleList" => (FigureForm.List, "float"),
                _ => (FigureForm.String, "string"),
            };
            return new FigureModel(name, column.Name, form, element, column.Type, column.IsNullable, column.Description);
        }).ToArray();
    }

    private static string TypeOf(FigureModel figure) =>
        (figure.Form is FigureForm.Value or FigureForm.String ? figure.Element : $"global::System.ReadOnlyMemory<{figure.Element}>") + (figure.IsNullable ? "?" : "");
}
