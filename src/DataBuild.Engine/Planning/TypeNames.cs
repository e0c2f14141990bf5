using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Text.RegularExpressions;

namespace DataBuild.Engine.Planning;

/// <summary>Writes types of an assembly's metadata as text, and tells which types and assemblies it met on the way.</summary>
/// <param name="metType">Called for each type of the assembly itself.</param>
/// <param name="metAssembly">Called for each assembly that a type comes from.</param>
internal sealed partial class TypeNames(Action<TypeDefinitionHandle> metType, Action<string> metAssembly) : ISignatureTypeProvider<string, object?>
{
    /// <summary>Full name, nested types with '+'.</summary>
    public static string Of(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        TypeDefinition type = metadata.GetTypeDefinition(handle);
        // A type of one file carries a digest of the file's path.
        string name = FileLocal().Replace(metadata.GetString(type.Name), "<$1>");
        if (!type.GetDeclaringType().IsNil)
        {
            return $"{Of(metadata, type.GetDeclaringType())}+{name}";
        }

        string ns = metadata.GetString(type.Namespace);
        return ns.Length > 0 ? $"{ns}.{name}" : name;
    }

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
    {
        metType(handle);
        return Of(reader, handle);
    }

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        TypeReference type = reader.GetTypeReference(handle);
        string name = reader.GetString(type.Name);
        switch (type.ResolutionScope.Kind)
        {
            case HandleKind.TypeReference:
                return $"{GetTypeFromReference(reader, (TypeReferenceHandle)type.ResolutionScope, 0)}+{name}";
            case HandleKind.AssemblyReference:
                string assembly = reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name);
                metAssembly(assembly);
                return $"[{assembly}]{reader.GetString(type.Namespace)}.{name}";
            default:
                return $"{reader.GetString(type.Namespace)}.{name}";
        }
    }

    public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType}[{shape.Rank}]";

    public string GetByReferenceType(string elementType) => elementType + "&";

    public string GetFunctionPointerType(MethodSignature<string> signature) => $"fnptr {signature.Header} {signature.ReturnType}({string.Join(',', signature.ParameterTypes)})";

    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => $"{genericType}<{string.Join(',', typeArguments)}>";

    public string GetGenericMethodParameter(object? genericContext, int index) => $"!!{index}";

    public string GetGenericTypeParameter(object? genericContext, int index) => $"!{index}";

    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => $"{unmodifiedType} mod {modifier}";

    public string GetPinnedType(string elementType) => elementType + " pinned";

    public string GetPointerType(string elementType) => elementType + "*";

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();

    public string GetSZArrayType(string elementType) => elementType + "[]";

    [GeneratedRegex("^<([^>]*)>F[0-9A-F]{64}__")]
    private static partial Regex FileLocal();
}
