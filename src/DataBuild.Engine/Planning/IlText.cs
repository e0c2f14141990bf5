using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Text;

namespace DataBuild.Engine.Planning;

/// <summary>Writes IL as text with names in place of tokens: a token's number changes with any edit of the assembly.</summary>
/// <param name="metadata">The assembly's metadata.</param>
/// <param name="names">Writes types.</param>
/// <param name="metMember">Called with each member of the assembly itself that code names, and its type.</param>
internal sealed class IlText(MetadataReader metadata, TypeNames names, Action<TypeDefinitionHandle, EntityHandle> metMember)
{
    private static readonly OpCode[] OneByte = Table(wide: false);
    private static readonly OpCode[] TwoBytes = Table(wide: true);

    // Of these, members that say something of a type at hand and find no other.
    private static readonly string[] HarmlessTypeMembers = ["GetTypeFromHandle", "op_Equality", "op_Inequality", "get_Name", "get_FullName", "get_IsValueType", "Equals", "GetHashCode", "ToString"];

    /// <summary>Code was met that can find types and members by name.</summary>
    public bool UsesReflection { get; private set; }

    /// <summary>Writes a method's body.</summary>
    public void Write(StringBuilder text, BlobReader il)
    {
        while (il.RemainingBytes > 0)
        {
            byte first = il.ReadByte();
            OpCode code = first == 0xFE ? TwoBytes[il.ReadByte()] : OneByte[first];
            text.Append(code.Name).Append(' ').Append(Operand(ref il, code.OperandType)).Append('\n');
        }
    }

    /// <summary>A type or member by its token.</summary>
    public string Entity(EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                return names.GetTypeFromDefinition(metadata, (TypeDefinitionHandle)handle, 0);
            case HandleKind.TypeReference:
                return names.GetTypeFromReference(metadata, (TypeReferenceHandle)handle, 0);
            case HandleKind.TypeSpecification:
                return names.GetTypeFromSpecification(metadata, null, (TypeSpecificationHandle)handle, 0);
            case HandleKind.MethodDefinition:
                MethodDefinition method = metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                metMember(method.GetDeclaringType(), handle);
                return $"{TypeNames.Of(metadata, method.GetDeclaringType())}::{metadata.GetString(method.Name)}{Signature(method.DecodeSignature(names, null))}";
            case HandleKind.FieldDefinition:
                FieldDefinition field = metadata.GetFieldDefinition((FieldDefinitionHandle)handle);
                metMember(field.GetDeclaringType(), handle);
                return $"{TypeNames.Of(metadata, field.GetDeclaringType())}::{metadata.GetString(field.Name)}";
            case HandleKind.MemberReference:
                return Reference(metadata.GetMemberReference((MemberReferenceHandle)handle));
            case HandleKind.MethodSpecification:
                MethodSpecification specification = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                return $"{Entity(specification.Method)}<{string.Join(',', specification.DecodeSignature(names, null))}>";
            case HandleKind.StandaloneSignature:
                return Signature(metadata.GetStandaloneSignature((StandaloneSignatureHandle)handle).DecodeMethodSignature(names, null));
            default:
                throw new BadImageFormatException($"IL names a {handle.Kind}");
        }
    }

    private string Reference(MemberReference member)
    {
        string name = metadata.GetString(member.Name);
        string parent = Entity(member.Parent);
        UsesReflection |= (parent.Contains("]System.Reflection.", StringComparison.Ordinal) && !parent.EndsWith("Attribute", StringComparison.Ordinal)) || parent.EndsWith("]System.Activator", StringComparison.Ordinal)
            || parent.Contains("]Microsoft.CSharp.", StringComparison.Ordinal)
            || (parent.EndsWith("]System.Type", StringComparison.Ordinal) && !HarmlessTypeMembers.Contains(name));

        return member.GetKind() == MemberReferenceKind.Field
            ? $"{parent}::{name} {member.DecodeFieldSignature(names, null)}"
            : $"{parent}::{name}{Signature(member.DecodeMethodSignature(names, null))}";
    }

    private static string Signature(MethodSignature<string> signature) => $" {signature.Header} {signature.ReturnType}({string.Join(',', signature.ParameterTypes)})`{signature.GenericParameterCount}";

    private string Operand(ref BlobReader il, OperandType type)
    {
        switch (type)
        {
            case OperandType.InlineNone:
                return "";
            case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                return il.ReadByte().ToString(CultureInfo.InvariantCulture);
            case OperandType.InlineVar:
                return il.ReadUInt16().ToString(CultureInfo.InvariantCulture);
            case OperandType.InlineI8 or OperandType.InlineR:
                return il.ReadInt64().ToString(CultureInfo.InvariantCulture);
            case OperandType.InlineString:
                return metadata.GetUserString(MetadataTokens.UserStringHandle(il.ReadInt32() & 0xFFFFFF));
            case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineSig or OperandType.InlineTok or OperandType.InlineType:
                return Entity(MetadataTokens.EntityHandle(il.ReadInt32()));
            case OperandType.InlineSwitch:
                int count = il.ReadInt32();
                int[] targets = new int[count];
                for (int i = 0; i < count; i++)
                {
                    targets[i] = il.ReadInt32();
                }

                return string.Join(',', targets);
            default:
                return il.ReadInt32().ToString(CultureInfo.InvariantCulture);
        }
    }

    private static OpCode[] Table(bool wide)
    {
        OpCode[] table = new OpCode[256];
        foreach (FieldInfo field in typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            OpCode code = (OpCode)field.GetValue(null)!;
            if (code.Size == (wide ? 2 : 1))
            {
                table[code.Value & 0xFF] = code;
            }
        }

        return table;
    }
}
