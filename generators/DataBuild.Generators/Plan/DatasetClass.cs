using DataBuild.Generators.Model;
using DataBuild.Generators.Text;

namespace DataBuild.Generators.Plan;

/// <summary>Where the class of a dataset stands, which holds its typed configuration, its rows and its reader.</summary>
/// <param name="Namespace">Namespace; empty for the global one.</param>
/// <param name="Name">Name of the class, not escaped.</param>
/// <param name="HasReader">The library that reads datasets is referenced.</param>
internal sealed record DatasetClass(string Namespace, string Name, bool HasReader)
{
    private static readonly string[] Members = ["Pipeline", "Row", "Open"];

    /// <summary>Header of the class, as every part repeats it.</summary>
    public string Header => $"static partial class {Names.Escaped(Name)}";

    /// <summary>Name with <c>global::</c>.</summary>
    public string GlobalName => Namespace.Length > 0 ? $"global::{Namespace}.{Names.Escaped(Name)}" : $"global::{Names.Escaped(Name)}";

    /// <summary>
    /// The class is called as the dataset and stands in the global namespace, so that <c>QuickStart.Open()</c> is all that a user writes. Where there
    /// is a namespace of that very name, which C# does not allow beside a class, it stands inside that namespace.
    /// </summary>
    /// <param name="datasetName">Name of the dataset.</param>
    /// <param name="context">What the compilation says.</param>
    public static DatasetClass For(string datasetName, DatasetContext context)
    {
        string name = Names.Identifier(datasetName);
        name = Members.Contains(name, StringComparer.Ordinal) ? name + "Dataset" : name;
        string ns = context.Namespace.Length > 0 ? context.Namespace : context.DeclaredNamespaces.Contains(name, StringComparer.Ordinal) ? name : "";
        return new DatasetClass(ns, name, context.HasReader);
    }
}

/// <summary>What the place of the class depends on.</summary>
/// <param name="Namespace">The project's property <c>DatasetNamespace</c>; empty when it has none.</param>
/// <param name="DeclaredNamespaces">First parts of the namespaces that there are, of the project and of what it references, in ordinal order.</param>
/// <param name="HasReader">The library that reads datasets is referenced.</param>
internal sealed record DatasetContext(string Namespace, EquatableArray<string> DeclaredNamespaces, bool HasReader);
