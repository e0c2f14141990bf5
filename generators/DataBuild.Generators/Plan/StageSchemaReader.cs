using System.Reflection.Metadata;
using DataBuild.Generators.Model;
using DataBuild.Generators.Stages;
using DataBuild.Generators.Text;
using Microsoft.CodeAnalysis;

namespace DataBuild.Generators.Plan;

/// <summary>Reads stage schemas from their JSON and from the assemblies that carry it.</summary>
internal static class StageSchemaReader
{
    private const string AttributeName = "StageSchemaAttribute";

    /// <summary>The schemas that a referenced assembly declares.</summary>
    public static EquatableArray<StageSchema> FromReference(MetadataReference reference, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return reference switch
        {
            CompilationReference project => FromCompilation(project.Compilation),
            PortableExecutableReference file => FromFile(file),
            _ => default,
        };
    }

    /// <summary>Reads a schema. One that cannot be read says why, so that the plan which names the stage can.</summary>
    public static StageSchema Parse(string name, string json, string assembly)
    {
        JsonValue stage;
        try
        {
            stage = JsonValue.Parse(json);
        }
        catch (JsonFormatException exception)
        {
            return Unreadable(name, assembly, exception.Message);
        }

        if (stage["formatVersion"].Number(0) != StageSchemaWriter.FormatVersion)
        {
            return Unreadable(name, assembly, $"it has format {stage["formatVersion"].Text}; expected {StageSchemaWriter.FormatVersion}: use matching versions of the assembly and the generator");
        }

        return new StageSchema(
            assembly,
            name,
            stage["phase"].Text ?? "",
            stage["columnPrefix"].Text ?? "",
            stage["summary"].Text ?? "",
            stage["payload"].IsTrue,
            stage["options"].Items.Select(ParseOption).ToEquatableArray(),
            stage["columns"].Items.Select(c => new ColumnModel(c["name"].Text ?? "", c["type"].Text ?? "", c["nullable"].IsTrue, c["description"].Text ?? "")).ToEquatableArray(),
            stage["published"].Items.Select(p => p.Text ?? "").ToEquatableArray());
    }

    private static StageSchema Unreadable(string name, string assembly, string problem) => new(assembly, name, "", "", "", false, default, default, default, problem);

    private static OptionSchema ParseOption(JsonValue option) => new(
        option["name"].Text ?? "",
        option["kind"].Text ?? "",
        option["role"].Text ?? "",
        option["wide"].IsTrue,
        option["default"].Text,
        option["min"].Number(double.NegativeInfinity),
        option["max"].Number(double.PositiveInfinity),
        option["unit"].Text ?? "",
        option["choices"].Items.Select(c => c.Text ?? "").ToEquatableArray(),
        option["required"].IsTrue,
        option["summary"].Text ?? "");

    private static EquatableArray<StageSchema> FromCompilation(Compilation compilation) => compilation.Assembly.GetAttributes()
        .Where(a => a.AttributeClass is { Name: AttributeName, ContainingNamespace.Name: "DataBuild" } && a.ConstructorArguments.Length == 2)
        .Select(a => Parse(a.ConstructorArguments[0].Value as string ?? "", a.ConstructorArguments[1].Value as string ?? "", compilation.AssemblyName ?? ""))
        .ToEquatableArray();

    // The metadata is read as it is: binding every reference's attributes on each keystroke would be slow, and its result no cacheable value.
    private static EquatableArray<StageSchema> FromFile(PortableExecutableReference reference)
    {
        try
        {
            if (reference.GetMetadata() is not AssemblyMetadata assembly)
            {
                return default;
            }

            MetadataReader reader = assembly.GetModules()[0].GetMetadataReader();
            if (!reader.IsAssembly)
            {
                return default;
            }

            string name = reader.GetString(reader.GetAssemblyDefinition().Name);
            List<StageSchema> schemas = [];
            foreach (CustomAttributeHandle handle in reader.GetAssemblyDefinition().GetCustomAttributes())
            {
                if (SchemaOf(reader, reader.GetCustomAttribute(handle)) is var (stage, json))
                {
                    schemas.Add(Parse(stage, json, name));
                }
            }

            return schemas.ToEquatableArray();
        }
        catch (Exception exception) when (exception is BadImageFormatException or IOException)
        {
            // The compiler itself reports a reference that it cannot read (CS0009, CS0006).
            return default;
        }
    }

    private static (string Name, string Json)? SchemaOf(MetadataReader reader, CustomAttribute attribute)
    {
        if (attribute.Constructor.Kind != HandleKind.MemberReference
            || reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is not { Kind: HandleKind.TypeReference } parent)
        {
            return null;
        }

        TypeReference type = reader.GetTypeReference((TypeReferenceHandle)parent);
        if (!reader.StringComparer.Equals(type.Name, AttributeName) || !reader.StringComparer.Equals(type.Namespace, "DataBuild"))
        {
            return null;
        }

        // ECMA-335 II.23.3: the prolog 0x0001, then the constructor's arguments, each a counted UTF-8 string.
        BlobReader blob = reader.GetBlobReader(attribute.Value);
        _ = blob.ReadUInt16();
        string? name = blob.ReadSerializedString();
        return (name ?? "", blob.ReadSerializedString() ?? "");
    }
}
