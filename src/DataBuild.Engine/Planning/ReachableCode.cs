using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;

namespace DataBuild.Engine.Planning;

/// <summary>
/// The types of an assembly that code can reach from some of them, written as text: attributes, bases, fields with their initial data, methods with their IL.
/// A type is reached when code, a signature or an attribute of a reached one names it; it counts whole, virtual methods included.
/// </summary>
internal sealed class ReachableCode
{
    // The compiler keeps initial data of all types in one class, under names made of the content: only what is used of it counts.
    private const string SharedData = "<PrivateImplementationDetails>";

    private readonly PEReader _pe;
    private readonly MetadataReader _metadata;
    private readonly TypeNames _names;
    private readonly IlText _il;
    private readonly Queue<TypeDefinitionHandle> _open = new();
    private readonly HashSet<TypeDefinitionHandle> _seen = [];
    private readonly Queue<EntityHandle> _openMembers = new();
    private readonly HashSet<EntityHandle> _seenMembers = [];
    private readonly SortedSet<string> _assemblies = new(StringComparer.Ordinal);

    public ReachableCode(PEReader pe, MetadataReader metadata)
    {
        _pe = pe;
        _metadata = metadata;
        _names = new TypeNames(Add, name => _assemblies.Add(name));
        _il = new IlText(metadata, _names, AddMember);
    }

    /// <summary>Assemblies that the reached types name.</summary>
    public IReadOnlyCollection<string> Assemblies => _assemblies;

    /// <summary>The reached code can find types and members by name.</summary>
    public bool UsesReflection => _il.UsesReflection;

    /// <summary>Reaches a type.</summary>
    public void Add(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        if (_metadata.GetString(type.Name) != SharedData && !IsGenerated(type) && _seen.Add(handle))
        {
            _open.Enqueue(handle);
        }
    }

    /// <summary>All reached types by name, and single members of the shared data by theirs.</summary>
    public SortedDictionary<string, string> Render()
    {
        SortedDictionary<string, string> types = new(StringComparer.Ordinal);
        while (true)
        {
            if (_open.TryDequeue(out TypeDefinitionHandle type))
            {
                types[TypeNames.Of(_metadata, type)] = Render(type);
            }
            else if (_openMembers.TryDequeue(out EntityHandle member))
            {
                StringBuilder text = new();
                if (member.Kind == HandleKind.FieldDefinition)
                {
                    RenderField(text, (FieldDefinitionHandle)member);
                }
                else
                {
                    RenderMethod(text, (MethodDefinitionHandle)member);
                }

                types[$"{SharedData} {text.ToString().Split('\n')[0]}"] = text.ToString();
            }
            else
            {
                return types;
            }
        }
    }

    private void AddMember(TypeDefinitionHandle declaring, EntityHandle member)
    {
        if (_metadata.GetString(_metadata.GetTypeDefinition(declaring).Name) != SharedData)
        {
            Add(declaring);
        }
        else if (_seenMembers.Add(member))
        {
            _openMembers.Enqueue(member);
        }
    }

    private string Render(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        StringBuilder text = new();
        Line(text, $"{type.Attributes} : {Type(type.BaseType)} size {type.GetLayout().Size} pack {type.GetLayout().PackingSize}");
        foreach (InterfaceImplementationHandle implementation in type.GetInterfaceImplementations())
        {
            Line(text, "implements " + Type(_metadata.GetInterfaceImplementation(implementation).Interface));
        }

        foreach (GenericParameterHandle parameter in type.GetGenericParameters())
        {
            Line(text, "parameter " + _metadata.GetGenericParameter(parameter).Attributes);
        }

        RenderAttributes(text, type.GetCustomAttributes());
        foreach (FieldDefinitionHandle field in type.GetFields())
        {
            RenderField(text, field);
        }

        foreach (MethodDefinitionHandle method in type.GetMethods())
        {
            RenderMethod(text, method);
        }

        foreach (PropertyDefinitionHandle property in type.GetProperties())
        {
            Line(text, "property " + _metadata.GetString(_metadata.GetPropertyDefinition(property).Name));
            RenderAttributes(text, _metadata.GetPropertyDefinition(property).GetCustomAttributes());
        }

        foreach (MethodImplementationHandle handleOfOverride in type.GetMethodImplementations())
        {
            MethodImplementation implementation = _metadata.GetMethodImplementation(handleOfOverride);
            Line(text, $"override {_il.Entity(implementation.MethodDeclaration)} by {_il.Entity(implementation.MethodBody)}");
        }

        return text.ToString();
    }

    private void RenderField(StringBuilder text, FieldDefinitionHandle handle)
    {
        FieldDefinition field = _metadata.GetFieldDefinition(handle);
        Line(text, $"field {field.Attributes} {field.DecodeSignature(_names, null)} {_metadata.GetString(field.Name)}");
        RenderAttributes(text, field.GetCustomAttributes());
        if (!field.GetDefaultValue().IsNil)
        {
            Line(text, "value " + Convert.ToHexString(_metadata.GetBlobBytes(_metadata.GetConstant(field.GetDefaultValue()).Value)));
        }

        if (field.GetRelativeVirtualAddress() is not 0 and int address)
        {
            PEMemoryBlock data = _pe.GetSectionData(address);
            Line(text, "data " + Convert.ToHexString(data.GetContent(0, Math.Min(data.Length, SizeOf(field))).AsSpan()));
        }
    }

    private void RenderMethod(StringBuilder text, MethodDefinitionHandle handle)
    {
        MethodDefinition method = _metadata.GetMethodDefinition(handle);
        MethodSignature<string> signature = method.DecodeSignature(_names, null);
        Line(text, $"method {method.Attributes} {signature.ReturnType} {_metadata.GetString(method.Name)}({string.Join(',', signature.ParameterTypes)})");
        RenderAttributes(text, method.GetCustomAttributes());
        foreach (ParameterHandle parameter in method.GetParameters())
        {
            RenderAttributes(text, _metadata.GetParameter(parameter).GetCustomAttributes());
        }

        if (method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
        {
            MethodImport import = method.GetImport();
            Line(text, $"native {_metadata.GetString(_metadata.GetModuleReference(import.Module).Name)} {_metadata.GetString(import.Name)}");
        }

        if (method.RelativeVirtualAddress == 0)
        {
            return;
        }

        MethodBodyBlock body = _pe.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
        {
            Line(text, "locals " + string.Join(',', _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_names, null)));
        }

        _il.Write(text, body.GetILReader());
        foreach (ExceptionRegion region in body.ExceptionRegions)
        {
            Line(text, $"{region.Kind} {region.TryOffset} {region.TryLength} {region.HandlerOffset} {region.HandlerLength} {region.FilterOffset} {(region.CatchType.IsNil ? "" : Type(region.CatchType))}");
        }
    }

    private void RenderAttributes(StringBuilder text, CustomAttributeHandleCollection attributes)
    {
        foreach (CustomAttributeHandle handle in attributes)
        {
            CustomAttribute attribute = _metadata.GetCustomAttribute(handle);
            Line(text, $"attribute {_il.Entity(attribute.Constructor)} {Convert.ToHexString(_metadata.GetBlobBytes(attribute.Value))}");
        }
    }

    // Descriptors repeat declarations, with their documentation: options enter keys in canonical form, columns through the figures' code.
    private bool IsGenerated(TypeDefinition type) => type.GetCustomAttributes().Any(handle =>
        _metadata.GetCustomAttribute(handle) is { Constructor.Kind: HandleKind.MemberReference } attribute
        && _metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } parent
        && _metadata.StringComparer.Equals(_metadata.GetTypeReference((TypeReferenceHandle)parent).Name, "GeneratedCodeAttribute")
        && _metadata.GetBlobReader(attribute.Value) is var value && value.ReadUInt16() == 1 && value.ReadSerializedString() == "DataBuild.Generators");

    private string Type(EntityHandle handle) => handle.IsNil ? "-" : _il.Entity(handle);

    // Initial data of arrays lives in fields of nested types that declare their size.
    private int SizeOf(FieldDefinition field)
    {
        BlobReader signature = _metadata.GetBlobReader(field.Signature);
        signature.ReadSignatureHeader();
        return signature.ReadSignatureTypeCode() == SignatureTypeCode.TypeHandle && signature.ReadTypeHandle() is { Kind: HandleKind.TypeDefinition } type
            ? _metadata.GetTypeDefinition((TypeDefinitionHandle)type).GetLayout().Size
            : sizeof(long);
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
